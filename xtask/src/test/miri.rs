//! The tests of the libraries under Miri, which interprets them and knows Rust's rules for pointers: with strict provenance, by
//! both models of who may use a reference.

use std::process::Command;

use memcpy_streaming::Backend::Portable;

use super::command;
use super::end;
use super::outcome::Outcome;
use super::this_machine::{GRID, THIS_MACHINE};
use crate::compile::Place;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::Need;
use crate::{process, targets, toolchain};

/// The tests that end within a minute each. The others are about files, processes and inaccessible pages, or compare memmaps of
/// megabytes.
const TESTS: [&str; 11] =
    ["backends", "capi", "copy", "errors", "panics", "pattern", "publish", "registers", "safe", "write_only", "writer"];

/// A model, by its name, Miri's flag for it, and the tests. What differs between the two is what keeps pointers beside borrows.
const MODELS: [(&str, &str, &[&str]); 2] =
    [("Stacked Borrows", "", &TESTS), ("Tree Borrows", " -Zmiri-tree-borrows", &["backends", "publish", "writer"])];

/// What brings it, and the source of the standard library that it runs.
const INSTALL: &str = "rustup toolchain install nightly --profile minimal -c miri -c rust-src";

/// Isolated, a test could not see the environment.
const FLAGS: &str = "-Zmiri-strict-provenance -Zmiri-disable-isolation";

/// The nightly's cargo.
fn nightly() -> Command {
    let mut cargo = toolchain::rustup("nightly");
    cargo.arg("miri").env_remove("MEMCPY_STREAMING_BACKEND");
    cargo
}

/// What is missing.
pub(crate) fn missing() -> Vec<Need> {
    toolchain::unless_there(nightly(), "Miri".to_string(), INSTALL.to_string()).into_iter().collect()
}

/// Runs all tests that can run under it, by each model.
pub(crate) fn run(place: &Place<'_>, interrupt: &Interrupt) -> Result<Vec<Outcome>, Failure> {
    let obstacle = end::obstacle(missing());
    // Whoever is interrupted has not heard what is missing.
    interrupt.check()?;
    if let Some(end) = obstacle {
        return Ok(vec![Outcome::not_run("tests, Miri", THIS_MACHINE, end)]);
    }
    let expected = targets::names(&[Portable]);
    let run = |(model, flag, tests): (&str, &str, &[&str])| {
        let mut cargo = nightly();
        // Not the tests of the examples, which are about files and an allocator.
        cargo.args(["test", "--locked", "--no-fail-fast", "--all-features", "--lib"]);
        cargo.args(tests.iter().flat_map(|test| ["--test", test]));
        cargo.args(["-p", "memcpy-streaming", "-p", "memmap-template"]).current_dir(place.workspace);
        // A backtrace takes it seconds, and many tests panic on purpose.
        cargo.env("MIRIFLAGS", format!("{FLAGS}{flag}")).env(GRID, "thin").env("RUST_BACKTRACE", "0");
        let shown = process::show(&cargo);
        command::run(&format!("tests, Miri, {model}"), &shown, &mut cargo, Some(&expected), interrupt)
    };
    MODELS.into_iter().map(run).collect()
}
