//! A random case that has failed can be had again, by the line that is printed.

#![cfg(not(miri))] // Miri starts no process.

mod common;
use common::{child, seeded};

const VARIABLE: &str = "MEMCPY_STREAMING_SEED";

/// Not a test by itself: what the test below runs.
#[test]
#[ignore = "it is to fail; the other tests here run it, as `cargo test -p memcpy-streaming --test seeds -- --ignored` does"]
fn child_that_fails_in_one_case_of_eight() {
    fn property(value: u64) -> bool {
        println!("\ncase {value}");
        value % 8 != 3
    }
    seeded::check!("child_that_fails_in_one_case_of_eight", 10_000, property as fn(u64) -> bool);
}

/// The cases that the child tries with a seed, smaller ones after the first that fails among them; and its line.
fn run(seed: Option<&str>) -> (Vec<String>, String) {
    let output = child("child_that_fails_in_one_case_of_eight", VARIABLE, seed);
    assert!(!output.status.success());
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let cases = text.lines().filter(|line| line.starts_with("case ")).map(str::to_string).collect();
    let rerun = text.lines().find(|line| line.starts_with("rerun: ")).expect("it says how to run it again").to_string();
    (cases, rerun)
}

#[test]
fn the_line_runs_the_case_again() {
    let (all, line) = run(None);
    let start = format!("rerun: {VARIABLE}=");
    let (seed, command) = line.strip_prefix(&start).and_then(|rest| rest.split_once(' ')).expect(&line);
    let features = if cfg!(feature = "std") { " --features std" } else { "" };
    let test = "--test seeds child_that_fails_in_one_case_of_eight";
    assert_eq!(command, format!("cargo test -p memcpy-streaming{features} {test}"));
    let (again, same_line) = run(Some(seed));
    assert!(!again.is_empty() && all.ends_with(&again), "{again:?} is not the end of {all:?}");
    assert_eq!(line, same_line);
    let value: u64 = again[0].strip_prefix("case ").unwrap().parse().unwrap();
    assert_eq!(value % 8, 3, "the first case is not the one that failed");
    // Without a seed it has other cases.
    assert_ne!(run(None).1, line);
}

#[test]
fn what_is_no_seed_is_refused() {
    let output = child("child_that_fails_in_one_case_of_eight", VARIABLE, Some("x"));
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(text.contains("MEMCPY_STREAMING_SEED is `x`, which is not a number below 2^64"), "{text}");
}
