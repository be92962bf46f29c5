//! The C library: built, installed, looked at, and used by C and C++ programs as a person would.

mod programs;

use std::path::Path;
use std::process::Command;

use super::end::{self, End};
use super::libtest::Tally;
use super::outcome::Outcome;
use super::this_machine::{THIS_MACHINE, expected_backends};
use crate::capi;
use crate::compile::{Place, succeed};
use crate::failure::{Failure, cannot, read, tell};
use crate::interrupt::Interrupt;
use crate::needs::{self, Need};
use crate::process::{self, LIMIT};

/// How strictly our C is compiled.
pub(super) const STRICT: [&str; 6] = ["-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"];

/// Debian has the sanitizers of its clang apart.
const SANITIZERS: &str = "/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.asan-x86_64.a";

/// Runs all of it, where there are the compilers.
pub(super) fn run(place: &Place<'_>) -> Result<Vec<Outcome>, Failure> {
    tell("\n=== C ABI: cargo xtask capi, and what is in memcpy-streaming-capi/tests/c and examples/c");
    let all = Outcome::of("C ABI", THIS_MACHINE, |tally| {
        if !cfg!(target_os = "linux") {
            return Ok(End::impossible("no Linux", "run it on such a machine"));
        }
        if let Some(skipped) = end::obstacle(needs::missing(required())) {
            return Ok(skipped);
        }
        check(place, tally)?;
        Ok(tally.judge(expected_backends().as_deref()))
    });
    let rest = end::obstacle(needs::missing(others()));
    let rest = rest.map(|end| Outcome::not_run("C ABI, other compilers and checkers", THIS_MACHINE, end));
    Ok([all?].into_iter().chain(rest).collect())
}

/// What it takes.
fn required() -> [Need; 2] {
    [Need::program("gcc", "gcc"), Need::program("nm", "binutils")]
}

/// What is used as well where it is there.
fn others() -> [Need; 6] {
    [
        Need::program("g++", "g++"),
        Need::program("clang", "clang"),
        Need::program("pkg-config", "pkgconf"),
        Need::file(SANITIZERS, "libclang-rt-14-dev"),
        Need::program("valgrind", "valgrind"),
        Need::program("qemu-x86_64", "qemu-user"),
    ]
}

pub(super) fn missing() -> Vec<Need> {
    needs::missing(required().into_iter().chain(others()))
}

fn check(place: &Place<'_>, tally: &mut Tally) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::run(format_args!("no temporary folder: {error}")))?;
    let (first, prefix) = (folder.path().join("first"), folder.path().join("prefix"));
    capi::install(&first, place.interrupt)?;
    // Moved: the pkg-config file is to find the others wherever they are.
    std::fs::rename(&first, &prefix).map_err(cannot("move", &first))?;
    libraries(&prefix, place.interrupt)?;
    forbidden_names(&prefix)?;
    let sources = &place.workspace.join("memcpy-streaming-capi");
    let interrupt = place.interrupt;
    programs::Run { sources, prefix: &prefix, scratch: folder.path(), tally, interrupt }.all()
}

/// Whether these are the functions that a library is to define.
pub(super) fn is_api(library: &str, defined: &[String]) -> Result<(), Failure> {
    if defined == capi::API {
        return Ok(());
    }
    let (has, should) = (defined.join(", "), capi::API.join(", "));
    Err(Failure::run(format_args!("{library} defines {has}; it should: {should}")))
}

/// What the two libraries show and need.
fn libraries(prefix: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let shared = prefix.join("lib/libmemcpy_streaming.so");
    for library in [&shared, &prefix.join("lib/libmemcpy_streaming.a")] {
        is_api(&library.to_string_lossy(), &capi::defined(library, interrupt)?)?;
        let undefined = capi::undefined(library, interrupt)?;
        if let Some(name) = undefined.iter().find(|name| !capi::LIBC.contains(&name.as_str())) {
            return Err(Failure::run(format_args!("{} needs {name}", library.display())));
        }
    }
    let dynamic = lines(Command::new("readelf").args(["--dynamic", "--wide"]).arg(&shared), interrupt)?;
    let wrong = |line: &&String| {
        let needs_other = line.contains("(NEEDED)") && !line.contains("[libc.so.");
        // Code that would run at start or end, whatever the program calls.
        needs_other || ["(INIT", "(FINI", "(PREINIT"].iter().any(|entry| line.contains(entry))
    };
    if let Some(line) = dynamic.iter().find(wrong) {
        return Err(Failure::run(format_args!("the shared library has {}", line.trim())));
    }
    let soname = format!("[{}]", capi::soname());
    if !dynamic.iter().any(|line| line.contains("(SONAME)") && line.contains(&soname)) {
        return Err(Failure::run(format_args!("the soname of the shared library is not {soname}")));
    }
    Ok(())
}

/// What the library needs of others it must not be used to define, and the header says so by name.
fn forbidden_names(prefix: &Path) -> Result<(), Failure> {
    let header = read(&prefix.join("include/memcpy_streaming.h"))?;
    let sentence = header.split_once("Do not define").and_then(|(_, rest)| rest.split_once(" by "));
    let names: Vec<_> = sentence.map_or("", |(names, _)| names).split([' ', ',']).collect();
    match capi::LIBC.iter().find(|name| !names.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::run(format_args!("the header does not forbid to define {name} by this library"))),
    }
}

/// The standard output of a command that must end well.
pub(super) fn lines(command: &mut Command, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    succeed(command, LIMIT, interrupt, |line| {
        lines.push(line.to_string());
        Ok(())
    })?;
    Ok(lines)
}

/// Runs a program that must end well, as one test.
pub(super) fn execute(command: &mut Command, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    // What the person's shell asks for is not what this is about.
    command.env_remove("MEMCPY_STREAMING_BACKEND");
    for line in lines(command, interrupt)? {
        tally.line(&line);
        process::relay(&line)?;
    }
    tally.passed += 1;
    Ok(())
}
