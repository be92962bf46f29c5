//! Targets other than this machine: their bytes and backends, checked under an emulator, and what their code is like.

use bench_runner::protocol::{Entrant, Peers, Request};
use memcpy_streaming::Backend;

use super::options::Options;
use super::results::{Code, Foreign, Run};
use super::runner::Runner;
use super::{matrix, site};
use crate::asm::listing::{Function, Instruction};
use crate::asm::{is_streaming, loops, snapshot};
use crate::failure::{Failure, tell};
use crate::interrupt;

/// An emulator's arena: nothing is timed.
const ARENA: usize = 16 << 20;
/// The size that its caches are said to have.
const L2: usize = 256 << 10;

/// Runs the targets that were asked for on each CPU model of their emulators, and adds what came of it to `run`. Whatever goes wrong with
/// one is the outcome of its row, and then of this: the others, and what was measured before, are not lost for it.
pub(crate) fn run(options: &Options, run: &mut Run) -> Result<(), Failure> {
    let mut result = Ok(());
    for target in options.foreign() {
        let missing = site::missing(target, target.emulated().flat_map(|(_, emulator)| emulator.missing()));
        // The compilers that were asked may have said nothing because of it.
        interrupt::check()?;
        let row = |cpu: &str| Foreign { target: target.triple.into(), cpu: cpu.into(), ..Foreign::default() };
        if missing.is_some() {
            let cpus: Vec<_> = target.emulated().map(|(model, _)| model.name).collect();
            run.foreign.push(Foreign { missing, ..row(&cpus.join(" and ")) });
            continue;
        }
        for (model, emulator) in target.emulated() {
            let row = row(model.name);
            tell(format_args!("checking {} on {}", row.target, row.cpu));
            // Built once for all models.
            let found = site::build_foreign(target).and_then(|program| {
                let command = emulator.find()?.command(model.name, &program);
                check(Runner::start(command)?, model.backends, options)
            });
            match found {
                Ok(found) => run.foreign.extend(found.into_iter().map(|(backend, points_verified)| Foreign {
                    backend: backend.to_string(),
                    points_verified,
                    // Of the assembly that is kept: none where there is none.
                    code: snapshot::functions(target.triple, backend.name()).iter().filter_map(code).collect(),
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
fn check(mut runner: Runner, backends: &[Backend], options: &Options) -> Result<Vec<(Backend, usize)>, Failure> {
    let found = &runner.hello.backends;
    let expected: Vec<_> = backends.iter().map(|backend| backend.name()).collect();
    if *found != expected {
        let (found, expected) = (found.join(", "), expected.join(", "));
        return Err(Failure::run(format_args!("it has the backends {found}, and should have {expected}")));
    }
    runner.ask::<()>(&Request::Arena { bytes: ARENA, l2: L2 })?;
    let is_meant = |backend: &&Backend| options.backends.is_empty() || options.backends.contains(backend);
    let verify = |&backend: &Backend| {
        let mut verified = 0;
        for point in options.ops.iter().copied().flat_map(matrix::emulated) {
            let race = Request::Race { backends: vec![backend.to_string()], peers: Peers::None, point };
            let (entrants, _): (Vec<Entrant>, u64) = runner.ask(&race)?;
            verified += usize::from(!entrants.is_empty());
        }
        Ok((backend, verified))
    };
    backends.iter().filter(is_meant).map(verify).collect()
}

/// What a function does for a line of 64 bytes: its loop that streams one a round, as `cargo xtask asm` checks. Where there is none, but an
/// instruction that moves any number of lines: as many for one as for all. None of a function that does not stream.
fn code(function: &Function) -> Option<Code> {
    let stores = |all: &[Instruction]| all.iter().filter(|it| is_streaming(&it.name)).count();
    let moves_on = |all: &[Instruction]| all.iter().any(|it| it.name.starts_with("add"));
    let round = loops(function).into_iter().find(|round| stores(round) > 0 && moves_on(round));
    let streaming = stores(round.unwrap_or(&function.instructions));
    // And the branch.
    let all = round.map_or(streaming, |round| round.len() + 1);
    let (_, name) = function.path.split_once("::")?;
    (streaming > 0).then(|| Code {
        function: name.to_string(),
        instructions_per_line: all as f64,
        streaming_stores_per_line: streaming as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assembly_that_is_kept() {
        for (architecture, backend, copy, stores) in [
            ("x86_64", Backend::Movnti, 21.0, 8.0),
            ("aarch64", Backend::Sve, 13.0, 4.0),
            ("aarch64", Backend::Mops, 3.0, 3.0),
            ("riscv64gc", Backend::Zihintntl, 28.0, 8.0),
            ("s390x", Backend::Mvcl, 1.0, 1.0),
        ] {
            let kept = snapshot::functions(&format!("{architecture}-unknown-linux-gnu"), backend.name());
            let found = kept.iter().filter_map(code).find(|code| code.function.ends_with("copy_lines")).unwrap();
            let figures = (found.instructions_per_line, found.streaming_stores_per_line);
            assert_eq!(figures, (copy, stores), "{backend}");
        }
    }
}
