//! `cargo xtask fuzz`: runs the fuzz targets; and what those do that test xtask itself.

pub mod bodies;
pub(crate) mod options;
mod targets;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use memcpy_streaming::Backend;

use crate::cargo::{cargo, require_subcommand, target_dir, workspace};
use crate::failure::{Failure, make_folder, tell};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};
use crate::test::this_machine::{self, EXPECT};
use options::Options;
use targets::{NONE, Target};

/// Longer inputs of the copies do nothing new, and take longer.
const LONGEST: usize = 1024;

/// Runs the targets that were asked for, even if one fails.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    require_subcommand("fuzz")?;
    let workspace = workspace();
    let target_dir = target_dir(&workspace, interrupt)?.join("fuzz");
    let mut failed = Vec::new();
    for (target, sanitizer) in &options.targets {
        tell(format_args!("\n=== {}, sanitizer {}", target.name, sanitizer));
        let mut command = command(target, sanitizer, options.seconds, &workspace, &target_dir)?;
        let limit = LIMIT + Duration::from_secs(options.seconds);
        match process::run(&mut command, limit, interrupt, process::relay) {
            Ok(status) if status.success() => {}
            Ok(status) => failed.push(format!("{} ({status}; see fuzz/artifacts/{})", target.name, target.name)),
            Err(Failure::Run(why)) => failed.push(format!("{} ({why})", target.name)),
            Err(other) => return Err(other),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::run(format_args!("failed: {}", failed.join("; ")))) }
}

/// cargo-fuzz, told to run a target.
fn command(
    target: &Target,
    sanitizer: &str,
    seconds: u64,
    workspace: &Path,
    target_dir: &Path,
) -> Result<Command, Failure> {
    let found = target_dir.join("corpus").join(target.name);
    make_folder(&found)?;
    let mut cargo = cargo();
    cargo.current_dir(workspace).args(["fuzz", "run", "--sanitizer", sanitizer]);
    // One for each: they are built with other flags.
    cargo.arg("--target-dir").arg(target_dir.join(sanitizer)).arg(target.name);
    // What is new goes into the first one.
    cargo.arg(found).arg(workspace.join("fuzz/corpus").join(target.name));
    cargo.args(["--", "-print_final_stats=1", &format!("-max_total_time={seconds}"), &format!("-max_len={LONGEST}")]);
    // Coverage and sanitizers are unstable options, of a compiler that may be a stable one.
    cargo.env("RUSTC_BOOTSTRAP", "1").env_remove("MEMCPY_STREAMING_BACKEND");
    let expected = match sanitizer {
        NONE => this_machine::expected_backends(),
        _ => Some(Backend::Portable.name().to_string()),
    };
    cargo.envs(expected.map(|expected| (EXPECT, expected)));
    Ok(cargo)
}
