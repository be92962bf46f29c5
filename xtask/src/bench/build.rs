//! Building the program that measures: for this machine, and for another target as `cargo xtask test` builds tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::cargo::cargo;
use crate::compile::{self, Place};
use crate::failure::{Failure, tell};
use crate::install;
use crate::interrupt::Interrupt;
use crate::needs::{self, Need};
use crate::process;
use crate::targets::Target;
use crate::toolchain::Toolchain;

/// For cargo; a peer's C code may be part of it.
const LIMIT: Duration = Duration::from_secs(60 * 60);

pub(crate) fn native(workspace: &Path, stringzilla: bool, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    tell("building the program that measures");
    let mut cargo = cargo();
    cargo.current_dir(workspace).args(["build", "--release", "--locked", "--quiet", "-p", "bench-runner"]);
    if stringzilla {
        cargo.args(["--features", "bench-runner/stringzilla"]);
    }
    build(&mut cargo, interrupt)
}

pub(crate) fn foreign(place: &Place<'_>, target: &Target, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let toolchain = Toolchain::find(target).map_err(|need| Failure::run(need.describe()))?;
    let mut cargo = compile::command("build", place, target, toolchain);
    build(cargo.args(["--quiet", "-p", "bench-runner"]), interrupt)
}

/// What is missing to build it for a target, and to run it there; and how to get that.
pub(crate) fn missing(target: &Target, to_run: impl IntoIterator<Item = Need>) -> Option<String> {
    let to_build = Toolchain::find(target).err().into_iter().chain(compile::linker_needs(target));
    let missing = needs::missing(to_build.chain(to_run));
    let (what, fix) = (needs::describe(&missing), install::fix(&missing));
    (!missing.is_empty()).then(|| format!("{what}; to run it: {fix}"))
}

/// Runs a cargo command that builds it, and finds the program in what cargo says.
fn build(cargo: &mut Command, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    cargo.arg("--message-format=json-render-diagnostics");
    let mut program = None;
    let status = process::run(cargo, LIMIT, interrupt, |line| {
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
