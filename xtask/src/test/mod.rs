//! `cargo xtask test`: everything that must hold before a change lands.

mod bochs;
mod c_abi;
mod cargo;
mod checkers;
pub(crate) mod compile;
mod cross;
mod guests;
mod libtest;
pub(crate) mod matrix;
mod miri;
pub(crate) mod native;
pub(crate) mod needs;
pub(crate) mod options;
mod outcome;
pub(crate) mod process;
mod record;
mod search_path;
mod steps;
pub(crate) mod targets;
pub(crate) mod toolchain;
mod wine;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use compile::Place;
use libtest::Tally;
pub(crate) use native::workspace;
use needs::Need;
use options::Options;
use outcome::{End, Fix, Outcome};

use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::{asm, release};

/// For cargo to read its manifests; it waits while another cargo is at work.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs what was asked for: first this machine, then the others.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let workspace = workspace();
    let target_dir = target_dir(&workspace, interrupt)?;
    let place = Place { workspace: &workspace, target_dir: &target_dir };
    let mut outcomes = Vec::new();
    if options.install {
        needs::install(&missing(options), interrupt)?;
    }
    if options.native {
        outcomes.extend(native::run(&place, options.exhaustive, interrupt)?);
        outcomes.push(tables_in_step()?);
        outcomes.push(publishable(interrupt)?);
        outcomes.extend(c_abi::run(&workspace, interrupt)?);
    }
    if options.checkers {
        outcomes.extend(checkers::run(&place, interrupt)?);
        outcomes.extend(miri::run(&place, interrupt)?);
    }
    if options.targets {
        outcomes.push(checked("targets", "", || targets::run(&place, interrupt))?);
    }
    outcomes.extend(cross::run(options, &place, interrupt)?);
    if options.all {
        outcomes.extend(guests::run(interrupt)?);
    }
    for triple in &options.asm {
        outcomes.push(assembly(triple, &workspace, interrupt)?);
    }
    let mut report = format!("\n{}\n", outcome::table(&outcomes));
    if options.checkers {
        report += &format!("{}: {}\n", native::THIS_MACHINE, Machine::read().cpu);
    }
    for skip in outcome::skips(&outcomes) {
        report += &format!("{skip}\n");
    }
    io::stdout().write_all(report.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    outcome::verdict(&outcomes, options.all)?;
    if options.record { record::record(&workspace, &outcomes) } else { Ok(()) }
}

/// All that is missing for what was asked for, of what can be installed.
fn missing(options: &Options) -> Vec<Need> {
    let mut missing = Vec::new();
    if options.native {
        missing.extend(native::missing().into_iter().chain(c_abi::missing()));
    }
    if options.checkers {
        missing.extend(checkers::missing().into_iter().chain(miri::missing()));
    }
    if options.targets {
        missing.extend(targets::missing());
    }
    if options.all {
        missing.extend(guests::missing());
    }
    missing.extend(options.rows.iter().flat_map(|row| cross::missing(*row)));
    missing.extend(options.asm.iter().filter_map(|triple| asm::toolchain(triple).err()));
    missing
}

/// Compares the tables of README.md with the records, as `cargo xtask readme-tables --check` does.
fn tables_in_step() -> Result<Outcome, Failure> {
    checked("README tables", "", || crate::readme_tables::check().map(|_| End::Passed))
}

/// Checks that the libraries could be published, as `cargo xtask release --check` does.
fn publishable(interrupt: &Interrupt) -> Result<Outcome, Failure> {
    checked("release", "", || {
        Ok(match release::check(interrupt)? {
            release::Verdict::Good(_) => End::Passed,
            release::Verdict::Wrong(failed) => End::Failed { why: failed.join(", ") },
            release::Verdict::Skipped { why, fix } => End::Skipped { why, fix: Fix::Other(fix) },
        })
    })
}

/// Checks the assembly of one target, as `cargo xtask asm` does.
fn assembly(triple: &str, workspace: &Path, interrupt: &Interrupt) -> Result<Outcome, Failure> {
    checked(triple, "(assembly)", || {
        Ok(match asm::check(triple, workspace, false, interrupt)? {
            asm::Verdict::Good(_) => End::Passed,
            asm::Verdict::Wrong(why) => End::Failed { why: why.join(", ") },
            asm::Verdict::Skipped(need) => End::Skipped { why: need.describe(), fix: Fix::Install(vec![need]) },
        })
    })
}

/// Says which check of ours begins, and how it ended.
fn checked(what: &str, cpu: &str, check: impl FnOnce() -> Result<End, Failure>) -> Result<Outcome, Failure> {
    tell(format_args!("\n=== {}", format!("{what} {cpu}").trim_end()));
    judged(what, cpu, check)
}

/// How a check ended. One that could not be done has failed; only the person's Ctrl-C and a closed pipe end the others too.
fn judged(what: &str, cpu: &str, check: impl FnOnce() -> Result<End, Failure>) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let end = match check() {
        Ok(end) => end,
        Err(Failure::Run(why) | Failure::Input(why)) => End::Failed { why },
        Err(other) => return Err(other),
    };
    let (what, cpu) = (what.to_string(), cpu.to_string());
    Ok(Outcome { what, cpu, tally: Tally::default(), took: start.elapsed(), end })
}

/// Where cargo builds, whatever it was told by.
pub(crate) fn target_dir(workspace: &Path, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let mut cargo = compile::cargo();
    cargo.args(["metadata", "--no-deps", "--format-version=1"]).current_dir(workspace);
    let mut metadata = serde_json::Value::Null;
    process::run(&mut cargo, LIMIT, interrupt, |line| {
        metadata = serde_json::from_str(line).unwrap_or_default();
        Ok(())
    })?;
    match metadata["target_directory"].as_str() {
        Some(folder) => Ok(folder.into()),
        None => Err(Failure::run(format_args!("`{}` failed in {}", process::show(&cargo), workspace.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_step_fails_and_a_ctrl_c_ends() {
        let failed = judged("README tables", "", || Err(Failure::run("not in step"))).unwrap();
        assert_eq!(failed.end, End::Failed { why: "not in step".to_string() });
        assert!(outcome::verdict(&[failed], false).is_err());
        assert!(matches!(judged("x", "", || Err(Failure::Interrupted)), Err(Failure::Interrupted)));
    }
}
