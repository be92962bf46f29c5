//! Targets other than this machine: their bytes and backends, checked under an emulator, and what their code is like.

mod code;

use std::path::Path;

use memcpy_streaming::Backend;

use super::options::Options;
use super::results::{Foreign, Run};
use super::runner::Runner;
use super::{build, matrix};
use crate::compile::Place;
use crate::emulator::Emulator;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::targets::Model;

/// An emulator's arena: nothing is timed.
const ARENA: u64 = 16 << 20;
/// The size that its caches are said to have.
const L2: u64 = 256 << 10;

/// Runs the targets that were asked for on each CPU model of their emulators, and adds what came of it to `run`. Whatever goes wrong with
/// one is the outcome of its row, and then of this: the others, and what was measured before, are not lost for it.
pub(crate) fn run(options: &Options, place: &Place<'_>, interrupt: &Interrupt, run: &mut Run) -> Result<(), Failure> {
    let mut failed = None;
    for target in options.foreign() {
        let missing = build::missing(target, target.emulated().map(|(_, emulator)| emulator.need()));
        // The compilers that were asked may have said nothing because of it.
        interrupt.check()?;
        let program = match missing {
            Some(missing) => Err(missing),
            None => outcome(build::foreign(place, target, interrupt), target.triple, &mut failed)?,
        };
        for (model, emulator) in target.emulated() {
            let found = match &program {
                Ok(program) => {
                    let found = emulate(model, emulator, program, options, interrupt);
                    outcome(found, &format!("{} on {}", target.triple, model.name), &mut failed)?
                }
                Err(missing) => Err(missing.clone()),
            };
            let (target, cpu) = (target.triple.to_string(), model.name.to_string());
            let row = Foreign { target, cpu, backend: String::new(), verified: 0, code: Vec::new(), missing: None };
            match found {
                Ok(found) => run.foreign.extend(found.into_iter().map(|(backend, verified)| Foreign {
                    backend: backend.to_string(),
                    verified,
                    code: code::of(place.workspace, &row.target, backend),
                    ..row.clone()
                })),
                Err(missing) => run.foreign.push(Foreign { missing: Some(missing), ..row }),
            }
        }
    }
    failed.map_or(Ok(()), |why| Err(Failure::Run(why)))
}

/// What came of something, or what a row says of its failure; the first failure is kept.
fn outcome<T>(
    result: Result<T, Failure>,
    what: &str,
    failed: &mut Option<String>,
) -> Result<Result<T, String>, Failure> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Failure::Run(why)) => {
            failed.get_or_insert_with(|| format!("{what}: {why}"));
            Ok(Err(format!("failed: {why}")))
        }
        Err(other) => Err(other),
    }
}

/// Checks every backend of a CPU model; at how many points its bytes were right.
fn emulate(
    model: &Model,
    emulator: Emulator,
    program: &Path,
    options: &Options,
    interrupt: &Interrupt,
) -> Result<Vec<(Backend, usize)>, Failure> {
    let mut runner = Runner::start(emulator.find(interrupt)?.command(model.name, program), interrupt)?;
    let hello = runner.hello()?;
    let (found, expected) = (hello.backends(), model.backends.iter().map(|backend| backend.name()).collect::<Vec<_>>());
    if found != expected {
        let (found, expected) = (found.join(", "), expected.join(", "));
        return Err(Failure::run(format_args!("it has the backends {found}, and should have {expected}")));
    }
    runner.arena(ARENA, L2)?;
    let is_meant = |backend: &&Backend| options.backends.is_empty() || options.backends.contains(backend);
    let verify = |&backend: &Backend| {
        let mut verified = 0;
        for point in matrix::emulated(&options.ops) {
            let (entrants, _) = runner.race(&[backend], "none", &point)?;
            verified += usize::from(!entrants.is_empty());
        }
        Ok((backend, verified))
    };
    model.backends.iter().filter(is_meant).map(verify).collect()
}
