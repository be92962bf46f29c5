//! One CPU.

use serde_json::Value;

use crate::commands::{BENCH, REBIND, Trial};

/// The first CPU that we may use.
fn one() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    list.trim().split([',', '-']).next().unwrap().to_string()
}

fn json(trial: &Trial, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(trial.folder.path().join(file)).unwrap()).unwrap()
}

#[test]
fn the_matrix_has_no_more_threads_than_there_are_cpus() {
    let one = one();
    let under = ["taskset", "-c", &one];
    let trial = Trial::new();
    let bench = BENCH.replace("--threads 1 ", "") + " --threads";
    trial.run(&under, &format!("{bench} 2")).assert(2, &["--threads 2: there is one CPU", "use 1, or all"]);
    trial.assert_nothing_left("--threads 2");
    trial.run(&under, &format!("{bench} 1,all")).assert(0, &[]);
    let json = json(&trial, "out/results.json");
    assert_eq!(json["machine"]["cores"], 1);
    assert!(json["rows"].as_array().unwrap().iter().all(|row| row["threads"] == 1));
}

#[test]
fn bindings_have_as_many_threads_as_were_asked_for() {
    let trial = Trial::new();
    trial.run(&["taskset", "-c", &one()], &format!("{REBIND} --threads 1,2")).assert(0, &[]);
    let json = json(&trial, "out");
    assert_eq!(json["machine"]["cores"], 1);
    let threads: Vec<_> = json["results"].as_array().unwrap().iter().map(|row| row["threads"].as_u64()).collect();
    assert!(threads.contains(&Some(1)) && threads.contains(&Some(2)));
}
