//! A tiny matrix from end to end.

use crate::command_lines::assert_refused;
use crate::trial::Trial;
use crate::write;

/// One point.
const POINT: &str = "bench-matrix --quick --ops writer --sizes 64..4K --threads 1 --out out";

#[test]
fn one_point_with_all_its_files() {
    let trial = Trial::new();
    let ended = trial.run(POINT);
    ended.assert(0, &[]);
    let steps = "building the program that measures\nmeasuring 1 points on host\n";
    assert_eq!(ended.stderr, steps, "a progress bar in a pipe");
    trial.assert_left(&["out", "out/report.html", "out/results.csv", "out/results.json"], POINT);
    let json = trial.json("out/results.json");
    assert!(json["schema"] == 3 && json["partial"] == false, "{json}");
    let rows = json["rows"].as_array().unwrap();
    let backend = memcpy_streaming::Backend::active().name();
    assert!(rows.iter().any(|row| row["kind"] == "ours" && row["backend"] == backend), "{rows:?}");
    assert!(rows.iter().any(|row| row["name"] == "copy_from_slice"));
    assert!(rows.iter().all(|row| row["verified"] == true && row["gb_s"].as_f64() > Some(0.0)));
    assert_eq!(trial.read("out/results.csv").lines().count(), rows.len() + 1);
    // 100 columns are promised.
    assert!(ended.stdout.lines().all(|line| line.chars().count() <= 100), "{}", ended.stdout);
}

#[test]
fn a_baseline_of_another_kind_is_refused_before_anything_runs() {
    let other = r#"{"schema":1,"quick":true,"partial":false,"seconds":1,"machine":{"arch":"pdp11"},"active":"","versions":{},"rows":[],"foreign":[]}"#;
    for (text, mentioned) in
        [(r#"{"schema": 99}"#, "schema 99"), ("{}", "no schema"), ("hello", "not JSON"), (other, "another machine")]
    {
        let trial = Trial::new();
        write(&trial, "old.json", text);
        assert_refused(&trial.run(&format!("{POINT} --baseline old.json")), &[mentioned, "old.json"]);
        trial.assert_left(&["old.json"], text);
    }
}
