//! What the bulk loops are like, from the assembly that `cargo xtask asm` checks and keeps.

use std::fs;
use std::path::Path;

use memcpy_streaming::Backend;

use super::super::results::Code;
use crate::asm::is_streaming;

const LINE: f64 = 64.0;

/// The loops of a backend on a target; none where no assembly is kept, or no loop is ours.
pub(super) fn of(workspace: &Path, triple: &str, backend: Backend) -> Vec<Code> {
    let file = workspace.join("memcpy-streaming/asm").join(triple).join(format!("{backend}.s"));
    loops(&fs::read_to_string(file).unwrap_or_default())
}

/// The loop that streams of each function that has one; of others the instructions that move any number of lines: as many for one as for
/// all.
fn loops(text: &str) -> Vec<Code> {
    let mut codes = Vec::new();
    for (name, body) in text.split("# memcpy_streaming").skip(1).filter_map(|function| function.split_once('\n')) {
        let name = name.trim_start_matches(|c: char| c != ':').trim_start_matches(':');
        let code = |instructions, streaming_stores| Code { function: name.to_string(), instructions, streaming_stores };
        let lines: Vec<_> = body.lines().collect();
        let rounds = (0..lines.len()).filter_map(|end| round(&lines, end));
        let in_loop = rounds.filter(|round| stores(round) > 0).find_map(|round| {
            let of_line = LINE / bytes(round)?;
            Some(code(instructions(round).count() as f64 * of_line, stores(round) as f64 * of_line))
        });
        let whole = stores(&lines) as f64;
        codes.extend(in_loop.or_else(|| (whole > 0.0).then(|| code(whole, whole))));
    }
    codes
}

/// The lines from a label to the jump back to it that is line `end`.
fn round<'a>(lines: &'a [&'a str], end: usize) -> Option<&'a [&'a str]> {
    let label = format!("{}:", lines[end].split_whitespace().last()?);
    let start = lines[..end].iter().position(|line| *line == label)?;
    Some(&lines[start..=end])
}

fn stores(lines: &[&str]) -> usize {
    instructions(lines).filter(|(name, _)| is_streaming(name)).count()
}

/// What a round writes: the destination moves on by it, while what counts rounds goes down.
fn bytes(round: &[&str]) -> Option<f64> {
    let additions = instructions(round).rev().filter(|(name, _)| name.starts_with("add"));
    let mut added = additions.filter_map(|(_, operands)| {
        operands.split([',', ' ']).find_map(|operand| operand.trim_start_matches(['$', '#']).parse::<f64>().ok())
    });
    added.find(|bytes| *bytes > 0.0)
}

/// Names and operands, without labels and directives.
fn instructions<'a>(lines: &'a [&'a str]) -> impl DoubleEndedIterator<Item = (&'a str, &'a str)> {
    let texts = lines.iter().filter_map(|line| line.strip_prefix('\t')).filter(|text| !text.starts_with(['.', '#']));
    texts.map(|text| text.split_once('\t').unwrap_or((text, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

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
