//! Targets other than this machine: their bytes and backends, checked under an emulator, and what their code is like; or, with a runner
//! that leads to real hardware, their times.

mod build;
mod code;
mod points;

use std::path::Path;
use std::process::Command;

use memcpy_streaming::Backend;

use super::measure::{self, Plan};
use super::options::{HOST, Options};
use super::results::{Foreign, Run};
use super::runner::Runner;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::test::matrix::{Machine, Model, TARGETS, Target};
use crate::test::needs::{self, Need};
use build::Build;

/// An emulator's arena: nothing is timed.
const ARENA: u64 = 16 << 20;
/// The size that its caches are said to have.
const L2: u64 = 256 << 10;

/// Runs the targets that were asked for, and adds what came of it to `run`.
pub(crate) fn run(
    options: &Options,
    plan: &Plan<'_>,
    workspace: &Path,
    target_dir: &Path,
    interrupt: &Interrupt,
    run: &mut Run,
) -> Result<(), Failure> {
    let build = Build { workspace, target_dir };
    for target in TARGETS.iter().filter(|target| options.targets.iter().any(|name| name == target.triple)) {
        let done = match &options.runner {
            Some(command) => on_hardware(target, command, plan, &build, interrupt, run),
            None => emulated(target, options, &build, interrupt, &mut run.foreign),
        };
        match done {
            // What was found out before stays.
            Err(Failure::Interrupted) => {
                run.partial = true;
                return Ok(());
            }
            other => other?,
        }
    }
    Ok(())
}

/// Measures through a command that runs a program elsewhere.
fn on_hardware(
    target: &Target,
    command: &str,
    plan: &Plan<'_>,
    build: &Build<'_>,
    interrupt: &Interrupt,
    run: &mut Run,
) -> Result<(), Failure> {
    let program = match build.program(target, interrupt)? {
        Ok(program) => program,
        Err(needs) => {
            let why = needs.iter().map(Need::describe).collect::<Vec<_>>().join(", ");
            return Err(Failure::input(format_args!(
                "cannot build for {}: {why}; {}",
                target.triple,
                needs::fix(&needs)
            )));
        }
    };
    let start = || {
        let mut shell = Command::new("sh");
        // The command is a person's, with options and quotes; the program is its last argument.
        shell.args(["-c", &format!("{command} \"$0\"")]).arg(&program);
        Ok((Runner::start(shell, interrupt)?, None))
    };
    let measured = measure::run(target.triple, start, plan, interrupt)?;
    let alone = !run.rows.iter().any(|row| row.target == HOST);
    if alone {
        run.active = measured.hello.active;
    }
    let versions = measured.versions.into_iter();
    run.versions.extend(versions.map(|(name, version)| (format!("{}: {name}", target.triple), version)));
    run.rows.extend(measured.rows);
    run.partial |= measured.partial;
    Ok(())
}

/// Checks a target on each CPU model of its emulator.
fn emulated(
    target: &Target,
    options: &Options,
    build: &Build<'_>,
    interrupt: &Interrupt,
    rows: &mut Vec<Foreign>,
) -> Result<(), Failure> {
    let models = || target.models.iter().filter(|model| matches!(model.machine, Machine::Qemu(_)));
    let row = |model: &Model, backend: &str| Foreign {
        target: target.triple.to_string(),
        cpu: model.name.to_string(),
        backend: backend.to_string(),
        verified: 0,
        code: Vec::new(),
        missing: None,
    };
    let mut missing: Vec<Need> = models()
        .filter_map(|model| match model.machine {
            Machine::Qemu(program) => Some(Need::program(program, "qemu-user")),
            _ => None,
        })
        .filter(|need| !need.is_met())
        .collect();
    missing.dedup();
    eprintln!("building for {}", target.triple);
    let program = match build.program(target, interrupt)? {
        Ok(program) if missing.is_empty() => program,
        built => {
            missing.extend(built.err().into_iter().flatten());
            let why = missing.iter().map(Need::describe).collect::<Vec<_>>().join(", ");
            let why = format!("{why}; to run it: {}", needs::fix(&missing));
            rows.extend(models().map(|model| Foreign { missing: Some(why.clone()), ..row(model, "") }));
            return Ok(());
        }
    };
    for model in models() {
        let Machine::Qemu(emulator) = model.machine else { continue };
        let mut command = Command::new(emulator);
        command.args(["-cpu", model.name]).arg(&program);
        let mut runner = Runner::start(command, interrupt)?;
        let found = runner.hello()?.backends;
        let expected: Vec<_> = model.backends.iter().map(|backend| backend.name()).collect();
        if found != expected {
            return Err(Failure::run(format_args!(
                "{} on {} has the backends {}, and should have {}",
                target.triple,
                model.name,
                found.join(", "),
                expected.join(", ")
            )));
        }
        runner.arena(ARENA, L2)?;
        let wanted = |backend: &Backend| options.backends.is_empty() || options.backends.contains(backend);
        for backend in model.backends.iter().filter(|backend| wanted(backend)) {
            let mut verified = 0;
            for point in points::points(&options.ops) {
                let race = runner.race(&[*backend], "none", &point)?;
                verified += usize::from(!race.entrants.is_empty());
            }
            let code = code::of(build.workspace, target.triple, *backend);
            rows.push(Foreign { verified, code, ..row(model, backend.name()) });
        }
    }
    Ok(())
}
