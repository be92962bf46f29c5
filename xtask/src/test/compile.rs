//! Building the test programs of a target.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::matrix::Target;
use super::process;
use super::toolchain::Toolchain;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

const LIMIT: Duration = Duration::from_secs(30 * 60);

/// The crates that are built everywhere.
const LIBRARIES: [&str; 4] = ["-p", "memcpy-streaming", "-p", "memmap-template"];
/// Those that run everywhere, which takes a standard library. (What is for Arm is empty elsewhere.)
pub(crate) const CRATES: [&str; 8] =
    ["-p", "memcpy-streaming", "-p", "memcpy-streaming-arm", "-p", "memmap-template", "-p", "fuzz-bodies"];

/// A test program.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
}

/// Where the build takes place.
pub(crate) struct Place<'a> {
    pub(crate) workspace: &'a Path,
    pub(crate) target_dir: &'a Path,
}

/// The cargo that runs us, so that a `+toolchain` on its command line holds for whatever it runs.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Refuses to go on without a subcommand that is a package of its own.
pub(crate) fn require_subcommand(name: &str) -> Result<(), Failure> {
    let found = cargo().args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Failure::input(format_args!("no cargo-{name} here; get it by `cargo install cargo-{name}`")))
}

/// Builds the test programs, statically linked: they then need nothing of the target's file system.
pub(crate) fn programs(
    place: &Place<'_>,
    target: &Target,
    toolchain: Toolchain,
    interrupt: &Interrupt,
) -> Result<Vec<Program>, Failure> {
    let mut cargo = command("test", place, target, toolchain);
    cargo.args(CRATES).args([
        "--no-run",
        "--all-features",
        "--lib",
        "--tests",
        "--message-format=json-render-diagnostics",
    ]);
    let mut programs = Vec::new();
    let status = process::run(&mut cargo, LIMIT, interrupt, |line| {
        programs.extend(program(line));
        Ok(())
    })?;
    if !status.success() {
        return Err(Failure::run(format_args!("{status} of `{}`", process::show(&cargo))));
    }
    Ok(programs)
}

/// Builds the libraries, as they are without features.
pub(crate) fn libraries(
    place: &Place<'_>,
    target: &Target,
    toolchain: Toolchain,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut cargo = command("build", place, target, toolchain);
    cargo.args(LIBRARIES);
    let status = process::run(&mut cargo, LIMIT, interrupt, process::relay)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::run(format_args!("{status} of `{}`", process::show(&cargo))))
}

pub(crate) fn command(what: &str, place: &Place<'_>, target: &Target, toolchain: Toolchain) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(place.workspace).arg(what);
    cargo.args(["--locked", "--profile", "emulated", "--target", target.triple]);
    cargo.arg("--target-dir").arg(place.target_dir.join(toolchain.folder()));
    toolchain.apply(target, false, &mut cargo);
    if let Some(linker) = &target.linker {
        let variable = target.triple.to_uppercase().replace('-', "_");
        if !is_host(target) {
            cargo.env(format!("CARGO_TARGET_{variable}_LINKER"), linker.program);
        }
        // What the benchmarks need is left out where this cfg is.
        cargo.env("RUSTFLAGS", "-Ctarget-feature=+crt-static --cfg=emulated");
    }
    cargo
}

/// Whether the host's own C compiler links for the target.
pub(crate) fn is_host(target: &Target) -> bool {
    target.triple.split_once('-').is_some_and(|(architecture, _)| architecture == env::consts::ARCH)
}

/// The test program in a line of cargo's JSON.
pub(super) fn program(line: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(line).ok()?;
    let executable = message["executable"].as_str()?;
    (message["profile"]["test"] == true).then(|| Program { path: executable.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_told_from_other_artefacts() {
        let artefact = |executable: &str, test: bool| {
            format!(r#"{{"reason":"compiler-artifact","profile":{{"test":{test}}},"executable":{executable}}}"#)
        };
        let found = program(&artefact(r#""/t/deps/copy-1""#, true)).unwrap();
        assert_eq!(found.path, Path::new("/t/deps/copy-1"));
        assert!(program(&artefact("null", true)).is_none());
        assert!(program(&artefact(r#""/t/build/x""#, false)).is_none());
        assert!(program("not JSON").is_none());
    }
}
