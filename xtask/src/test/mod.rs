//! `cargo xtask test`: everything that must hold before a change lands.

mod steps;

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use comfy_table::{CellAlignment, Table, presets};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use steps::Step;

const LONG_ABOUT: &str = "Builds, lints, documents and tests the workspace.\n\n\
    Every step is a cargo command; all of them run even if one fails, and a table at the end says how each went and how long it took. \
    Exit code 1 if any failed.";

/// The definition for the command line.
pub(crate) fn command() -> clap::Command {
    clap::Command::new("test").about("Builds, lints, documents and tests the workspace").long_about(LONG_ABOUT)
}

struct Outcome {
    step: Step,
    passed: bool,
    took: Duration,
}

/// Runs every step in the workspace's folder.
pub(crate) fn run(interrupt: &Interrupt) -> Result<(), Failure> {
    let mut outcomes = Vec::new();
    for step in steps::all() {
        eprintln!("\n=== {}: {}", step.name, step.command());
        let start = Instant::now();
        let status = cargo(&step)?;
        // Ctrl-C reaches cargo too, and its failure then means nothing.
        interrupt.check()?;
        outcomes.push(Outcome { step, passed: status.success(), took: start.elapsed() });
    }
    writeln!(io::stdout(), "\n{}", table(&outcomes)).map_err(|error| Failure::stdout(&error))?;
    verdict(&outcomes)
}

fn cargo(step: &Step) -> Result<ExitStatus, Failure> {
    // The cargo that runs us, so that a `+toolchain` on its command line holds for every step.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(&cargo)
        .args(&step.args)
        .envs(step.env.iter().copied())
        .current_dir(workspace())
        .status()
        .map_err(|error| Failure::run(format_args!("cannot run `{}`: {error}", cargo.display())))
}

/// The folder of the workspace's Cargo.toml. cargo says at run time where this crate is: a tree can be moved after the build.
fn workspace() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask.join("..")
}

fn table(outcomes: &[Outcome]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header(["step", "result", "time"]);
    for Outcome { step, passed, took } in outcomes {
        let result = if *passed { "ok" } else { "FAILED" };
        table.add_row([step.name, result, &format!("{:.1} s", took.as_secs_f64())]);
    }
    if let Some(time) = table.column_mut(2) {
        time.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn verdict(outcomes: &[Outcome]) -> Result<(), Failure> {
    let failed = outcomes.iter().filter(|outcome| !outcome.passed);
    let failed: Vec<_> = failed.map(|Outcome { step, .. }| format!("{} (`{}`)", step.name, step.command())).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::run(format_args!("failed: {}", failed.join("; ")))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(index: usize, passed: bool) -> Outcome {
        Outcome { step: steps::all().swap_remove(index), passed, took: Duration::from_millis(1500) }
    }

    #[test]
    fn a_failed_step_fails_the_run_by_name() {
        assert!(verdict(&[outcome(0, true), outcome(1, true)]).is_ok());
        let Err(Failure::Run(line)) = verdict(&[outcome(0, false), outcome(1, true), outcome(2, false)]) else {
            panic!("two steps failed");
        };
        assert!(line.starts_with("failed: format (`cargo fmt --all --check`); lint (`cargo clippy "), "{line}");
    }

    #[test]
    fn the_table_shows_each_step() {
        let table = table(&[outcome(0, true), outcome(4, false)]).to_string();
        for part in ["format", "ok", "docs", "FAILED", "1.5 s"] {
            assert!(table.contains(part), "{part} is missing in\n{table}");
        }
    }

    #[test]
    fn a_step_is_shown_as_it_is_typed() {
        let docs = &outcome(4, true).step;
        assert_eq!(docs.command(), "RUSTDOCFLAGS=\"-D warnings\" cargo doc --locked --workspace --no-deps");
    }

    #[test]
    fn the_workspace_is_found() {
        assert!(workspace().join("xtask/Cargo.toml").is_file());
    }
}
