//! The pool of the examples: its test, natively and where a program's addresses are not those that the kernel knows.

use std::process::Command;

use super::super::libtest::Tally;
use super::super::this_machine;
use super::programs::{C, Place, compile, execute, flags};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::on_path;

const TEST: &str = "tests/c/pool.c";

/// What is compiled with it.
const OTHERS: [&str; 2] = ["examples/c/pool.c", "tests/c/pool_limits.c"];

/// Compiles it with each compiler and library, and runs it.
pub(super) fn run(place: &Place<'_>, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    let best = this_machine::this_cpus_backends().and_then(|backends| backends.first().copied());
    let best = best.unwrap_or_else(memcpy_streaming::Backend::active).name();
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        for statically in [false, true] {
            let program = compile(place, compiler, TEST, &with_pool(place, statically, interrupt)?, interrupt)?;
            execute(Command::new(program).arg(best), tally, interrupt)?;
        }
    }
    emulated(place, tally, interrupt)
}

/// The test in an emulator that gives it addresses of its own.
fn emulated(place: &Place<'_>, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    if !cfg!(target_arch = "x86_64") || on_path("qemu-x86_64").is_none() {
        return Ok(());
    }
    let program = compile(place, &C[0], TEST, &with_pool(place, true, interrupt)?, interrupt)?;
    let mut qemu = Command::new("qemu-x86_64");
    qemu.args(["-B", "0x10000000000", "-cpu", "qemu64"]).arg(program).args(["sse2", "emulated"]);
    execute(&mut qemu, tally, interrupt)
}

/// The flags that compile and link the test with the pool.
fn with_pool(place: &Place<'_>, statically: bool, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    let mut all = vec![format!("-I{}", place.sources.join("examples/c").display())];
    // Before the library, which a linker searches for what the files before it need.
    all.extend(OTHERS.map(|source| place.sources.join(source).display().to_string()));
    all.extend(flags(place, statically, interrupt)?);
    Ok(all)
}
