//! Less of a machine than there is: one CPU, no huge pages, little memory (`ulimit -v`).

use std::process::Stdio;

use rustix::thread::{disable_transparent_huge_pages, transparent_huge_pages_are_disabled};

use crate::trial::{Trial, search_path};
use crate::{BENCH, DUMP, ONE_CPU, REBIND, run_in_shell};

#[test]
fn one_cpu() {
    let Some(path) = search_path("one_cpu", &[("taskset", "util-linux"), ("sed", "sed")]) else { return };
    let trial = Trial::with(&path);
    let run = |args: &str| run_in_shell(&trial, &format!("exec {ONE_CPU} \"$0\" \"$@\""), args);
    // The matrix has no more threads than there are CPUs, bindings as many as were asked for.
    let bench = |threads| run(&BENCH.replace("--threads 1", threads));
    bench("--threads 2").assert(2, &["--threads 2: there is one CPU", "use 1, or all"]);
    trial.assert_left(&[], "--threads 2");
    bench("--threads 1,all").assert(0, &[]);
    let json = trial.json("out/results.json");
    assert_eq!(json["machine"]["cores"], 1);
    assert!(json["rows"].as_array().unwrap().iter().all(|row| row["threads"] == 1));
    run("rebind --size 256M --rebinds 2 --threads 1,2 --json bound").assert(0, &[]);
    let json = trial.json("bound");
    assert_eq!(json["machine"]["cores"], 1);
    let rows = json["results"].as_array().unwrap();
    assert!([1, 2].iter().all(|threads| rows.iter().any(|row| row["threads"] == *threads)));
}

#[test]
fn no_huge_pages() {
    assert!(!transparent_huge_pages_are_disabled().unwrap());
    for (args, file) in [(REBIND, "out"), (BENCH, "out/results.json")] {
        let trial = Trial::new();
        // The child inherits it; our own memory does not matter.
        disable_transparent_huge_pages(true).unwrap();
        let child = trial.command(&[], args).stdout(Stdio::null()).spawn();
        disable_transparent_huge_pages(false).unwrap();
        assert!(child.unwrap().wait().unwrap().success(), "{args}");
        assert_eq!(trial.json(file)["machine"]["page_mode"], "0 % in 2 MiB pages", "{args}");
    }
}

#[test]
fn whatever_the_limit_on_memory_is_it_runs_or_says_why_not() {
    // From 20 MiB on: below, the system itself cannot load the program, and no word of ours is heard.
    for (args, step, most) in [(REBIND, 6, 96), (DUMP, 2, 40), (BENCH, 450, 1000)] {
        let (mut ran, mut refused) = (false, false);
        for megabytes in (20..=most).step_by(step) {
            let trial = Trial::new();
            // Without a core dump, should it come to that.
            let limit = format!("ulimit -c 0; ulimit -v {}", megabytes << 10);
            let ended = run_in_shell(&trial, &format!("{limit}; exec \"$0\" \"$@\""), args);
            match ended.output.status.code() {
                Some(127) if ended.stderr.contains("shared librar") => {}
                Some(0) => ran = true,
                _ => {
                    assert!(!ran, "{args} with {limit}: less was enough");
                    refused = true;
                    let limit_says = "address-space limit (ulimit -v) leaves ";
                    ended.assert(2, &["error: too little memory: ", "needs ", limit_says]);
                    trial.assert_left(&[], args);
                }
            }
        }
        // cargo needs more than we do.
        assert!(refused && (ran || args == BENCH), "{args}: refused {refused}, ran {ran}");
    }
}
