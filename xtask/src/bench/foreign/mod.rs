//! Targets other than this machine: their bytes and backends, checked under an emulator, and what their code is like.

mod code;

use memcpy_streaming::Backend;

use super::options::Options;
use super::results::{Foreign, Run};
use super::runner::Runner;
use super::{matrix, site};
use crate::compile::Place;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;

/// An emulator's arena: nothing is timed.
const ARENA: u64 = 16 << 20;
/// The size that its caches are said to have.
const L2: u64 = 256 << 10;

/// Runs the targets that were asked for on each CPU model of their emulators, and adds what came of it to `run`. Whatever goes wrong with
/// one is the outcome of its row, and then of this: the others, and what was measured before, are not lost for it.
pub(crate) fn run(options: &Options, place: &Place<'_>, interrupt: &Interrupt, run: &mut Run) -> Result<(), Failure> {
    let mut result = Ok(());
    for target in options.foreign() {
        let missing = site::missing(target, target.emulated().map(|(_, emulator)| emulator.need()));
        // The compilers that were asked may have said nothing because of it.
        interrupt.check()?;
        for (model, emulator) in target.emulated() {
            let (triple, cpu) = (target.triple.to_string(), model.name.to_string());
            let missing = missing.clone();
            let row = Foreign { target: triple, cpu, backend: String::new(), verified: 0, code: Vec::new(), missing };
            if row.missing.is_some() {
                run.foreign.push(row);
                continue;
            }
            tell(format_args!("checking {} on {}", row.target, row.cpu));
            // Built once for all models.
            let program = site::build_foreign(place, target, interrupt);
            let found = program.and_then(|program| {
                let command = emulator.find(interrupt)?.command(model.name, &program);
                check(Runner::start(command, interrupt)?, model.backends, options)
            });
            match found {
                Ok(found) => run.foreign.extend(found.into_iter().map(|(backend, verified)| Foreign {
                    backend: backend.to_string(),
                    verified,
                    code: code::of(place.workspace, target.triple, backend),
                    ..row.clone()
                })),
                Err(Failure::Run(why)) => {
                    result = result.and(Err(Failure::run(format_args!("{} on {}: {why}", row.target, row.cpu))));
                    run.foreign.push(Foreign { missing: Some(format!("failed: {why}")), ..row });
                }
                Err(other) => return Err(other),
            }
        }
    }
    result
}

/// Checks the backends of a CPU model; at how many points the bytes of each were right.
fn check(mut runner: Runner<'_>, backends: &[Backend], options: &Options) -> Result<Vec<(Backend, usize)>, Failure> {
    let hello = runner.hello()?;
    let (found, expected) = (hello.backends(), backends.iter().map(|backend| backend.name()).collect::<Vec<_>>());
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
    backends.iter().filter(is_meant).map(verify).collect()
}
