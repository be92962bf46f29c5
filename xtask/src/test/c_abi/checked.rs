//! What the header says of memory checkers, and of the standards that it keeps to.

use std::fs;
use std::process::Command;

use super::super::libtest::Tally;
use super::LIMIT;
use super::programs::{Compiler, Place, compile, execute};
use crate::capi;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::{Need, on_path};
use crate::process;

const SOURCE: &str = "tests/c/checked.c";

/// Lengths of copies that are one byte too long: of partial lines, of whole ones, around each threshold.
const TOO_LONG: [usize; 12] = [2, 63, 64, 100, 128, 129, 200, 255, 256, 300, 4096, 65_536];

const STANDARDS: [(&str, Compiler); 10] = [
    ("header.c", Compiler("gcc", "-std=c89")),
    ("header.c", Compiler("clang", "-std=c89")),
    ("header.c", Compiler("gcc", "-std=c11")),
    ("header.c", Compiler("clang", "-std=c11")),
    ("header.cpp", Compiler("g++", "-std=c++98")),
    ("header.cpp", Compiler("clang++", "-std=c++98")),
    ("header.cpp", Compiler("g++", "-std=c++11")),
    ("header.cpp", Compiler("clang++", "-std=c++11")),
    ("header.cpp", Compiler("g++", "-std=c++20")),
    ("header.cpp", Compiler("clang++", "-std=c++20")),
];

/// All of it, as far as there are the compilers and checkers.
pub(super) fn run(place: &Place<'_>, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    forbidden_names(place)?;
    for (source, compiler) in STANDARDS.iter().filter(|(_, compiler)| compiler.is_there()) {
        let program = compile(place, compiler, &format!("tests/c/{source}"), &library(place), interrupt)?;
        execute(&mut Command::new(program), tally, interrupt)?;
    }
    let clang = Compiler("clang", "-std=c89");
    if clang.is_there() && sanitizers().is_met() {
        sanitized(place, &clang, tally, interrupt)?;
    }
    if on_path("valgrind").is_some() {
        threads(place, tally, interrupt)?;
    }
    Ok(())
}

/// Debian has the sanitizers of its clang apart.
pub(super) fn sanitizers() -> Need {
    Need::file("/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.asan-x86_64.a", "libclang-rt-14-dev")
}

/// AddressSanitizer and MemorySanitizer.
fn sanitized(place: &Place<'_>, clang: &Compiler, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    let built = |flag: &str| {
        let mut flags = library(place);
        flags.push(flag.to_string());
        compile(place, clang, SOURCE, &flags, interrupt)
    };
    let program = built("-fsanitize=address")?;
    for len in TOO_LONG.map(|len| len.to_string()) {
        execute(Command::new(&program).args(["right", &len]), tally, interrupt)?;
        let mut wrong = Command::new(&program);
        reports(wrong.args(["portable", &len]), "AddressSanitizer: heap-buffer-overflow", place, tally, interrupt)?;
    }
    let program = built("-fsanitize=memory")?;
    execute(Command::new(program).arg("unpoison"), tally, interrupt)
}

/// valgrind's tools that look for races.
fn threads(place: &Place<'_>, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    let program = compile(place, &Compiler("gcc", "-std=c89"), SOURCE, &library(place), interrupt)?;
    for tool in ["helgrind", "drd"] {
        let valgrind = |what: &str| {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["-q", "--error-exitcode=9", &format!("--tool={tool}")]).arg(&program).arg(what);
            valgrind
        };
        execute(&mut valgrind("threads"), tally, interrupt)?;
        // Without the call that the header asks for there is something to report: it looks.
        reports(&mut valgrind("threads-first"), "memcpy_streaming", place, tally, interrupt)?;
    }
    Ok(())
}

/// The static library.
fn library(place: &Place<'_>) -> Vec<String> {
    let prefix = place.prefix.display();
    vec![format!("-I{prefix}/include"), format!("{prefix}/lib/libmemcpy_streaming.a")]
}

/// What the library needs of others it must not be used to define, and the header says so by name.
fn forbidden_names(place: &Place<'_>) -> Result<(), Failure> {
    let header = fs::read_to_string(place.prefix.join("include/memcpy_streaming.h")).map_err(Failure::run)?;
    let start = header.find("Do not define").unwrap_or(header.len());
    let sentence = header[start..].split_once(" by ").map_or("", |(names, _)| names);
    let named = |name: &str| sentence.split([' ', ',']).any(|word| word == name);
    match capi::LIBC.iter().find(|name| !named(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::run(format_args!("the header does not forbid to define {name} by this library"))),
    }
}

/// Runs a program that must end badly, with a report that says `what`.
fn reports(
    command: &mut Command,
    what: &str,
    place: &Place<'_>,
    tally: &mut Tally,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let path = place.scratch.join("report");
    command.stderr(fs::File::create(&path).map_err(Failure::run)?);
    let status = process::run(command, LIMIT, interrupt, |_| Ok(()))?;
    let report = fs::read_to_string(&path).map_err(Failure::run)?;
    if !status.success() && report.contains(what) {
        tally.passed += 1;
        return Ok(());
    }
    Err(Failure::run(format_args!("no report of `{what}` by `{}`: {status}, {report}", process::show(command))))
}
