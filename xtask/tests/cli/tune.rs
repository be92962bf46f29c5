//! The sweep from end to end, as short as it can be: the figures are noise, what is said of them is not.

use std::fs;

use memcpy_streaming::Tuning;
use serde_json::Value;

use crate::person::{command, files, xtask};

fn text(json: &Value) -> &str {
    json.as_str().unwrap_or_else(|| panic!("{json} is no text"))
}

#[test]
fn what_is_found_is_a_tuning_and_is_recommended_only_if_it_wins() {
    let folder = tempfile::tempdir().unwrap();
    let output = xtask(folder.path(), &["tune", "--seconds", "1", "--json", "out.json"]);
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.is_empty(), "a progress bar in a pipe: {stderr}");
    assert_eq!(files(folder.path()), ["out.json"]);
    let json: Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();

    assert_eq!(text(&json["backend"]), memcpy_streaming::Backend::active().name());
    assert_eq!(text(&json["in_use"]), Tuning::of_this_cpu().to_string());
    let found: Tuning = text(&json["found"]).parse().expect("the library reads what was found");
    assert!(stdout.contains(&format!("found: {found}\n")), "{stdout}");
    for one in json["loops"].as_array().unwrap() {
        let speeds = one["times_as_fast_as_plain"].as_array().unwrap();
        assert_eq!(speeds.len(), one["sizes"].as_array().unwrap().len());
        assert!(speeds.iter().all(|speed| speed.as_f64().unwrap() > 0.0));
    }
    let groups = json["comparisons"].as_array().unwrap();
    let better = groups.iter().any(|group| group["better"] == true);
    match &json["recommended"] {
        Value::Null => assert!(!better && stdout.contains("recommended: nothing; keep what is in use"), "{stdout}"),
        recommended => {
            let recommended: Tuning = text(recommended).parse().unwrap();
            assert!(better, "{stdout}");
            for part in [&format!("MEMCPY_STREAMING_TUNING=\"{recommended}\""), "Vendor::", "drained_fill: "] {
                assert!(stdout.contains(part), "{part} is missing in\n{stdout}");
            }
        }
    }
}

#[test]
fn all_commands_read_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let rebind = ["rebind", "--size", "64M", "--rebinds", "1", "--mode", "fsdax", "--strategy", "stamped"];
    let run = |tuning: &str| {
        command(folder.path(), &rebind).env("MEMCPY_STREAMING_TUNING", tuning).output().expect("it runs")
    };
    let output = run("ahead=192 drained-copy=5000");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(stdout.contains("tuning: no line of the table: ") && stdout.contains("drained-copy=5000"), "{stdout}");

    let output = run("ahead=17");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr, "error: MEMCPY_STREAMING_TUNING: ahead is to be a number from 64 to 65536\n");
    assert!(output.stdout.is_empty());
}
