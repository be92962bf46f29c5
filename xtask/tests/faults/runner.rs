//! `--runner`: commands that do not run the program, and one that does.

use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;
use std::{env, thread};

use rustix::process::Signal;
use serde_json::Value;

use crate::signal::by_signal;
use crate::trial::{self, Ended, Trial, skip};
use crate::{ONE_CPU, own_target};

/// The search path with what these runners are made of; none, and a word of it, where they or a static C library are missing.
fn search_path(test: &str, programs: &[(&str, &str)]) -> Option<OsString> {
    let libc = Command::new("cc").arg("-print-file-name=libc.a").output();
    if !libc.is_ok_and(|said| said.stdout.starts_with(b"/")) {
        skip(&format!("{test}: cc has no static C library; to run it: `apt-get install libc6-dev`"));
        return None;
    }
    trial::search_path(test, programs)
}

/// A matrix of one point through `runner`.
fn bench(trial: &Trial, args: &str, runner: &str) -> Command {
    let point = format!("bench-matrix --targets {} --ops writer --sizes 4K --threads all {args}", own_target());
    let mut command = trial.command(&[], &point);
    command.args(["--runner", runner]);
    command
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
        (r#"echo '{"Ok":{"machine":{"arch":"pdp11"}}}';"#, "a program for pdp11"),
        // What it runs must not outlive it.
        (r#"echo '{"Ok":{"machine":{"cores":"many"}}}'; sleep 1000;"#, "many"),
    ] {
        let trial = Trial::with(&path);
        Ended::of(&mut bench(&trial, "--out out", runner)).assert(1, &["error: ", mentioned]);
        trial.assert_left(&[], runner);
    }
}

#[test]
fn ctrl_c_ends_what_it_runs() {
    let Some(path) = search_path("ctrl_c_ends_what_it_runs", &[("sleep", "coreutils")]) else { return };
    let trial = Trial::with(&path);
    let mut command = bench(&trial, "--out out", ": >started; sleep 1000;");
    let ended = by_signal(&mut command, Signal::INT, |_| {
        while !trial.path("started").exists() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    ended.assert(130, &["interrupted: nothing was left behind"]);
    trial.assert_left(&["started"], "sleep");
}

#[test]
fn the_results_are_those_of_the_machine_at_the_other_end() {
    let programs = [("taskset", "util-linux"), ("sed", "sed"), ("env", "coreutils")];
    let Some(path) = search_path("the_results_are_those_of_the_machine_at_the_other_end", &programs) else { return };
    let trial = Trial::with(&path);
    // A board with one CPU. The program that runs under it is the host's own, so its times count.
    let board = &format!("MEMCPY_STREAMING_BACKEND=portable {ONE_CPU}");
    Ended::of(&mut bench(&trial, "--out out", board)).assert(0, &[]);
    let json = trial.json("out/results.json");
    let machine = &json["machine"];
    assert!(machine["cores"] == 1 && machine["arch"] == env::consts::ARCH && machine["runner"] == **board, "{machine}");
    assert_eq!(machine["page_mode"], Value::Null, "nobody has looked there");
    assert_eq!(json["active"], "portable");
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["kind"] == "ours"));
    for row in rows {
        // One thread is all of them.
        assert!(row["target"] == *own_target() && row["threads"] == 1 && row["gb_s"].as_f64() > Some(0.0), "{row}");
    }
    // Another machine's, if this one has more CPUs; its own is compared, and says no or yes.
    if thread::available_parallelism().unwrap().get() > 1 {
        let other = Ended::of(&mut bench(&trial, "--out other --baseline out/results.json", "env"));
        other.assert(2, &["another machine", "cores was 1, and is"]);
        assert!(!trial.path("other").exists());
    }
    let same = Ended::of(&mut bench(&trial, "--out same --baseline out/results.json", board));
    assert!(matches!(same.output.status.code(), Some(0 | 1)), "{}", same.stderr);
    same.assert_printed(&["against the baseline"]);
}
