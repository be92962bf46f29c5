//! The C library: built, installed, looked at, and used by C and C++ programs as a person would.

mod checked;
mod pool;
mod programs;
pub(super) mod windows;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::end::{self, End, Fix};
use super::libtest::Tally;
use super::outcome::Outcome;
use super::this_machine;
use crate::capi;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::{self, Need};
use crate::process::{self, LIMIT};

/// Runs all of it, where there are the compilers.
pub(super) fn run(workspace: &Path, interrupt: &Interrupt) -> Result<Vec<Outcome>, Failure> {
    eprintln!("\n=== C ABI: cargo xtask capi, and what is in memcpy-streaming-capi/tests/c and examples/c");
    let start = Instant::now();
    let mut tally = Tally::default();
    let end = match obstacle() {
        Some(skipped) => skipped,
        None => match check(workspace, &mut tally, interrupt) {
            Ok(()) => tally.judge(this_machine::expected_backends().as_deref()),
            Err(Failure::Run(why)) => End::Failed { why },
            Err(other) => return Err(other),
        },
    };
    let here = this_machine::THIS_MACHINE;
    let rest = end::obstacle(needs::missing(others()));
    let rest = rest.map(|end| Outcome::not_run("C ABI, other compilers and checkers", here, end));
    Ok([Outcome::new("C ABI", here, tally, start.elapsed(), end)].into_iter().chain(rest).collect())
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
        checked::sanitizers(),
        Need::program("valgrind", "valgrind"),
        Need::program("qemu-x86_64", "qemu-user"),
    ]
}

/// What is missing.
pub(super) fn missing() -> Vec<Need> {
    needs::missing(required().into_iter().chain(others()))
}

/// Why nothing of it can run here, if that is so.
fn obstacle() -> Option<End> {
    if cfg!(target_os = "linux") {
        return end::obstacle(needs::missing(required()));
    }
    let fix = Fix::Other("run it on such a machine".to_string());
    Some(End::Skipped { why: "no Linux".to_string(), fix })
}

fn check(workspace: &Path, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::run(format_args!("no temporary folder: {error}")))?;
    let prefix = folder.path().join("prefix");
    capi::install(&prefix, interrupt)?;
    libraries(&prefix, interrupt)?;
    // Moved: the pkg-config file is to find the others wherever they are.
    let moved = folder.path().join("moved");
    std::fs::rename(&prefix, &moved).map_err(Failure::run)?;
    let sources = &workspace.join("memcpy-streaming-capi");
    let mut run = programs::Run { sources, prefix: &moved, scratch: folder.path(), tally, interrupt };
    run.programs()?;
    run.checked()?;
    run.pool()
}

/// What the two libraries show and need.
fn libraries(prefix: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let shared = prefix.join("lib/libmemcpy_streaming.so");
    let statically = prefix.join("lib/libmemcpy_streaming.a");
    for library in [&shared, &statically] {
        let defined = capi::defined(library, interrupt)?;
        if defined != capi::API {
            let (has, should) = (defined.join(", "), capi::API.join(", "));
            return Err(Failure::run(format_args!("{} defines {has}; it should: {should}", library.display())));
        }
        let undefined = capi::undefined(library, interrupt)?;
        if let Some(name) = undefined.iter().find(|name| !capi::LIBC.contains(&name.as_str())) {
            return Err(Failure::run(format_args!("{} needs {name}", library.display())));
        }
    }
    let mut readelf = Command::new("readelf");
    readelf.args(["--dynamic", "--wide"]).arg(&shared);
    let dynamic = lines(&mut readelf, interrupt)?;
    let wrong = |line: &str| {
        let needs_other = line.contains("(NEEDED)") && !line.contains("[libc.so.");
        // Code that would run at start or end, whatever the program calls.
        needs_other || ["(INIT", "(FINI", "(PREINIT"].iter().any(|entry| line.contains(entry))
    };
    if let Some(line) = dynamic.iter().find(|line| wrong(line)) {
        return Err(Failure::run(format_args!("the shared library has {}", line.trim())));
    }
    let soname = format!("[{}]", capi::soname());
    if !dynamic.iter().any(|line| line.contains("(SONAME)") && line.contains(&soname)) {
        return Err(Failure::run(format_args!("the soname of the shared library is not {soname}")));
    }
    Ok(())
}

/// The standard output of a command that must end well.
fn lines(command: &mut Command, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    let status = process::run(command, LIMIT, interrupt, |line| {
        lines.push(line.to_string());
        Ok(())
    })?;
    if status.success() {
        Ok(lines)
    } else {
        Err(Failure::run(format_args!("{status} of `{}`", process::show(command))))
    }
}
