//! The step "targets": the libraries are compiled for every target of the table, and what comes of it is what the table says.
//!
//! Without an operating system's standard library, and without linking: so this runs wherever there is the source of `core`.

mod build;

use std::time::Instant;

use super::end::{self, End};
use crate::asm;
use crate::asm::listing::Instruction;
use crate::compile::Place;
use crate::failure::{Failure, tell};
use crate::install::std_for;
use crate::needs::Need;
use crate::targets::compiled::{Expected, TABLE};
use crate::toolchain::{Toolchain, has_core};

type Test = fn(&Instruction) -> bool;

/// Targets, and what none of their instructions may be.
const WITHOUT: [(&str, &str, Test); 3] = [
    // Illegal in an enclave.
    ("x86_64-fortanix-unknown-sgx", "cpuid or xgetbv", asks_the_cpu),
    ("aarch64-unknown-none-softfloat", "a vector register", has_vector_register),
    ("aarch64_be-unknown-none-softfloat", "a vector register", has_vector_register),
];

/// What is missing for it: `core` for each target that rustup has, or else its source.
pub(super) fn missing() -> Vec<Need> {
    let builds = TABLE.iter().filter(|(_, expected)| matches!(expected, Expected::Builds(_)));
    let without = builds.filter(|(triple, _)| !has_core(triple));
    without.map(|(triple, _)| std_for(triple, Vec::new())).chain(Toolchain::with_source().err()).collect()
}

/// Checks all of them.
pub(super) fn run(place: &Place<'_>) -> Result<End, Failure> {
    if let Some(skipped) = end::obstacle(Toolchain::with_source().err().into_iter().collect()) {
        return Ok(skipped);
    }
    let mut wrong = Vec::new();
    for (number, (triple, expected)) in (1..).zip(TABLE) {
        judge(&format!("{number} of {}", TABLE.len()), triple, &mut wrong, || build::check(triple, *expected, place))?;
    }
    for (triple, what, is_one) in WITHOUT {
        judge("assembly", triple, &mut wrong, || {
            let crates = &["asm-probe", "memmap-template"];
            let functions = asm::compile(triple, with_core(triple)?, crates, place.workspace, place.interrupt)?;
            let mut seen = false;
            for function in &functions {
                for (_, instruction) in function.instructions() {
                    seen = true;
                    if is_one(instruction) {
                        return Err(Failure::run(format_args!("{what} in {}: `{instruction}`", function.path)));
                    }
                }
            }
            if seen { Ok(()) } else { Err(Failure::run("no instruction was compiled")) }
        })?;
    }
    Ok(if wrong.is_empty() { End::Passed } else { End::Failed { why: wrong.join("; ") } })
}

/// What builds for any target, without an operating system: the compiler in use, where it has `core` for it, which saves half a minute
/// of compiling that; else what can build it.
fn with_core(triple: &str) -> Result<Toolchain, Failure> {
    if has_core(triple) {
        return Ok(Toolchain::Own);
    }
    Toolchain::with_source().map_err(|need| Failure::run(need.describe()))
}

/// Checks a target, says how it went, and notes what is wrong with it.
fn judge(
    what: &str,
    triple: &str,
    wrong: &mut Vec<String>,
    check: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let start = Instant::now();
    match check() {
        Ok(()) => tell(format_args!("{what}: {triple}: ok, {:.1} s", start.elapsed().as_secs_f64())),
        Err(Failure::Run(why)) => {
            tell(format_args!("{what}: {triple}: WRONG: {why}"));
            wrong.push(format!("{triple}: {why}"));
        }
        Err(other) => return Err(other),
    }
    Ok(())
}

fn asks_the_cpu(instruction: &Instruction) -> bool {
    ["cpuid", "xgetbv"].contains(&instruction.name.as_str())
}

/// An operand `v0.2d`, `q0`, `d0`, `s0`, `h0` or `b0`. Symbols are longer words.
fn has_vector_register(instruction: &Instruction) -> bool {
    let mut words = instruction.operands.split(|c: char| !(c.is_ascii_alphanumeric() || "_$".contains(c)));
    words.any(|word| {
        let number = word.strip_prefix(['v', 'q', 'd', 's', 'h', 'b']).and_then(|rest| rest.parse::<u8>().ok());
        number.is_some_and(|number| number < 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::listing::functions;

    #[test]
    fn vector_registers_and_who_asks_the_cpu_are_told_from_other_words() {
        let text = "\t.type\tf,@function\nf:\n\tcpuid\n\tsfence\n\tstnp\tq0, q1, [x0]\n\tld1\t{v16.16b}, [x1]\n\
            \tfmov\td31, x2\n\tstr\tb0, [x0, #3]\n\tstnp\tx0, x1, [x2, #16]\n\tbl\t_ZN4core3b10E\n\tb.ne\t.LBB0_2\n\
            \tdmb\tishst\n\tmsr\tS3_0_C1_C0_2, x0\n\tadd\tx0, x0, :lo12:d3x\n\t.size\tf, 4\n";
        let found = |is_one: Test| -> Vec<usize> {
            let functions = functions(text.as_bytes());
            (0..).zip(functions[0].instructions()).filter(|(_, (_, line))| is_one(line)).map(|(at, _)| at).collect()
        };
        assert_eq!((found(asks_the_cpu), found(has_vector_register)), (vec![0], vec![2, 3, 4, 5]));
    }
}
