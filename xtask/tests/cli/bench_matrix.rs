//! A tiny matrix from end to end.

use crate::command_lines::assert_refused;
use crate::trial::Trial;
use crate::write;

/// A log, and the limits of the machine: each loop that could be one is verified.
const POINTS: &str = "bench-matrix --quick --ops writer,limits --sizes 64..4K --threads 1 --out out";

#[test]
fn two_points_with_all_their_files() {
    let trial = Trial::new();
    let ended = trial.run(POINTS);
    ended.assert(0, &[]);
    let steps = "building the program that measures\nmeasuring 2 points on host\n";
    assert_eq!(ended.stderr, steps, "a progress bar in a pipe");
    trial.assert_left(&["out", "out/report.html", "out/results.csv", "out/results.json"], POINTS);
    let json = trial.json("out/results.json");
    assert!(json["schema"] == 3 && json["partial"] == false, "{json}");
    let rows = json["rows"].as_array().unwrap();
    let backend = memcpy_streaming::Backend::active().name();
    assert!(rows.iter().any(|row| row["kind"] == "ours" && row["backend"] == backend), "{rows:?}");
    for name in ["copy_from_slice", "limit-read", "limit-copy"] {
        assert!(rows.iter().any(|row| row["name"] == name), "{name}");
    }
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
        assert_refused(&trial.run(&format!("{POINTS} --baseline old.json")), &[mentioned, "old.json"]);
        trial.assert_left(&["old.json"], text);
    }
}
