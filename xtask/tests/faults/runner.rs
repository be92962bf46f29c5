//! `--runner`: commands that do not run the program, and one that does.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::commands::{Ended, Trial, own_target};
use crate::programs::{self, skip};

/// The search path with what these runners are made of; none, and a word of it, where they or a static C library are missing.
fn search_path(test: &str, programs: &[(&str, &str)]) -> Option<OsString> {
    let libc = Command::new("cc").arg("-print-file-name=libc.a").output();
    let found = libc.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_absolute());
    if !found {
        skip(&format!("{test}: cc has no static C library; to run it: `apt-get install libc6-dev`"));
        return None;
    }
    programs::search_path(test, programs)
}

/// One point.
fn bench(out: &str) -> String {
    format!("bench-matrix --targets {} --ops writer --sizes 4K --threads all --out {out}", own_target())
}

/// Runs a matrix through `runner`.
fn run(trial: &Trial, args: &str, runner: &str) -> Ended {
    let output = trial.command(&[], args).args(["--runner", runner]).output().unwrap();
    Ended::new(runner, output)
}

#[test]
fn what_does_not_run_the_program_is_told() {
    let programs = [("cat", "coreutils"), ("sleep", "coreutils")];
    let Some(path) = search_path("what_does_not_run_the_program_is_told", &programs) else { return };
    for (runner, mentioned) in [
        ("false", "--runner must run the program"),
        ("no-such-program-here 2>&-", "exit status 127"),
        ("echo garbage;", "answered `garbage`"),
        // Without an end to its line.
        ("cat /dev/zero;", "..."),
        ("exec >&-; sleep 1000;", "it has closed its standard output"),
        ("sleep 1000 & exit 7;", "exit status 7"),
        ("kill -9 $$;", "signal 9"),
        (r"printf 'hello\tarch\tpdp11\nend\n';", "a program for pdp11"),
        // What it runs must not outlive it.
        (r"printf 'hello\tthreads\tmany\n'; sleep 1000;", "many"),
    ] {
        let trial = Trial::with(&path);
        run(&trial, &bench("out"), runner).assert(1, &["error: ", mentioned]);
        trial.assert_nothing_left(runner);
    }
}

#[test]
fn ctrl_c_ends_what_it_runs() {
    let programs = [("sleep", "coreutils")];
    let Some(path) = search_path("ctrl_c_ends_what_it_runs", &programs) else { return };
    let trial = Trial::with(&path);
    let mut command = trial.command(&[], &bench("out"));
    command.args(["--runner", ": >started; sleep 1000;"]).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let started = trial.folder.path().join("started");
    while !started.exists() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    Ended::new("sleep", child.wait_with_output().unwrap()).assert(130, &["interrupted: nothing was left behind"]);
    fs::remove_file(started).unwrap();
    trial.assert_nothing_left("sleep");
}

#[test]
fn the_results_are_those_of_the_machine_at_the_other_end() {
    let programs = [("taskset", "util-linux"), ("sed", "sed"), ("env", "coreutils")];
    let Some(path) = search_path("the_results_are_those_of_the_machine_at_the_other_end", &programs) else { return };
    let trial = Trial::with(&path);
    // A board with one CPU. The program that runs under it is the host's own, so its times count.
    let board = "MEMCPY_STREAMING_BACKEND=portable taskset -c $(taskset -pc $$ | sed 's/.*: *//; s/[-,].*//')";
    run(&trial, &bench("out"), board).assert(0, &[]);
    let file = trial.folder.path().join("out/results.json");
    let json: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(json["machine"]["cores"], 1);
    assert_eq!(json["machine"]["arch"], env::consts::ARCH);
    assert_eq!(json["machine"]["runner"], board);
    assert_eq!(json["machine"]["page_mode"], Value::Null, "nobody has looked there");
    assert_eq!(json["active"], "portable");
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["kind"] == "ours"));
    for row in rows {
        assert_eq!(row["target"], own_target());
        // All of them.
        assert_eq!(row["threads"], 1);
        assert!(row["gb_s"].as_f64().unwrap() > 0.0);
    }
    // Another machine's, if this one has more CPUs; its own is compared, and says no or yes.
    let here = std::thread::available_parallelism().unwrap().get();
    if here > 1 {
        let other = format!("{} --baseline out/results.json", bench("other"));
        let ended = run(&trial, &other, "env");
        ended.assert(2, &["another machine", "cores was 1, and is"]);
        assert!(!trial.folder.path().join("other").exists());
    }
    let same = run(&trial, &format!("{} --baseline out/results.json", bench("same")), board);
    assert!(matches!(same.output.status.code(), Some(0 | 1)), "{}", same.stderr);
    assert!(String::from_utf8_lossy(&same.output.stdout).contains("against the baseline"), "{}", same.stderr);
}
