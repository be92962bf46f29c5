//! Building the test programs of a target.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::Message;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::{Need, Thing};
use crate::process::{self, LIMIT};
use crate::targets::{ALL_TESTS, Target};
use crate::toolchain::Toolchain;

/// What links for any target, where no C library is asked for.
const LLVM_LINKER: &str = "ld.lld";

/// Those that run everywhere, which takes a standard library; the kernels are tested by what calls them.
const COPIES: &[&str] = &["-p", "memcpy-streaming"];
/// Those with a memmap in them.
const MEMMAPS: &[&str] = &["-p", "memmap-template", "-p", "fuzz-bodies"];

/// All of them, as cargo is told.
pub(crate) fn crates() -> impl Iterator<Item = &'static str> {
    COPIES.iter().chain(MEMMAPS).copied()
}

/// Where the build takes place.
pub(crate) struct Place<'a> {
    pub(crate) workspace: &'a Path,
    pub(crate) target_dir: &'a Path,
}

/// Builds the test programs, statically linked: they then need nothing of the target's file system.
pub(crate) fn programs(
    place: &Place<'_>,
    target: &Target,
    toolchain: Toolchain,
    interrupt: &Interrupt,
) -> Result<Vec<PathBuf>, Failure> {
    let mut programs = Vec::new();
    for (crates, tests) in
        [(COPIES, ALL_TESTS), (MEMMAPS, target.memmap)].into_iter().filter(|(_, tests)| !tests.is_empty())
    {
        let mut cargo = command("test", place, target, toolchain);
        cargo.args(crates).args(tests).args(["--no-run", "--all-features", "--message-format=json-render-diagnostics"]);
        let status = process::run(&mut cargo, LIMIT, interrupt, |line| {
            programs.extend(program(line));
            Ok(())
        })?;
        if !status.success() {
            return Err(Failure::run(format_args!("{status} of `{}`", process::show(&cargo))));
        }
    }
    Ok(programs)
}

pub(crate) fn command(what: &str, place: &Place<'_>, target: &Target, toolchain: Toolchain) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(place.workspace).arg(what);
    cargo.args(["--locked", "--profile", "emulated", "--target", target.triple]);
    cargo.arg("--target-dir").arg(place.target_dir.join(toolchain.folder()));
    toolchain.apply(target, false, &mut cargo);
    if let Some(linker) = &target.linker {
        if !is_host(target) {
            cargo.env(linker_variable(target), linker.program);
        }
        // What the benchmarks need is left out where this cfg is.
        let statically = if linker.libc_package.is_some() { "-Ctarget-feature=+crt-static " } else { "" };
        cargo.env("RUSTFLAGS", format!("{statically}--cfg=emulated"));
    }
    cargo
}

/// Builds bare-test, which needs no C library, and gives the program.
pub(crate) fn bare(
    place: &Place<'_>,
    target: &Target,
    toolchain: Toolchain,
    interrupt: &Interrupt,
) -> Result<Vec<PathBuf>, Failure> {
    let mut cargo = command("build", place, target, toolchain);
    // What the compiler takes for granted of a C library (memcpy, memset), and no unwinding.
    cargo.args(["-p", "bare-test", "-Zbuild-std-features=compiler-builtins-mem"]);
    cargo.env("CARGO_PROFILE_EMULATED_PANIC", "abort").env(linker_variable(target), LLVM_LINKER);
    cargo.env("RUSTFLAGS", "-Clinker-flavor=ld.lld -Crelocation-model=static");
    let status = process::run(&mut cargo, LIMIT, interrupt, process::relay)?;
    if !status.success() {
        return Err(Failure::run(format_args!("{status} of `{}`", process::show(&cargo))));
    }
    let folder = place.target_dir.join(toolchain.folder()).join(target.triple).join("emulated");
    Ok(vec![folder.join("bare-test")])
}

/// The variable that names a target's linker to cargo.
pub(crate) fn linker_variable(target: &Target) -> String {
    format!("CARGO_TARGET_{}_LINKER", target.triple.to_uppercase().replace('-', "_"))
}

/// What linking a target's programs needs.
pub(crate) fn linker_needs(target: &Target) -> Vec<Need> {
    let Some(linker) = &target.linker else {
        return if target.is_bare() { vec![Need::program(LLVM_LINKER, "lld")] } else { Vec::new() };
    };
    let (program, package, libc_package) = match is_host(target) {
        true => ("cc", "gcc", Some("libc6-dev")),
        false => (linker.program, linker.package, linker.libc_package),
    };
    let libc = libc_package.map(|package| Need { thing: Thing::StaticLibc(program), packages: vec![package] });
    [Need::program(program, package)].into_iter().chain(libc).collect()
}

/// Whether the host's own C compiler links for the target.
pub(crate) fn is_host(target: &Target) -> bool {
    let (architecture, system) = target.triple.split_once('-').unwrap_or_default();
    architecture == env::consts::ARCH && system.contains(env::consts::OS)
}

/// The test program in a line of cargo's JSON.
pub(crate) fn program(line: &str) -> Option<PathBuf> {
    let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_str(line) else { return None };
    artifact.executable.filter(|_| artifact.profile.test).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_told_from_other_artefacts() {
        let artefact = |executable: &str, test: bool| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"p","manifest_path":"/p/Cargo.toml",
                "target":{{"kind":["test"],"crate_types":["bin"],"name":"copy","src_path":"/p/copy.rs","edition":"2024"}},
                "profile":{{"opt_level":"0","debuginfo":0,"debug_assertions":true,"overflow_checks":true,"test":{test}}},
                "features":[],"filenames":[],"executable":{executable},"fresh":true}}"#
            )
        };
        let found = program(&artefact(r#""/t/deps/copy-1""#, true)).unwrap();
        assert_eq!(found, Path::new("/t/deps/copy-1"));
        assert!(program(&artefact("null", true)).is_none());
        assert!(program(&artefact(r#""/t/build/x""#, false)).is_none());
        assert!(program("not JSON").is_none());
    }
}
