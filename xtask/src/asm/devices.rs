//! The kernels for memory that is not ordinary: each of their loops accesses memory by the instructions that are listed here, and by no other.

use super::listing::{Function, Instruction};
use super::step::Step;

/// A function, and the accesses of each of its loops, in order: instructions, and how many there are.
pub(crate) struct Loops {
    pub(crate) path: &'static str,
    loops: &'static [&'static [(&'static str, usize)]],
}

/// A snapshot, and what is in it.
pub(crate) type File = (&'static str, &'static [Loops]);

/// Units of a width: one load and one store. On x86 they have the same name.
const UNITS_X86: [Loops; 3] = [
    Loops { path: "memcpy_streaming_x86::units::copy_u8", loops: &[&[("movb", 2)]] },
    Loops { path: "memcpy_streaming_x86::units::copy_u16", loops: &[&[("movw", 2)]] },
    Loops { path: "memcpy_streaming_x86::units::copy_u32", loops: &[&[("movl", 2)]] },
];
const UNITS_X86_64: [Loops; 4] = {
    let [one, two, four] = UNITS_X86;
    [one, two, four, Loops { path: "memcpy_streaming_x86::units::copy_u64", loops: &[&[("movq", 2)]] }]
};
const UNITS_ARM: &[Loops] = &[
    Loops { path: "memcpy_streaming_arm::units::copy_u8", loops: &[&[("ldrb", 1), ("strb", 1)]] },
    Loops { path: "memcpy_streaming_arm::units::copy_u16", loops: &[&[("ldrh", 1), ("strh", 1)]] },
    Loops { path: "memcpy_streaming_arm::units::copy_u32", loops: &[&[("ldr", 1), ("str", 1)]] },
    Loops { path: "memcpy_streaming_arm::units::copy_u64", loops: &[&[("ldr", 1), ("str", 1)]] },
];

const FLUSH_X86: &[Loops] = &[
    Loops { path: "memcpy_streaming_x86::flush::clwb", loops: &[&[("clwb", 1)]] },
    Loops { path: "memcpy_streaming_x86::flush::clflushopt", loops: &[&[("clflushopt", 1)]] },
    Loops { path: "memcpy_streaming_x86::flush::clflush", loops: &[&[("clflush", 1)]] },
];
const FLUSH_ARM: &[Loops] = &[
    Loops { path: "memcpy_streaming_arm::flush::cvap", loops: &[&[("dc", 1)]] },
    Loops { path: "memcpy_streaming_arm::flush::cvac", loops: &[&[("dc", 1)]] },
];

/// A loop of a few lines, and one of a line.
const LOADS_64: Loops = Loops {
    path: "memcpy_streaming_x86::loads::load_lines_64",
    loops: &[&[("vmovntdqa", 4), ("vmovdqu64", 4)], &[("vmovntdqa", 1), ("vmovdqu64", 1)]],
};
const LOADS_32: Loops = Loops {
    path: "memcpy_streaming_x86::loads::load_lines_32",
    loops: &[&[("vmovntdqa", 8), ("vmovdqu", 8)], &[("vmovntdqa", 2), ("vmovdqu", 2)]],
};
const LOADS_16: &str = "memcpy_streaming_x86::loads::load_lines_16";
const LOADS_X86_64: &[Loops] = &[
    LOADS_64,
    LOADS_32,
    Loops { path: LOADS_16, loops: &[&[("movntdqa", 16), ("movups", 16)], &[("movntdqa", 4), ("movups", 4)]] },
];
/// There are half as many registers.
const LOADS_I686: &[Loops] = &[
    LOADS_64,
    LOADS_32,
    Loops { path: LOADS_16, loops: &[&[("movntdqa", 8), ("movups", 8)], &[("movntdqa", 4), ("movups", 4)]] },
];
const LOADS_ARM: &[Loops] = &[
    Loops { path: "memcpy_streaming_arm::loads::load_lines_16", loops: &[&[("ldnp", 2), ("stp", 2)]] },
    Loops { path: "memcpy_streaming_arm::loads::load_lines_8", loops: &[&[("ldnp", 4), ("stp", 4)]] },
];

/// The files of a target.
pub(crate) fn files(triple: &str) -> &'static [File] {
    match triple {
        "x86_64-unknown-linux-gnu" => &[("loads", LOADS_X86_64), ("units", &UNITS_X86_64), ("flush", FLUSH_X86)],
        "x86_64-unknown-none" => &[("units", &UNITS_X86_64), ("flush", FLUSH_X86)],
        "i686-unknown-linux-gnu" => &[("loads", LOADS_I686), ("units", &UNITS_X86), ("flush", FLUSH_X86)],
        "aarch64-unknown-linux-gnu" => &[("loads", LOADS_ARM), ("units", UNITS_ARM), ("flush", FLUSH_ARM)],
        _ => &[],
    }
}

/// Checks the loops of a function.
pub(crate) fn check(function: &Function, rule: &Loops) -> Result<(), String> {
    let mut expected = rule.loops.iter();
    for (end, last) in function.instructions() {
        let Some(start) = function.label(last.last_operand()).filter(|start| *start < end) else { continue };
        let body: Vec<_> = function.instructions().filter(|(i, _)| (start..end).contains(i)).map(|(_, i)| i).collect();
        let Some(accesses) = expected.next() else { return Err("a loop more than there should be".to_string()) };
        if let Some(call) = body.iter().find(|i| matches!(Step::of(i), Step::Call(_) | Step::Leave(_))) {
            return Err(format!("`{call}` in a loop"));
        }
        let found: Vec<_> = body.iter().filter(|i| accesses_memory(i)).map(|i| &*i.name).collect();
        let listed = accesses.iter().flat_map(|(name, count)| std::iter::repeat_n(*name, *count));
        if !listed.clone().eq(found.iter().copied()) {
            return Err(format!("{} in a loop instead of {}", found.join(", "), listed.collect::<Vec<_>>().join(", ")));
        }
    }
    if expected.next().is_some() { Err("a loop less than there should be".to_string()) } else { Ok(()) }
}

fn accesses_memory(instruction: &Instruction) -> bool {
    instruction.operands.contains(['(', '[']) || instruction.name == "dc"
}

#[cfg(test)]
mod tests {
    use super::super::listing;
    use super::*;

    fn checked(body: &str) -> Result<(), String> {
        let text = format!("\t.type\tdemo,@function\ndemo:\n{body}\t.size\tdemo, 1\n");
        let rule = Loops { path: "demo", loops: &[&[("movb", 2)]] };
        check(&listing::functions(text.as_bytes())[0], &rule)
    }

    #[test]
    fn a_loop_has_its_accesses_and_no_others() {
        let copy = ".Ltmp0:\n\tmovb\t(%rsi), %al\n\tmovb\t%al, (%rdi)\n\tincq\t%rdi\n\tjne\t.Ltmp0\n\tretq\n";
        assert_eq!(checked(copy), Ok(()));
        let twice = copy.replace("\tincq", "\tmovb\t%al, (%rdi)\n\tincq");
        assert_eq!(checked(&twice).unwrap_err(), "movb, movb, movb in a loop instead of movb, movb");
        let wider = copy.replace("movb\t%al", "movl\t%eax");
        assert!(checked(&wider).unwrap_err().contains("movb, movl in a loop"));
        assert!(checked(&copy.replace("incq\t%rdi", "callq\tmemcpy")).unwrap_err().contains("callq"));
        assert!(checked("\tretq\n").unwrap_err().contains("a loop less"));
        assert!(checked(&format!("{copy}{}", copy.replace(".Ltmp0", ".Ltmp1"))).unwrap_err().contains("a loop more"));
    }
}
