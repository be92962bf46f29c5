//! Targets other than this machine: their bytes and backends, checked under an emulator, and what their code is like.

mod code;
mod points;

use std::path::Path;

use memcpy_streaming::Backend;

use super::build::Build;
use super::options::Options;
use super::results::{Foreign, Run};
use super::runner::Runner;
use crate::emulator::Emulator;
use crate::failure::{Failure, tell};
use crate::install;
use crate::interrupt::Interrupt;
use crate::needs;
use crate::targets::{Model, Target};

/// An emulator's arena: nothing is timed.
const ARENA: u64 = 16 << 20;
/// The size that its caches are said to have.
const L2: u64 = 256 << 10;

/// Runs the targets that were asked for, and adds what came of it to `run`. Whatever goes wrong with one is the outcome of its row,
/// and then of this: the others, and what was measured before, are not lost for it.
pub(crate) fn run(options: &Options, build: &Build<'_>, interrupt: &Interrupt, run: &mut Run) -> Result<(), Failure> {
    let mut result = Ok(());
    for target in options.foreign() {
        match check(target, options, build, interrupt, &mut run.foreign) {
            Err(Failure::Run(why)) => result = result.and(Err(Failure::Run(why))),
            other => other?,
        }
    }
    result
}

/// A row without an outcome.
fn row(target: &Target, model: &Model) -> Foreign {
    Foreign {
        target: target.triple.to_string(),
        cpu: model.name.to_string(),
        backend: String::new(),
        verified: 0,
        code: Vec::new(),
        missing: None,
    }
}

/// Checks a target on each CPU model of its emulator.
fn check(
    target: &Target,
    options: &Options,
    build: &Build<'_>,
    interrupt: &Interrupt,
    rows: &mut Vec<Foreign>,
) -> Result<(), Failure> {
    let without = |why: String| {
        target.emulated().map(move |(model, _)| Foreign { missing: Some(why.clone()), ..row(target, model) })
    };
    let mut missing = build.missing(target);
    for need in target.emulated().map(|(_, emulator)| emulator.need()) {
        if !need.is_met() && !missing.contains(&need) {
            missing.push(need);
        }
    }
    // The compilers that were asked may have said nothing because of it.
    interrupt.check()?;
    if !missing.is_empty() {
        rows.extend(without(format!("{}; to run it: {}", needs::describe(&missing), install::fix(&missing))));
        return Ok(());
    }
    tell(format_args!("building for {}", target.triple));
    let program = build.program(target, interrupt).inspect_err(|error| {
        if let Failure::Run(why) = error {
            rows.extend(without(format!("failed: {why}")));
        }
    })?;
    let mut result = Ok(());
    for (model, emulator) in target.emulated() {
        match emulate(target, model, emulator, &program, options, build.workspace, interrupt) {
            Ok(found) => rows.extend(found),
            Err(Failure::Run(why)) => {
                rows.push(Foreign { missing: Some(format!("failed: {why}")), ..row(target, model) });
                result = result.and(Err(Failure::run(format_args!("{} on {}: {why}", target.triple, model.name))));
            }
            Err(other) => return Err(other),
        }
    }
    result
}

/// Checks every backend of a CPU model.
fn emulate(
    target: &Target,
    model: &Model,
    emulator: Emulator,
    program: &Path,
    options: &Options,
    workspace: &Path,
    interrupt: &Interrupt,
) -> Result<Vec<Foreign>, Failure> {
    let command = emulator.find(interrupt)?.command(model.name, program);
    let mut runner = Runner::start(command, interrupt)?;
    let found = runner.hello()?.backends;
    let expected: Vec<_> = model.backends.iter().map(|backend| backend.name()).collect();
    if found != expected {
        return Err(Failure::run(format_args!(
            "it has the backends {}, and should have {}",
            found.join(", "),
            expected.join(", ")
        )));
    }
    runner.arena(ARENA, L2)?;
    let wanted = |backend: &Backend| options.backends.is_empty() || options.backends.contains(backend);
    let mut rows = Vec::new();
    for backend in model.backends.iter().filter(|backend| wanted(backend)) {
        let mut verified = 0;
        for point in points::points(&options.ops) {
            let race = runner.race(&[*backend], "none", &point)?;
            verified += usize::from(!race.entrants.is_empty());
        }
        let code = code::of(workspace, target.triple, *backend);
        rows.push(Foreign { backend: backend.to_string(), verified, code, ..row(target, model) });
    }
    Ok(rows)
}
