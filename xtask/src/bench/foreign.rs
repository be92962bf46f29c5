//! Targets other than this machine: their bytes and backends, checked under an emulator, and what their code is like.

use std::fs;

use memcpy_streaming::Backend;

use super::options::Options;
use super::results::{Code, Foreign, Run};
use super::runner::Runner;
use super::{matrix, site};
use crate::asm::is_streaming;
use crate::cargo::workspace;
use crate::failure::{Failure, tell};
use crate::interrupt;

/// An emulator's arena: nothing is timed.
const ARENA: u64 = 16 << 20;
/// The size that its caches are said to have.
const L2: u64 = 256 << 10;
const LINE: f64 = 64.0;

/// Runs the targets that were asked for on each CPU model of their emulators, and adds what came of it to `run`. Whatever goes wrong with
/// one is the outcome of its row, and then of this: the others, and what was measured before, are not lost for it.
pub(crate) fn run(options: &Options, run: &mut Run) -> Result<(), Failure> {
    let mut result = Ok(());
    for target in options.foreign() {
        let missing = site::missing(target, target.emulated().flat_map(|(_, emulator)| emulator.missing()));
        // The compilers that were asked may have said nothing because of it.
        interrupt::check()?;
        for (model, emulator) in target.emulated() {
            let (triple, cpu, missing) = (target.triple.to_string(), model.name.to_string(), missing.clone());
            let row = Foreign { target: triple, cpu, missing, ..Foreign::default() };
            if row.missing.is_some() {
                run.foreign.push(row);
                continue;
            }
            tell(format_args!("checking {} on {}", row.target, row.cpu));
            // Built once for all models.
            let program = site::build_foreign(target);
            let found = program.and_then(|program| {
                let command = emulator.find()?.command(model.name, &program);
                check(Runner::start(command)?, model.backends, options)
            });
            match found {
                Ok(found) => run.foreign.extend(found.into_iter().map(|(backend, verified)| Foreign {
                    backend: backend.to_string(),
                    verified,
                    code: code_of(target.triple, backend),
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

/// What the bulk loops of a backend on a target are like, from the assembly that `cargo xtask asm` checks and keeps; none where no assembly is kept, or no loop is ours.
fn code_of(triple: &str, backend: Backend) -> Vec<Code> {
    let file = workspace().join("memcpy-streaming/asm").join(triple).join(format!("{backend}.s"));
    loops(&fs::read_to_string(file).unwrap_or_default())
}

/// The loop that streams of each function that has one; of others the instructions that move any number of lines: as many for one as for
/// all.
fn loops(text: &str) -> Vec<Code> {
    let mut codes = Vec::new();
    for (name, body) in text.split("# memcpy_streaming").skip(1).filter_map(|function| function.split_once('\n')) {
        let name = name.trim_start_matches(|c: char| c != ':').trim_start_matches(':');
        let code = |instructions, streaming_stores| Code { function: name.to_string(), instructions, streaming_stores };
        let lines: Vec<_> = body.lines().collect();
        let rounds = (0..lines.len()).filter_map(|end| round(&lines, end));
        let in_loop = rounds.filter(|round| stores(round) > 0).find_map(|round| {
            let of_line = LINE / bytes(round)?;
            Some(code(instructions(round).count() as f64 * of_line, stores(round) as f64 * of_line))
        });
        let whole = stores(&lines) as f64;
        codes.extend(in_loop.or_else(|| (whole > 0.0).then(|| code(whole, whole))));
    }
    codes
}

/// The lines from a label to the jump back to it that is line `end`.
fn round<'a>(lines: &'a [&'a str], end: usize) -> Option<&'a [&'a str]> {
    let label = format!("{}:", lines[end].split_whitespace().last()?);
    let start = lines[..end].iter().position(|line| *line == label)?;
    Some(&lines[start..=end])
}

fn stores(lines: &[&str]) -> usize {
    instructions(lines).filter(|(name, _)| is_streaming(name)).count()
}

/// What a round writes: the destination moves on by it, while what counts rounds goes down.
fn bytes(round: &[&str]) -> Option<f64> {
    let additions = instructions(round).rev().filter(|(name, _)| name.starts_with("add"));
    let mut added = additions.filter_map(|(_, operands)| {
        operands.split([',', ' ']).find_map(|operand| operand.trim_start_matches(['$', '#']).parse::<f64>().ok())
    });
    added.find(|bytes| *bytes > 0.0)
}

/// Names and operands, without labels and directives.
fn instructions<'a>(lines: &'a [&'a str]) -> impl DoubleEndedIterator<Item = (&'a str, &'a str)> {
    let texts = lines.iter().filter_map(|line| line.strip_prefix('\t')).filter(|text| !text.starts_with(['.', '#']));
    texts.map(|text| text.split_once('\t').unwrap_or((text, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assembly_that_is_kept() {
        for (triple, backend, copy, stores) in [
            ("x86_64-unknown-linux-gnu", Backend::Avx2, 9.0, 2.0),
            ("x86_64-unknown-linux-gnu", Backend::Movnti, 21.0, 8.0),
            ("aarch64-unknown-linux-gnu", Backend::Neon, 9.0, 2.0),
            ("aarch64-unknown-linux-gnu", Backend::Sve, 13.0, 4.0),
            ("aarch64-unknown-linux-gnu", Backend::Mops, 3.0, 3.0),
            ("riscv64gc-unknown-linux-gnu", Backend::Zihintntl, 28.0, 8.0),
            ("s390x-unknown-linux-gnu", Backend::Mvcl, 1.0, 1.0),
        ] {
            let codes = code_of(triple, backend);
            let found = codes.iter().find(|code| code.function.ends_with("copy_lines")).unwrap();
            assert_eq!((found.instructions, found.streaming_stores), (copy, stores), "{backend}");
        }
        assert!(code_of("s390x-unknown-linux-gnu", Backend::Portable).is_empty());
    }
}
