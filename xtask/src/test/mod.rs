//! `cargo xtask test`: what must hold before a change lands.

mod bochs;
mod c_abi;
mod checkers;
mod command;
mod compiled;
mod cross;
mod end;
mod guests;
mod libtest;
mod miri;
mod native;
pub(crate) mod options;
mod outcome;
mod record;
mod search_path;
mod steps;
pub(crate) mod this_machine;
mod times;
mod wine;

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use crate::compile::Place;
use crate::install;
use crate::needs::Need;
use checkers::Checker;
use end::{End, Fix};
use libtest::Tally;
use options::{Extent, Options};
use outcome::Outcome;
use steps::Step;

use crate::cargo::{target_dir, workspace};
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::targets::{self, Row, Target};
use crate::{asm, lane, release};

/// Runs what was asked for: first this machine, then the others.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let start = Instant::now();
    let workspace = workspace();
    let target_dir = target_dir(&workspace, interrupt)?;
    let place = Place { workspace: &workspace, target_dir: &target_dir };
    if options.extent == Extent::All {
        tell(format_args!(
            "=== all: first installs what is missing, then some three quarters of an hour on two cores; leaves some 5 GB in {}, and 3 GB in rustup's folder",
            target_dir.display()
        ));
    }
    if options.install {
        install::install(|| missing(options), interrupt)?;
    }
    let (beside, alone): (Vec<_>, Vec<_>) = options.steps.iter().partition(|step| step.runs_beside_others());
    let mut outcomes = Vec::new();
    for step in alone {
        outcomes.extend(run_step(step, options, &place, interrupt)?);
    }
    let mut targets = cross::targets(&options.rows).map(Job::Target);
    // The first target's rows take longest: it has the emulated PCs.
    let longest: Vec<_> = targets.by_ref().take(1).collect();
    let jobs: Vec<_> = longest.into_iter().chain(beside.into_iter().map(Job::Step)).chain(targets).collect();
    outcomes.extend(lane::run(&jobs, Job::name, |job| match job {
        Job::Step(step) => run_step(*step, options, &place, interrupt),
        Job::Target((target, rows)) => cross::run(target, rows, &place, interrupt),
    })?);
    let took = start.elapsed();
    let mut report = format!("\n{}\n", outcome::table(&outcomes));
    report += &format!("{}: {}; {}\n", this_machine::THIS_MACHINE, Machine::read().cpu, times::minutes(took));
    for skip in outcome::skips(&outcomes, &native::missing()) {
        report += &format!("{skip}\n");
    }
    if options.extent == Extent::Short {
        report += &format!("{}\n", left_out());
    }
    io::stdout().write_all(report.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    outcome::verdict(&outcomes, options.extent == Extent::All)?;
    if options.record {
        record::record(&workspace, &outcomes)?;
        times::record(&workspace, options.extent, &outcomes, took)?;
    }
    Ok(())
}

/// What runs beside others.
enum Job {
    Step(Step),
    /// A target's build, and its rows.
    Target((&'static Target, Vec<Row>)),
}

impl Job {
    fn name(&self) -> String {
        match self {
            Job::Step(step) => step.name().to_string(),
            Job::Target((target, _)) => target.triple.to_string(),
        }
    }
}

/// Runs one step.
fn run_step(step: Step, options: &Options, place: &Place<'_>, interrupt: &Interrupt) -> Result<Vec<Outcome>, Failure> {
    if let Some(cargo) = step.cargo() {
        let is_longer = step == Step::Optimised && options.exhaustive;
        let cargo = if is_longer { cargo.exhaustive() } else { cargo };
        return Ok(vec![native::run(&cargo, place, interrupt)?]);
    }
    match step {
        Step::Tables => Ok(vec![tables_in_step()?]),
        Step::Release => Ok(vec![publishable(options.extent != Extent::Short, interrupt)?]),
        Step::CAbi => c_abi::run(place.workspace, interrupt),
        Step::Assembly => options.asm.iter().map(|triple| assembly(triple, place.workspace, interrupt)).collect(),
        Step::AddressSanitizer => checkers::run(Checker::AddressSanitizer, place, interrupt),
        Step::Valgrind => checkers::run(Checker::Valgrind, place, interrupt),
        Step::Miri => miri::run(place, interrupt),
        Step::Targets => Ok(vec![checked("targets", "", || compiled::run(place, interrupt))?]),
        Step::Guests => guests::run(interrupt),
        Step::Integrations => Ok(vec![command::integrations(interrupt)?]),
        _ => unreachable!("the others are commands of cargo"),
    }
}

/// What a plain run leaves out, and how to run it.
fn left_out() -> String {
    let short: Vec<_> = Step::short().collect();
    let steps = Step::ALL.into_iter().filter(|step| !short.contains(step)).map(Step::name);
    format!(
        "not run: {}, the other targets' assembly, {} other targets and CPU models; `cargo xtask test --all` runs and installs all of it, \
         --step, --target and --cpu a part",
        steps.collect::<Vec<_>>().join(", "),
        targets::rows().count()
    )
}

/// All that is missing for what was asked for, of what can be installed.
fn missing(options: &Options) -> Vec<Need> {
    let mut missing = Vec::new();
    for step in &options.steps {
        missing.extend(match step {
            Step::Tests => native::missing(),
            Step::Release => release::missing(),
            Step::CAbi => c_abi::missing(),
            Step::Valgrind => checkers::missing(),
            Step::Miri => miri::missing(),
            Step::Targets => compiled::missing(),
            Step::Guests => guests::missing(),
            _ => Vec::new(),
        });
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
fn publishable(whole: bool, interrupt: &Interrupt) -> Result<Outcome, Failure> {
    checked("release", "", || {
        Ok(match release::check(whole, interrupt)? {
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
    Ok(Outcome::new(what, cpu, Tally::default(), start.elapsed(), end))
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
