//! Every part by every allocator: each checks its own result, and says what was streamed.

use std::process::{Command, Output};

use chosen_allocator::NAMES;

fn run(allocator: &str, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_with-allocator")).args(words).env("ALLOCATOR", allocator).output().unwrap()
}

#[test]
fn each_part_is_right_by_each_allocator() {
    for part in ["blocks", "frames", "sort"] {
        for allocator in NAMES {
            let output = run(allocator, &["--quick", "run", part]);
            assert!(output.status.success(), "{allocator}, {part}: {output:?}");
            let said = String::from_utf8(output.stdout).unwrap();
            let figures: Vec<f64> = said.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
            assert_eq!(allocator.ends_with("+stream"), figures[2] + figures[3] > 0.0, "{allocator}, {part}: {said}");
        }
    }
}

#[test]
fn bad_input_is_one_line() {
    for (allocator, words) in [("jemalloc", &["run", "sort"][..]), ("", &["run", "search"]), ("", &["measure"])] {
        let output = run(allocator, words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().filter(|line| line.contains("known")).count(), 1, "{said}");
    }
}
