//! Building the program that measures: for this machine, and for another target as `cargo xtask test` builds tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::cargo::cargo;
use crate::compile::{self, Place};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::Need;
use crate::process;
use crate::targets::Target;
use crate::toolchain::Toolchain;

/// For cargo; a peer's C code may be part of it.
const BUILD_LIMIT: Duration = Duration::from_secs(60 * 60);
/// Builds the program that measures for this machine.
pub(crate) fn build_native(workspace: &Path, stringzilla: bool, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let mut cargo = cargo();
    cargo.current_dir(workspace).args(["build", "--release", "--locked", "--quiet", "-p", "bench-runner"]);
    if stringzilla {
        cargo.args(["--features", "bench-runner/stringzilla"]);
    }
    build(&mut cargo, interrupt)
}

/// Runs a cargo command that builds it, and finds the program in what cargo says.
fn build(cargo: &mut Command, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    cargo.arg("--message-format=json-render-diagnostics");
    let mut program = None;
    let status = process::run(cargo, BUILD_LIMIT, interrupt, |line| {
        let message: Value = serde_json::from_str(line).unwrap_or_default();
        if message["target"]["name"] == "bench-runner" {
            program = message["executable"].as_str().map(PathBuf::from).or(program.take());
        }
        Ok(())
    })?;
    match program {
        Some(program) if status.success() => Ok(program),
        _ => Err(Failure::run(format_args!("{status} of `{}`", process::show(cargo)))),
    }
}

/// Where.
pub(crate) struct Build<'a> {
    pub(crate) workspace: &'a Path,
    pub(crate) target_dir: &'a Path,
}

impl Build<'_> {
    /// What is missing to build it.
    pub(crate) fn missing(&self, target: &Target) -> Vec<Need> {
        let mut missing: Vec<_> = Toolchain::find(target).err().into_iter().collect();
        missing.extend(compile::linker_needs(target));
        missing.retain(|need| !need.is_met());
        missing
    }

    /// The program.
    pub(crate) fn program(&self, target: &Target, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
        let toolchain = Toolchain::find(target).map_err(|need| Failure::run(need.describe()))?;
        let place = Place { workspace: self.workspace, target_dir: self.target_dir, interrupt };
        let mut cargo = compile::command("build", &place, target, toolchain);
        cargo.args(["--quiet", "-p", "bench-runner"]);
        build(&mut cargo, interrupt)
    }
}
