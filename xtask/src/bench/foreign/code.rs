//! What the bulk loops are like, from the assembly that `cargo xtask asm` checks and keeps.

use std::fs;
use std::path::Path;

use memcpy_streaming::Backend;

use super::super::results::Code;
use crate::asm::is_streaming;

/// Bytes of a line.
const LINE: f64 = 64.0;

/// The loops of a backend on a target; none where no assembly is kept, or no loop is ours.
pub(super) fn of(workspace: &Path, triple: &str, backend: Backend) -> Vec<Code> {
    let file = workspace.join("memcpy-streaming/asm").join(triple).join(format!("{backend}.s"));
    fs::read_to_string(file).map_or_else(|_| Vec::new(), |text| loops(&text))
}

/// The loop that streams of each function that has one, and of others the instructions that move any number of lines.
fn loops(text: &str) -> Vec<Code> {
    let mut codes = Vec::new();
    let functions = text.split("# memcpy_streaming").skip(1);
    for (name, body) in functions.filter_map(|function| function.split_once('\n')) {
        let lines: Vec<_> = body.lines().collect();
        let name = name.trim_start_matches(|c: char| c != ':').trim_start_matches(':');
        let mut rounds = (0..lines.len()).filter_map(|end| round(&lines, end)).filter(|round| stores(round) > 0);
        codes.extend(rounds.find_map(|round| code(name, round)).or_else(|| whole(name, stores(&lines))));
    }
    codes
}

/// The lines from a label to the jump back to it that is line `end`.
fn round<'a>(lines: &'a [&'a str], end: usize) -> Option<&'a [&'a str]> {
    let target = lines[end].split_whitespace().last()?;
    let label = format!("{target}:");
    let start = lines[..end].iter().position(|line| *line == label)?;
    Some(&lines[start..=end])
}

/// How many instructions stream.
fn stores(lines: &[&str]) -> usize {
    lines.iter().filter_map(|line| instruction(line)).filter(|(name, _)| is_streaming(name)).count()
}

/// Instructions without a loop over lines around them, which are as many for one as for all.
fn whole(function: &str, instructions: usize) -> Option<Code> {
    let (function, count) = (function.to_string(), instructions as f64);
    (instructions > 0).then_some(Code { function, instructions: count, streaming_stores: count })
}

fn code(function: &str, round: &[&str]) -> Option<Code> {
    let instructions: Vec<_> = round.iter().filter_map(|line| instruction(line)).collect();
    // The destination moves on by what a round writes; what counts rounds goes down.
    let added = instructions.iter().rev().filter(|(name, _)| name.starts_with("add")).filter_map(|(_, operands)| {
        operands.split([',', ' ']).find_map(|operand| operand.trim_start_matches(['$', '#']).parse::<f64>().ok())
    });
    let bytes = { added }.find(|bytes| *bytes > 0.0)?;
    Some(Code {
        function: function.to_string(),
        instructions: instructions.len() as f64 * LINE / bytes,
        streaming_stores: stores(round) as f64 * LINE / bytes,
    })
}

/// Name and operands; None for labels and directives.
fn instruction(line: &str) -> Option<(&str, &str)> {
    let text = line.strip_prefix('\t')?;
    if text.starts_with(['.', '#']) {
        return None;
    }
    Some(text.split_once('\t').unwrap_or((text, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARM: &str = "# memcpy_streaming_arm::neon::copy_lines\n\tcbz\tx2, .L1\n.L0:\n\t#APP\n\tldp\tq0, q1, [x1]\n\tstnp\tq0, q1, [x0]\n\
        \tadd\tx1, x1, #32\n\tadd\tx0, x0, #32\n\tsubs\tx2, x2, #1\n\tb.ne\t.L0\n.L1:\n\t#NO_APP\n\tret\n\
        # memcpy_streaming_arm::neon::straight\n\tstnp\tq0, q1, [x0]\n\tret\n";

    #[test]
    fn a_loop_is_counted_for_a_line() {
        let codes = loops(ARM);
        let code = |function: &str, instructions, streaming_stores| Code {
            function: function.to_string(),
            instructions,
            streaming_stores,
        };
        assert_eq!(codes, [code("neon::copy_lines", 12.0, 2.0), code("neon::straight", 1.0, 1.0)]);
    }

    #[test]
    fn the_assembly_that_is_kept() {
        let workspace = crate::cargo::workspace();
        for (triple, backend, copy, stores) in [
            ("x86_64-unknown-linux-gnu", Backend::Avx2, 9.0, 2.0),
            ("x86_64-unknown-linux-gnu", Backend::Movnti, 21.0, 8.0),
            ("aarch64-unknown-linux-gnu", Backend::Neon, 9.0, 2.0),
            ("aarch64-unknown-linux-gnu", Backend::Sve, 13.0, 4.0),
            ("aarch64-unknown-linux-gnu", Backend::Mops, 3.0, 3.0),
            ("riscv64gc-unknown-linux-gnu", Backend::Zihintntl, 28.0, 8.0),
            ("s390x-unknown-linux-gnu", Backend::Mvcl, 1.0, 1.0),
        ] {
            let codes = of(&workspace, triple, backend);
            let found = codes.iter().find(|code| code.function.ends_with("copy_lines")).unwrap();
            assert_eq!((found.instructions, found.streaming_stores), (copy, stores), "{backend}");
        }
        assert!(of(&workspace, "s390x-unknown-linux-gnu", Backend::Portable).is_empty());
    }
}
