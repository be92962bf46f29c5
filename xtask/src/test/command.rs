//! Runs a command of cargo's; if it runs tests, all that it builds must run.

use std::process::Command;
use std::time::Instant;

use super::end::End;
use super::libtest::Tally;
use super::outcome::Outcome;
use super::this_machine::{EXPECT, THIS_MACHINE};
use crate::compile;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};

/// Runs a command of cargo's, shown as `shown`, whose tests, if it runs any, must find these backends.
pub(super) fn run(
    name: &str,
    shown: &str,
    cargo: &mut Command,
    expected: Option<&str>,
    interrupt: &Interrupt,
) -> Result<Outcome, Failure> {
    tell(format_args!("\n=== {name}: {shown}"));
    cargo.envs(expected.map(|expected| (EXPECT, expected)));
    let start = Instant::now();
    let mut tally = Tally::default();
    let end = match listen(cargo, &mut tally, interrupt, process::relay) {
        Ok(true) => tally.judge(expected),
        Ok(false) => {
            let faults = tally.faults().map(|faults| format!(": {faults}"));
            End::Failed { why: format!("`{shown}`{}", faults.unwrap_or_default()) }
        }
        Err(Failure::Run(why)) => End::Failed { why },
        Err(other) => return Err(other),
    };
    Ok(Outcome::new(name, THIS_MACHINE, tally, start.elapsed(), end))
}

/// Runs the tests of other people's programs, which are a workspace of their own.
pub(super) fn integrations(interrupt: &Interrupt) -> Result<Outcome, Failure> {
    let mut tests = crate::integrations::tests();
    tests.arg("--workspace");
    run("integrations", "cargo xtask integrations", &mut tests, None, interrupt)
}

/// Runs it, and counts what its tests say; whether it ended well.
fn listen(
    cargo: &mut Command,
    tally: &mut Tally,
    interrupt: &Interrupt,
    mut relay: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    if !cargo.get_args().any(|arg| arg == "test") {
        return Ok(process::run(cargo, LIMIT, interrupt, relay)?.success());
    }
    let Some(programs) = test_programs(cargo, interrupt)? else { return Ok(false) };
    tally.programs = Some(programs);
    // On its standard error cargo names each program that it starts.
    cargo.env("CARGO_TERM_COLOR", "never").env("CARGO_TERM_QUIET", "false");
    let status = process::run_whole(cargo, LIMIT, interrupt, |line| {
        tally.line(line);
        relay(line)
    })?;
    Ok(status.success())
}

/// Builds the test programs that `cargo` is to run, and counts them. None if they cannot be built.
fn test_programs(cargo: &Command, interrupt: &Interrupt) -> Result<Option<u64>, Failure> {
    let mut build = Command::new(cargo.get_program());
    build.args(cargo.get_args().take_while(|arg| *arg != "--"));
    build.args(["--no-run", "--message-format=json-render-diagnostics"]);
    if let Some(folder) = cargo.get_current_dir() {
        build.current_dir(folder);
    }
    for (name, value) in cargo.get_envs() {
        match value {
            Some(value) => build.env(name, value),
            None => build.env_remove(name),
        };
    }
    let mut programs = 0;
    let status = process::run(&mut build, LIMIT, interrupt, |line| {
        programs += u64::from(compile::program(line).is_some());
        Ok(())
    })?;
    Ok(status.success().then_some(programs))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_test_program_that_crashes_hides_neither_itself_nor_the_others() {
        let package = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| fs::write(package.path().join(file), text).unwrap();
        fs::create_dir(package.path().join("tests")).unwrap();
        // No part of the workspace that the temporary folder may be in.
        write("Cargo.toml", "[package]\nname = \"p\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n");
        write("lib.rs", "");
        write(
            "tests/a.rs",
            "#[test] fn a() { std::process::abort() }\n#[test] fn b() { loop { std::thread::park() } }",
        );
        write("tests/b.rs", "#[test] fn passes() {}");
        let run = |args: &[&str]| {
            let mut cargo = crate::cargo::cargo();
            cargo.current_dir(package.path()).args(args).env("CARGO_TARGET_DIR", package.path().join("target"));
            // This test's own output is not to look like a step's.
            cargo.env("CARGO_TERM_QUIET", "true");
            let mut tally = Tally::default();
            let ended_well = listen(&mut cargo, &mut tally, &Interrupt::never(), |_| Ok(())).unwrap();
            (ended_well, tally)
        };
        let (ended_well, tally) = run(&["test", "--offline", "--no-fail-fast"]);
        assert!(!ended_well);
        assert_eq!((tally.passed, tally.run(), tally.to_run()), (1, 1, 3));
        assert_eq!(tally.faults().unwrap(), "2 of 3 tests never ended");
        // What never began is missed, too.
        let (ended_well, tally) = run(&["test", "--offline"]);
        assert!(!ended_well);
        assert_eq!(tally.faults().unwrap(), "2 of 2 tests never ended, 2 of 3 test programs began");
        let (ended_well, tally) = run(&["test", "--offline", "--test", "b"]);
        assert!(ended_well && tally.faults().is_none(), "{tally:?}");
    }
}
