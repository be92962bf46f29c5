//! No huge pages.

use std::process::Stdio;

use rustix::thread::{disable_transparent_huge_pages, transparent_huge_pages_are_disabled};
use serde_json::Value;

use crate::commands::{BENCH, Ended, REBIND, Trial};

/// Runs `args` without huge pages, and answers what it says that its memory was in.
fn page_mode(args: &str, file: &str) -> String {
    let trial = Trial::new();
    // The child inherits it; our own memory does not matter.
    disable_transparent_huge_pages(true).unwrap();
    let child = trial.command(&[], args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    disable_transparent_huge_pages(false).unwrap();
    Ended::new(args, child.wait_with_output().unwrap()).assert(0, &[]);
    let json: Value = serde_json::from_slice(&std::fs::read(trial.folder.path().join(file)).unwrap()).unwrap();
    json["machine"]["page_mode"].as_str().unwrap().to_string()
}

#[test]
fn the_page_mode_is_what_the_memory_got() {
    assert!(!transparent_huge_pages_are_disabled().unwrap());
    for (args, file) in [(REBIND, "out"), (BENCH, "out/results.json")] {
        assert_eq!(page_mode(args, file), "0 % in 2 MiB pages", "{args}");
    }
}
