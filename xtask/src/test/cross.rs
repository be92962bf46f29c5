//! The rows: other targets and CPU models, emulated.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::bochs;
use super::libtest::Tally;
use super::outcome::Outcome;
use super::this_machine::{self, EXPECT, GRID};
use super::windows::{self, Wine};
use crate::cargo::target_dir;
use crate::emulator::BY_HAND;
use crate::failure::{Failure, tell};
use crate::needs::Need;
use crate::targets::{self, Machine, Row};
use crate::toolchain::Toolchain;
use crate::verdict::Verdict;
use crate::{compile, process};

/// For one test program. They take seconds.
const LIMIT: Duration = Duration::from_secs(10 * 60);

pub(super) fn missing(row: Row) -> Vec<Need> {
    let of_target = Toolchain::find(row.target).err().into_iter().chain(compile::linker_needs(row.target));
    let of_machine = match row.model.machine {
        Machine::Qemu(emulator) => emulator.missing(),
        Machine::Bochs { .. } => bochs::missing(),
        Machine::Wine => windows::missing(),
    };
    of_target.chain(of_machine).collect()
}

/// Builds for the target of some rows, and runs what was built on each CPU model.
pub(super) fn run(rows: &[Row]) -> Result<Vec<Outcome>, Failure> {
    let (target, mut outcomes, mut ready) = (rows[0].target, Vec::new(), Vec::new());
    for &row in rows {
        match Verdict::obstacle(missing(row)) {
            Some(end) => outcomes.push(Outcome::not_run(target.triple, &row.name(), end)),
            None => ready.push(row),
        }
    }
    // Where nothing is in the way a toolchain is there.
    let (false, Ok(toolchain)) = (ready.is_empty(), Toolchain::find(target)) else { return Ok(outcomes) };
    let mut programs = Vec::new();
    let build = if target.linker.is_some() { compile::programs } else { compile::bare };
    let built = Outcome::of(target.triple, "(build)", &format!("{}: build", target.triple), |_| {
        programs = build(target, toolchain)?;
        Ok(Verdict::Good(String::new()))
    })?;
    outcomes.push(built);
    for row in ready.iter().filter(|_| !programs.is_empty()) {
        outcomes.push(run_row(*row, toolchain, &programs)?);
    }
    Ok(outcomes)
}

fn run_row(row: Row, toolchain: Toolchain, programs: &[PathBuf]) -> Result<Outcome, Failure> {
    let (triple, model) = (row.target.triple, row.model);
    let long = if matches!(model.machine, Machine::Bochs { .. }) { ": some minutes, some of them silent" } else { "" };
    let title = format!("{triple} on {}{long}", row.name());
    let programs: Vec<_> = programs.iter().filter(|program| model.runs(program)).cloned().collect();
    let tools = target_dir()?.join("cross-tools");
    Outcome::of(triple, &row.name(), &title, |tally| {
        let expected = match model.machine {
            Machine::Wine => this_machine::expected_backends(),
            _ => targets::names(model.backends),
        };
        match model.machine {
            Machine::Qemu(emulator) => match emulator.find() {
                Ok(qemu) => run_all(|program| qemu.command(model.name, program), &programs, &expected, tally)?,
                // It is not installed by us, and without a network nobody can fetch it.
                Err(Failure::Run(why)) => {
                    return Ok(Verdict::impossible(why, BY_HAND));
                }
                Err(other) => return Err(other),
            },
            Machine::Wine => {
                let wine = Wine::start(&tools)?;
                run_all(|program| wine.command(program), &programs, &expected, tally)?;
                windows::library(&wine, row.target, toolchain, &expected, tally)?;
            }
            Machine::Bochs { features } => {
                // As many instructions as qemu executes in a second take ten here.
                let env = [(EXPECT, &*expected), (GRID, "few")];
                bochs::boot(&tools, (model.name, features), &programs, &env, |line| tally.relay(line))?;
            }
        }
        Ok(tally.judge(Some(&expected)))
    })
}

/// Runs all test programs, even if one fails: the first failure counts.
fn run_all(
    command: impl Fn(&Path) -> Command,
    programs: &[PathBuf],
    expected: &str,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let mut result = Ok(());
    tally.programs = Some(programs.len() as u64);
    for program in programs {
        tell(format_args!("     Running {}", program.display()));
        let mut command = command(program);
        // Every backend runs more of them where there is hardware.
        command.env(EXPECT, expected).env(GRID, "thin");
        // What the person's shell asks for is not what this row is about.
        command.env_remove("MEMCPY_STREAMING_BACKEND");
        match process::succeed(&mut command, LIMIT, |line| tally.relay(line)) {
            Err(Failure::Run(why)) => result = result.and(Err(Failure::Run(why))),
            other => other?,
        }
    }
    result
}
