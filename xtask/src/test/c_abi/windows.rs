//! The C library for Windows: a DLL with its import library, and a static one, each used by a C program under Wine.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::libtest::Tally;
use super::super::wine::Wine;
use super::{LIMIT, lines, programs};
use crate::capi;
use crate::cargo::cargo;
use crate::compile::{self, Place};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::process;
use crate::targets::{MINGW, Target};
use crate::toolchain::Toolchain;

const OBJDUMP: &str = "x86_64-w64-mingw32-objdump";
const DLL: &str = "memcpy_streaming_capi.dll";
/// What a program is linked with, for the DLL and without it.
const LIBRARIES: [&str; 2] = ["libmemcpy_streaming_capi.dll.a", "libmemcpy_streaming_capi.a"];

/// Builds them as cargo-c does, and runs `tests/c/abi.c` with each; it must find the backends of `expected`.
pub(in crate::test) fn run(
    wine: &Wine,
    (target, toolchain): (&Target, Toolchain),
    place: &Place<'_>,
    expected: &str,
    tally: &mut Tally,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let target_dir = place.target_dir.join(toolchain.folder());
    let mut cargo = cargo();
    cargo.current_dir(place.workspace).args(["rustc", "--locked", "--quiet", "--profile=capi"]);
    cargo.args(["-p", "memcpy-streaming-capi", "--lib", "--crate-type=cdylib,staticlib", "--target", target.triple]);
    cargo.arg("--target-dir").arg(&target_dir).env(compile::linker_variable(target), MINGW);
    toolchain.apply(target, true, &mut cargo);
    cargo.args(["--", "--cfg=cargo_c"]);
    process::quiet(&mut cargo, LIMIT, interrupt)?;

    let built = target_dir.join(target.triple).join("capi");
    let exported = exports(&built.join(DLL), interrupt)?;
    if exported != capi::API {
        let (has, should) = (exported.join(", "), capi::API.join(", "));
        return Err(Failure::run(format_args!("{DLL} exports {has}; it should: {should}")));
    }
    let scratch = tempfile::tempdir().map_err(|error| Failure::run(format_args!("no temporary folder: {error}")))?;
    // A program finds a DLL in its own folder.
    fs::copy(built.join(DLL), scratch.path().join(DLL)).map_err(Failure::run)?;
    let crate_folder = place.workspace.join("memcpy-streaming-capi");
    for library in LIBRARIES {
        let program = scratch.path().join("abi.exe");
        let mut gcc = Command::new(MINGW);
        gcc.arg("-std=c99").args(programs::STRICT).arg(crate_folder.join("tests/c/abi.c")).arg("-I");
        // Static: its own library for threads is not in Wine.
        gcc.arg(crate_folder.join("include")).arg(built.join(library)).args(["-static", "-o"]).arg(&program);
        process::quiet(&mut gcc, LIMIT, interrupt)?;
        tally.announced += 1;
        programs::execute(wine.command(&program).arg(expected), tally, interrupt)?;
    }
    Ok(())
}

/// The functions that a DLL exports, in the order of their names.
fn exports(dll: &Path, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    let mut objdump = Command::new(OBJDUMP);
    let said = lines(objdump.arg("-p").arg(dll), interrupt)?;
    let table = said.iter().skip_while(|line| !line.starts_with("[Ordinal/Name Pointer] Table"));
    // `	[   0] name`, up to an empty line.
    let names = table.skip(1).map_while(|line| line.split_once("] ")).map(|(_, name)| name.trim().to_string());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    Ok(names)
}
