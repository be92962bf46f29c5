//! Building the test programs of a target.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::Message;

use crate::cargo::{cargo, target_dir, workspace};
use crate::failure::Failure;
use crate::needs::{self, Need};
use crate::process::{self, LIMIT, succeed};
use crate::targets::{ALL_TESTS, Target};
use crate::toolchain::Toolchain;

/// What links for any target, where no C library is asked for.
const LLVM_LINKER: &str = "ld.lld";

/// The profile of tests: quickly compiled, and with all checks.
const EMULATED: &str = "--profile=emulated";

/// Those that run everywhere, which takes a standard library; the kernels are tested by what calls them.
pub(crate) const COPIES: [&str; 2] = ["-p", "memcpy-streaming"];
/// Those with a memmap in them.
pub(crate) const MEMMAPS: [&str; 4] = ["-p", "memmap-template", "-p", "fuzz-bodies"];

/// Builds the test programs, statically linked: they then need nothing of the target's file system.
pub(crate) fn programs(target: &Target, toolchain: Toolchain) -> Result<Vec<PathBuf>, Failure> {
    let mut programs = Vec::new();
    for (crates, tests) in [(&COPIES[..], ALL_TESTS), (&MEMMAPS, target.memmap)] {
        if tests.is_empty() {
            continue;
        }
        let mut cargo = command(&["test", EMULATED], target, toolchain)?;
        cargo.args(crates).args(tests).args(["--no-run", "--all-features", "--message-format=json-render-diagnostics"]);
        programs.extend(process::lines(&mut cargo)?.iter().filter_map(|line| program(line)));
    }
    Ok(programs)
}

/// A command of cargo's for a target, with the profile of what it builds.
pub(crate) fn command(what: &[&str], target: &Target, toolchain: Toolchain) -> Result<Command, Failure> {
    let mut cargo = cargo();
    cargo.current_dir(workspace()).args(what).args(["--locked", "--target", target.triple]);
    cargo.arg("--target-dir").arg(target_dir()?.join(toolchain.folder()));
    toolchain.apply(target, &mut cargo);
    if let Some(linker) = &target.linker {
        if !is_host(target) {
            cargo.env(linker_variable(target), linker.program);
        }
        // What the benchmarks need is left out where this cfg is.
        let statically = if linker.libc_package.is_some() { "-Ctarget-feature=+crt-static " } else { "" };
        cargo.env("RUSTFLAGS", format!("{statically}--cfg=emulated"));
    }
    Ok(cargo)
}

/// Builds bare-test, which needs no C library, and gives the program.
pub(crate) fn bare(target: &Target, toolchain: Toolchain) -> Result<Vec<PathBuf>, Failure> {
    let mut cargo = command(&["build", EMULATED], target, toolchain)?;
    // What the compiler takes for granted of a C library (memcpy, memset), and no unwinding.
    cargo.args(["-p", "bare-test", "-Zbuild-std-features=compiler-builtins-mem"]);
    cargo.env("CARGO_PROFILE_EMULATED_PANIC", "abort").env(linker_variable(target), LLVM_LINKER);
    cargo.env("RUSTFLAGS", "-Clinker-flavor=ld.lld -Crelocation-model=static");
    succeed(&mut cargo, LIMIT, process::relay)?;
    let folder = target_dir()?.join(toolchain.folder()).join(target.triple).join("emulated");
    Ok(vec![folder.join("bare-test")])
}

pub(crate) fn linker_variable(target: &Target) -> String {
    format!("CARGO_TARGET_{}_LINKER", target.triple.to_uppercase().replace('-', "_"))
}

/// What is missing to link for it.
pub(crate) fn linker_needs(target: &Target) -> Vec<Need> {
    let (program, package, libc_package) = match &target.linker {
        // Without a CPU model nothing is linked for it.
        None if target.models.is_empty() => return Vec::new(),
        None => (LLVM_LINKER, "lld", None),
        Some(_) if is_host(target) => ("cc", "gcc", Some("libc6-dev")),
        Some(linker) => (linker.program, linker.package, linker.libc_package),
    };
    let libc = libc_package.and_then(|package| needs::static_libc(program, package));
    needs::missing(&[(program, package)]).into_iter().chain(libc).collect()
}

fn is_host(target: &Target) -> bool {
    let (architecture, system) = target.triple.split_once('-').unwrap_or_default();
    architecture == env::consts::ARCH && system.contains(env::consts::OS)
}

pub(crate) fn program(line: &str) -> Option<PathBuf> {
    let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_str(line) else { return None };
    artifact.executable.filter(|_| artifact.profile.test).map(PathBuf::from)
}
