//! A tiny matrix from end to end.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::person::{command, files, xtask};

/// One point.
const POINT: &str = "bench-matrix --quick --ops writer --sizes 64..4K --threads 1 --out out";

fn run(folder: &Path, args: &str) -> Output {
    xtask(folder, &args.split_whitespace().collect::<Vec<_>>())
}

fn results(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("out/results.json")).unwrap()).unwrap()
}

#[test]
fn one_point_with_all_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), POINT);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "building the program that measures\nmeasuring 1 points on host\n", "a progress bar in a pipe");
    assert_eq!(files(&folder.path().join("out")), ["report.html", "results.csv", "results.json"]);
    let json = results(folder.path());
    assert_eq!((&json["schema"], &json["partial"]), (&3.into(), &false.into()));
    let rows = json["rows"].as_array().unwrap();
    let backend = memcpy_streaming::Backend::active().name();
    assert!(rows.iter().any(|row| row["kind"] == "ours" && row["backend"] == backend), "{rows:?}");
    assert!(rows.iter().any(|row| row["name"] == "copy_from_slice"));
    assert!(rows.iter().all(|row| row["verified"] == true && row["gb_s"].as_f64().unwrap() > 0.0));
    let csv = fs::read_to_string(folder.path().join("out/results.csv")).unwrap();
    assert_eq!(csv.lines().count(), rows.len() + 1);
    // 100 columns are promised.
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn the_list_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), "bench-matrix --list --ops copy --sizes 4K --out out");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["copy", "4K", "misaligned", "hot-source", "victim", "host", "aarch64-unknown-linux-gnu", "points"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_baseline_of_another_kind_is_refused_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    for (text, mentioned) in [
        (r#"{"schema": 99}"#, "schema 99"),
        ("{}", "no schema"),
        ("hello", "not JSON"),
        (
            r#"{"schema":1,"quick":true,"partial":false,"seconds":1,"machine":{"arch":"pdp11"},"active":"","versions":{},"rows":[],"foreign":[]}"#,
            "another machine",
        ),
    ] {
        fs::write(folder.path().join("old.json"), text).unwrap();
        let output = run(folder.path(), &format!("{POINT} --baseline old.json"));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.contains(mentioned) && stderr.contains("old.json"), "{stderr}");
        assert_eq!(files(folder.path()), ["old.json"]);
    }
}

/// Interrupts a run that would take minutes, a while after it has begun to measure; what it said then.
fn interrupted(folder: &Path, after: Duration) -> String {
    let args = "bench-matrix --ops copy,fill --sizes 4K..64M --targets host --threads 1 --out out";
    let args: Vec<_> = args.split_whitespace().collect();
    let mut child = command(folder, &args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("measuring") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended by itself");
    }
    std::thread::sleep(after);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    line.clear();
    stderr.read_to_string(&mut line).unwrap();
    assert!(line.starts_with("interrupted: "), "{line}");
    line
}

#[test]
fn ctrl_c_keeps_what_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    // The first points take a tenth of a second each, on a machine that has nothing else to do.
    let line = [2, 4, 8, 16, 32].into_iter().find_map(|seconds| {
        let line = interrupted(folder.path(), Duration::from_secs(seconds));
        // Before the first point is done there is nothing to keep, and nothing is kept.
        let kept = line.contains("partial");
        assert_eq!(folder.path().join("out").exists(), kept, "{line}");
        kept.then_some(line)
    });
    assert!(line.is_some(), "nothing was measured in half a minute");
    let json = results(folder.path());
    assert_eq!(json["partial"], true);
    assert!(!json["rows"].as_array().unwrap().is_empty());
    assert!(fs::read_to_string(folder.path().join("out/report.html")).unwrap().contains("PARTIAL"));
}
