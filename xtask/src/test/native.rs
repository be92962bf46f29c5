//! The steps on this machine that are one command of cargo.

use std::env;
use std::process::Command;

use super::command;
use super::outcome::Outcome;
use super::search_path::SearchPath;
use super::steps::{CargoStep, without_benchmarks};
use super::this_machine::{GRID, THIS_MACHINE, expected_backends};
use crate::cargo::cargo;
use crate::compile::Place;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::{self, Need, Thing};

/// What tests of xtask look for beside README's programs, and skip themselves without (`xtask/tests/common/programs.rs`).
pub(crate) fn missing() -> Vec<Need> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    let emulator = match env::consts::ARCH {
        "aarch64" => "qemu-aarch64",
        _ => "qemu-x86_64",
    };
    needs::missing([
        Need::program("bash", "bash"),
        Need::program("env", "coreutils"),
        Need::program("mount", "mount"),
        Need::program("script", "bsdutils"),
        Need::program("sed", "sed"),
        Need::program("taskset", "util-linux"),
        Need::program(emulator, "qemu-user"),
        Need { thing: Thing::StaticLibc("cc"), packages: vec!["libc6-dev"] },
    ])
}

/// Runs a cargo command of a step in the workspace's folder.
pub(crate) fn run(step: &CargoStep, place: &Place<'_>, interrupt: &Interrupt) -> Result<Outcome, Failure> {
    let expected = if step.runs_tests() { expected_backends() } else { None };
    let mut cargo: Command = cargo();
    // What the person's shell asks for would hide which backend this machine chooses, and how much was tested.
    cargo.env_remove("MEMCPY_STREAMING_BACKEND").env_remove(GRID);
    cargo.args(&step.args).envs(step.env.iter().copied()).current_dir(place.workspace);
    if step.builds() {
        without_benchmarks(&mut cargo);
    }
    if step.runs_tests() {
        SearchPath::make(place.target_dir)?.apply(&mut cargo);
    }
    let outcome = command::run(step.name, &step.command(), &mut cargo, expected.as_deref(), interrupt)?;
    let cpu = if step.runs_tests() { THIS_MACHINE } else { "" };
    Ok(Outcome { cpu: cpu.to_string(), ..outcome })
}
