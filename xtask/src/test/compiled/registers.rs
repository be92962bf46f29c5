//! What must not be in the code for some targets: instructions and registers that are not theirs.

use crate::asm;
use crate::asm::listing::Instruction;
use crate::compile::Place;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::toolchain::Toolchain;

/// A target, and what none of its instructions may be.
pub(super) struct Without {
    pub(super) triple: &'static str,
    what: &'static str,
    is_one: fn(&Instruction) -> bool,
}

pub(super) const WITHOUT: [Without; 3] = [
    // Illegal in an enclave.
    Without { triple: "x86_64-fortanix-unknown-sgx", what: "cpuid or xgetbv", is_one: asks_the_cpu },
    Without { triple: "aarch64-unknown-none-softfloat", what: "a vector register", is_one: has_vector_register },
    Without { triple: "aarch64_be-unknown-none-softfloat", what: "a vector register", is_one: has_vector_register },
];

impl Without {
    /// Compiles the libraries, and the generic functions as a caller gets them; reads all of it but `core`. An error says
    /// which instruction should not be there.
    pub(super) fn check(
        &self,
        place: &Place<'_>,
        toolchain: Toolchain,
        interrupt: &Interrupt,
    ) -> Result<Result<(), String>, Failure> {
        let functions =
            asm::compile(self.triple, toolchain, &["asm-probe", "memmap-template"], place.workspace, interrupt)?;
        let mut seen = false;
        for function in &functions {
            for (_, instruction) in function.instructions() {
                seen = true;
                if (self.is_one)(instruction) {
                    return Ok(Err(format!("{} in {}: `{instruction}`", self.what, function.path)));
                }
            }
        }
        Ok(if seen { Ok(()) } else { Err("no instruction was compiled".to_string()) })
    }
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

    fn only(line: &str) -> Instruction {
        let text = format!("\t.type\tf,@function\nf:\n{line}\n\t.size\tf, 4\n");
        functions(text.as_bytes()).remove(0).instructions.remove(0)
    }

    #[test]
    fn vector_registers_are_told_from_other_words() {
        for line in ["\tstnp\tq0, q1, [x0]", "\tld1\t{v16.16b}, [x1]", "\tfmov\td31, x2", "\tstr\tb0, [x0, #3]"] {
            assert!(has_vector_register(&only(line)), "{line}");
        }
        for line in [
            "\tstnp\tx0, x1, [x2, #16]",
            "\tbl\t_ZN4core3b10E",
            "\tb.ne\t.LBB0_2",
            "\tdmb\tishst",
            "\tmsr\tS3_0_C1_C0_2, x0",
            "\tadd\tx0, x0, :lo12:d3x",
        ] {
            assert!(!has_vector_register(&only(line)), "{line}");
        }
    }

    #[test]
    fn who_asks_the_cpu_is_found() {
        assert!(asks_the_cpu(&only("\tcpuid")));
        assert!(!asks_the_cpu(&only("\tsfence")));
    }
}
