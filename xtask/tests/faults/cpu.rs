//! One CPU.

use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::Value;

use crate::commands::{BENCH, REBIND, Trial};

/// Runs something on a thread that has one CPU, the first that we may use; what it starts inherits that.
fn on_one_cpu(run: impl FnOnce() + Send) {
    let run = || {
        let ours = sched_getaffinity(None).unwrap();
        let mut one = CpuSet::new();
        one.set((0..CpuSet::MAX_CPU).find(|cpu| ours.is_set(*cpu)).unwrap());
        sched_setaffinity(None, &one).unwrap();
        run();
    };
    thread::scope(|threads| threads.spawn(run).join()).unwrap();
}

fn json(trial: &Trial, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(trial.folder.path().join(file)).unwrap()).unwrap()
}

#[test]
fn the_matrix_has_no_more_threads_than_there_are_cpus() {
    on_one_cpu(matrix);
}

fn matrix() {
    let trial = Trial::new();
    let bench = BENCH.replace("--threads 1 ", "") + " --threads";
    trial.run(&[], &format!("{bench} 2")).assert(2, &["--threads 2: there is one CPU", "use 1, or all"]);
    trial.assert_nothing_left("--threads 2");
    trial.run(&[], &format!("{bench} 1,all")).assert(0, &[]);
    let json = json(&trial, "out/results.json");
    assert_eq!(json["machine"]["cores"], 1);
    assert!(json["rows"].as_array().unwrap().iter().all(|row| row["threads"] == 1));
}

#[test]
fn bindings_have_as_many_threads_as_were_asked_for() {
    on_one_cpu(bindings);
}

fn bindings() {
    let trial = Trial::new();
    trial.run(&[], &format!("{REBIND} --threads 1,2")).assert(0, &[]);
    let json = json(&trial, "out");
    assert_eq!(json["machine"]["cores"], 1);
    let threads: Vec<_> = json["results"].as_array().unwrap().iter().map(|row| row["threads"].as_u64()).collect();
    assert!(threads.contains(&Some(1)) && threads.contains(&Some(2)));
}
