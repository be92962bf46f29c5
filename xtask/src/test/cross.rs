//! The rows: other targets and CPU models, emulated.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::bochs::{self, Guest, Kit};
use super::c_abi::windows;
use super::end::{self, End, Fix};
use super::libtest::Tally;
use super::outcome::Outcome;
use super::this_machine::{self, EXPECT, GRID};
use super::wine::{self, Wine};
use crate::compile::{self, Place};
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::needs::{self, Need};
use crate::process;
use crate::targets::{self, Machine, Row, Target};
use crate::toolchain::Toolchain;

/// For one test program. They take seconds.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// The name of the outcome of a target's build.
const BUILD: &str = "(build)";

/// The targets of some rows, each with its own.
pub(crate) fn targets(rows: &[Row]) -> impl Iterator<Item = (&'static Target, Vec<Row>)> {
    let of =
        |target: &Target| rows.iter().filter(|row| row.target.triple == target.triple).copied().collect::<Vec<_>>();
    targets::TARGETS.iter().map(move |target| (target, of(target))).filter(|(_, rows)| !rows.is_empty())
}

/// What a row needs and does not have.
pub(crate) fn missing(row: Row) -> Vec<Need> {
    let target = row.target;
    let mut needs: Vec<_> = Toolchain::find(target).err().into_iter().collect();
    needs.extend(compile::linker_needs(target));
    match row.model.machine {
        Machine::Qemu(emulator) => needs.push(emulator.need()),
        Machine::Bochs { .. } if Kit::possible().is_ok() => needs.extend(bochs::needs()),
        Machine::Wine if wine::possible().is_ok() => needs.extend(wine::needs()),
        Machine::Bochs { .. } | Machine::Wine => {}
    }
    needs::missing(needs)
}

/// Why a row cannot run here, if it cannot.
fn obstacle(row: Row) -> Option<End> {
    let impossible = match row.model.machine {
        Machine::Bochs { .. } => Kit::possible().err(),
        Machine::Wine => wine::possible().err(),
        Machine::Qemu(_) => None,
    };
    if let Some(why) = impossible {
        return Some(End::Skipped { why: why.to_string(), fix: Fix::Other("run it on such a machine".to_string()) });
    }
    end::obstacle(missing(row))
}

/// Builds for a target, and runs what was built on each CPU model.
pub(crate) fn run(
    target: &'static Target,
    rows: &[Row],
    place: &Place<'_>,
    interrupt: &Interrupt,
) -> Result<Vec<Outcome>, Failure> {
    let (mut outcomes, mut ready) = (Vec::new(), Vec::new());
    for &row in rows {
        match obstacle(row) {
            Some(end) => outcomes.push(Outcome::not_run(target.triple, &row.name(), end)),
            None => ready.push(row),
        }
    }
    // Where nothing is in the way a toolchain is there.
    let (false, Ok(toolchain)) = (ready.is_empty(), Toolchain::find(target)) else { return Ok(outcomes) };
    tell(format_args!("\n=== {}: build", target.triple));
    let start = Instant::now();
    let build = match target.linker {
        Some(_) => compile::programs(place, target, toolchain, interrupt),
        None => compile::bare(place, target, toolchain, interrupt),
    };
    let (programs, end) = match build {
        Ok(programs) => (programs, End::Passed),
        Err(Failure::Run(why)) => (Vec::new(), End::Failed { why }),
        Err(other) => return Err(other),
    };
    let built = end == End::Passed;
    outcomes.push(Outcome::new(target.triple, BUILD, Tally::default(), start.elapsed(), end));
    for row in ready.iter().filter(|_| built) {
        outcomes.push(run_row(*row, toolchain, &programs, place, interrupt)?);
    }
    Ok(outcomes)
}

/// Runs the test programs on one CPU model, and judges what they say.
fn run_row(
    row: Row,
    toolchain: Toolchain,
    programs: &[PathBuf],
    place: &Place<'_>,
    interrupt: &Interrupt,
) -> Result<Outcome, Failure> {
    let (machine, cpu) = (row.model.machine, row.model.name);
    let long = if matches!(machine, Machine::Bochs { .. }) { ": some minutes, some of them silent" } else { "" };
    tell(format_args!("\n=== {} on {}{long}", row.target.triple, row.name()));
    let expected = match machine {
        Machine::Wine => this_machine::expected_backends(),
        _ => Some(targets::names(row.model.backends)),
    };
    let expected = expected.ok_or_else(|| Failure::run("nobody here says what this CPU has"))?;
    let start = Instant::now();
    let mut tally = Tally::default();
    let programs: Vec<_> = programs.iter().filter(|program| row.model.tests.include(program)).cloned().collect();
    let programs = programs.as_slice();
    let ran = match machine {
        Machine::Qemu(emulator) => match emulator.find(interrupt) {
            Ok(qemu) => run_all(|program| qemu.command(cpu, program), programs, &expected, &mut tally, interrupt),
            // It is not installed by us, and without a network nobody can fetch it.
            Err(Failure::Run(why)) => {
                let fix = format!(
                    "put a qemu-user of version 10.0 or later on the search path, then `cargo xtask test --cpu {cpu}`"
                );
                let end = End::Skipped { why, fix: Fix::Other(fix) };
                return Ok(Outcome::not_run(row.target.triple, &row.name(), end));
            }
            Err(other) => return Err(other),
        },
        Machine::Wine => {
            Wine::start(&place.target_dir.join("cross-tools"), place.workspace, interrupt).and_then(|wine| {
                run_all(|program| wine.command(program), programs, &expected, &mut tally, interrupt)?;
                let built = (row.target, toolchain);
                windows::run(&wine, built, place, &expected, &mut tally, interrupt)
            })
        }
        Machine::Bochs { cpu, features } => {
            let guest = Guest {
                cpu,
                features,
                programs,
                // As many instructions as qemu executes in a second take ten here.
                env: &[(EXPECT, expected.clone()), (GRID, "thin".to_string())],
            };
            Kit::prepare(&place.target_dir.join("cross-tools"), interrupt).and_then(|kit| {
                bochs::boot(&kit, &guest, interrupt, |line| {
                    tally.line(line);
                    process::relay(line)
                })
            })
        }
    };
    let end = match ran {
        Ok(()) => tally.judge(Some(&expected)),
        Err(Failure::Run(why)) => {
            let faults = tally.faults().map(|faults| format!(": {faults}"));
            End::Failed { why: why + &faults.unwrap_or_default() }
        }
        Err(other) => return Err(other),
    };
    Ok(Outcome::new(row.target.triple, &row.name(), tally, start.elapsed(), end))
}

/// Runs all test programs, even if one fails: the first failure counts.
fn run_all(
    command: impl Fn(&Path) -> Command,
    programs: &[PathBuf],
    expected: &str,
    tally: &mut Tally,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut result = Ok(());
    tally.programs = Some(programs.len() as u64);
    for program in programs {
        tally.start();
        match run_program(command(program), program, expected, tally, interrupt) {
            Err(Failure::Run(why)) => result = result.and(Err(Failure::Run(why))),
            other => other?,
        }
    }
    result
}

/// Runs one test program.
fn run_program(
    mut command: Command,
    program: &Path,
    expected: &str,
    tally: &mut Tally,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    tell(format_args!("     Running {}", program.display()));
    // Every backend runs more of them where there is hardware.
    command.env(EXPECT, expected).env(GRID, "thin");
    // What the person's shell asks for is not what this row is about.
    command.env_remove("MEMCPY_STREAMING_BACKEND");
    let status = process::run(&mut command, LIMIT, interrupt, |line| {
        tally.line(line);
        process::relay(line)
    })?;
    if status.success() { Ok(()) } else { Err(Failure::run(format_args!("{status} of `{}`", process::show(&command)))) }
}
