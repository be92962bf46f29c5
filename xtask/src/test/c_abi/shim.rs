//! The LD_PRELOAD shim of the examples, under a test of its own and under real programs.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::libtest::Tally;
use super::programs::{C, Place, compile, execute};
use crate::failure::Failure;
use crate::interrupt::Interrupt;

const SOURCE: &str = "examples/c/streaming_alloc.c";

/// Compiles it with each compiler, and allocates through it.
pub(super) fn run(place: &Place<'_>, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    let test = place.scratch.join("alloc");
    let program = compile(place, &C[0], "tests/c/alloc.c", &[], interrupt)?;
    fs::rename(program, &test).map_err(Failure::run)?;
    execute(&mut Command::new(&test), tally, interrupt)?;
    let prefix = place.prefix.display();
    let flags = format!("-fPIC -shared -I{prefix}/include {prefix}/lib/libmemcpy_streaming.a -Wl,--exclude-libs,ALL");
    let flags: Vec<_> = flags.split(' ').map(str::to_string).collect();
    let shim = place.scratch.join("streaming_alloc.so");
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        let built = compile(place, compiler, SOURCE, &flags, interrupt)?;
        fs::rename(built, &shim).map_err(Failure::run)?;
        let said = under(&shim, &mut Command::new(&test), place, tally, interrupt)?;
        // The test's own blocks must have gone through it, on both ways, and past the cache where that is possible.
        let best = memcpy_streaming::Backend::available().next().map_or("", memcpy_streaming::Backend::name);
        if said.contains(" 0 bytes") || !said.trim_end().ends_with(&format!("backend {best}")) {
            return Err(Failure::run(format_args!("under {SOURCE}, compiled by {}: {said}", compiler.0)));
        }
    }
    compiler(place, &shim, tally, interrupt)
}

/// A real program, with and without: the compiler itself, whose code must be the same. So that it streams at all, more than
/// the large blocks.
fn compiler(place: &Place<'_>, shim: &Path, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    let compile = |out: &Path| {
        let mut gcc = Command::new("gcc");
        gcc.args(["-O2", "-c"]).arg(place.sources.join("tests/c/alloc.c")).arg("-o").arg(out);
        gcc.env("STREAMING_ALLOC_MIN", "16384");
        gcc
    };
    let (with, without) = (place.scratch.join("with.o"), place.scratch.join("without.o"));
    execute(&mut compile(&without), tally, interrupt)?;
    under(shim, &mut compile(&with), place, tally, interrupt)?;
    if fs::read(&with).map_err(Failure::run)? != fs::read(&without).map_err(Failure::run)? {
        return Err(Failure::run(format_args!("gcc makes other code under {SOURCE}")));
    }
    Ok(())
}

/// Runs a program under the shim; answers what that says at its end, once for each process.
fn under(
    shim: &Path,
    command: &mut Command,
    place: &Place<'_>,
    tally: &mut Tally,
    interrupt: &Interrupt,
) -> Result<String, Failure> {
    let path = place.scratch.join("stderr");
    let errors = fs::File::create(&path).map_err(Failure::run)?;
    command.env("LD_PRELOAD", shim).env("STREAMING_ALLOC_STATS", "1").stderr(errors);
    let ran = execute(command, tally, interrupt);
    let said = fs::read_to_string(&path).map_err(Failure::run)?;
    eprint!("{said}");
    ran?;
    if said.starts_with("streaming_alloc: ") {
        return Ok(said);
    }
    Err(Failure::run(format_args!("{SOURCE} was not at work: {said}")))
}
