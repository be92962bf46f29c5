//! `cargo xtask test`: everything that must hold before a change lands.

mod bochs;
pub(crate) mod compile;
mod cross;
mod libtest;
pub(crate) mod matrix;
mod native;
pub(crate) mod needs;
pub(crate) mod options;
mod outcome;
pub(crate) mod process;
mod record;
mod steps;
pub(crate) mod toolchain;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use compile::Place;
use libtest::Tally;
pub(crate) use native::workspace;
use options::Options;
use outcome::{End, Outcome};

use crate::asm;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::machine::Machine;

/// For cargo to read its manifests; it waits while another cargo is at work.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs what was asked for: first this machine, then the others.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let workspace = workspace();
    let target_dir = target_dir(&workspace, interrupt)?;
    let place = Place { workspace: &workspace, target_dir: &target_dir };
    let mut outcomes = Vec::new();
    if options.native {
        outcomes.extend(native::run(&workspace, interrupt)?);
    }
    outcomes.extend(cross::run(options, &place, interrupt)?);
    for triple in &options.asm {
        outcomes.push(assembly(triple, &workspace, interrupt)?);
    }
    let mut report = format!("\n{}\n", outcome::table(&outcomes));
    if options.native {
        report += &format!("{}: {}\n", native::THIS_MACHINE, Machine::read().cpu);
    }
    for skip in outcome::skips(&outcomes) {
        report += &format!("{skip}\n");
    }
    io::stdout().write_all(report.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    outcome::verdict(&outcomes, options.require_all)?;
    if options.record { record::record(&workspace, &outcomes) } else { Ok(()) }
}

/// Checks the assembly of one target, as `cargo xtask asm` does.
fn assembly(triple: &str, workspace: &Path, interrupt: &Interrupt) -> Result<Outcome, Failure> {
    tell(format_args!("\n=== {triple}: assembly"));
    let start = Instant::now();
    let end = match asm::check(triple, workspace, false, interrupt) {
        Ok(asm::Verdict::Good(_)) => End::Passed,
        Ok(asm::Verdict::Wrong(why)) => End::Failed { why: why.join(", ") },
        Ok(asm::Verdict::Skipped { why, fix }) => End::Skipped { why, fix },
        Err(Failure::Run(why)) => End::Failed { why },
        Err(other) => return Err(other),
    };
    let (what, cpu) = (triple.to_string(), "(assembly)".to_string());
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
