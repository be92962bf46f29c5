//! Assembly as text that is committed: the same for the same code, whatever the labels were called.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::listing::{self, Function, Instruction, Line};

/// The text of some functions.
pub(crate) fn text(functions: &[&Function]) -> String {
    let mut text = String::new();
    for function in functions {
        if !text.is_empty() {
            text.push('\n');
        }
        write_function(&mut text, function);
    }
    text
}

fn write_function(text: &mut String, function: &Function) {
    // Only labels that something refers to, numbered as they come.
    let is_used = |label: &str| function.instructions().any(|(_, i)| labels(&i.operands).any(|used| used == label));
    let used = function.lines.iter().filter_map(|line| match line {
        Line::Label(label) if is_used(label) => Some(&**label),
        _ => None,
    });
    let names: HashMap<_, _> = used.enumerate().map(|(i, label)| (label, format!(".L{i}"))).collect();
    let _ = writeln!(text, "# {}", function.path);
    let mut inside = false;
    for line in &function.lines {
        match line {
            Line::Label(label) => {
                if let Some(name) = names.get(&**label) {
                    let _ = writeln!(text, "{name}:");
                }
            }
            Line::Instruction(Instruction { name, operands, inline }) => {
                if *inline != inside {
                    text.push_str(if *inline { "\t#APP\n" } else { "\t#NO_APP\n" });
                    inside = *inline;
                }
                let operands = labels(operands).fold(operands.clone(), |operands, label| match names.get(label) {
                    Some(name) => operands.replace(label, name),
                    None => operands,
                });
                let line = format!("\t{name}\t{operands}");
                let _ = writeln!(text, "{}", line.trim_end());
            }
        }
    }
    if inside {
        text.push_str("\t#NO_APP\n");
    }
}

/// The labels in an instruction's operands.
fn labels(operands: &str) -> impl Iterator<Item = &str> {
    operands.split([',', ' ']).filter(|word| word.starts_with(".L"))
}

/// What a snapshot's text says of each function: its path, and the instructions that must stay.
pub(crate) fn parse(text: &str) -> Vec<(String, Vec<String>)> {
    let mut functions: Vec<(String, Vec<String>)> = Vec::new();
    let mut inline = false;
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("# ") {
            functions.push((path.to_string(), Vec::new()));
        }
        match line.trim() {
            "#APP" => inline = true,
            "#NO_APP" => inline = false,
            _ => {
                let instruction = listing::read(line, inline);
                if let (Some(Line::Instruction(instruction)), Some((_, kept))) = (instruction, functions.last_mut()) {
                    kept.extend(skeleton(&instruction));
                }
            }
        }
    }
    functions
}

/// An instruction that was written as assembly, without the names of registers and labels, which are the compiler's choice.
/// None: the compiler chose the instruction too.
pub(crate) fn skeleton(instruction: &Instruction) -> Option<String> {
    if !instruction.inline {
        return None;
    }
    let mut skeleton = instruction.name.clone() + " ";
    let mut word = String::new();
    for c in instruction.operands.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || "%.#_$-".contains(c) {
            word.push(c);
        } else {
            skeleton += &class(&word);
            skeleton.push(c);
            word.clear();
        }
    }
    Some(skeleton.trim_end().to_string())
}

/// A register by its size; a label as such; anything else as it is.
fn class(word: &str) -> String {
    if word.starts_with(".L") {
        return "LABEL".to_string();
    }
    if let Some(name) = word.strip_prefix('%') {
        let vector = ["xmm", "ymm", "zmm"].into_iter().find(|class| name.starts_with(class));
        let class = vector.unwrap_or(match name {
            _ if name.starts_with('e') || name.starts_with('r') && name.ends_with('d') => "r32",
            _ if name.starts_with('r') && !name.ends_with(['b', 'w']) => "r64",
            _ if name.ends_with(['l', 'b', 'h']) => "r8",
            _ => "r16",
        });
        return format!("%{class}");
    }
    // Arm: a letter and a number, perhaps with a lane.
    let (letter, rest) = word.split_at(word.len().min(1));
    let (number, lane) = rest.split_once('.').map_or((rest, None), |(number, lane)| (number, Some(lane)));
    let is_register = ["x", "w", "q", "d", "s", "v"].contains(&letter) && number.parse::<u8>().is_ok();
    match lane {
        _ if !is_register => word.to_string(),
        Some(lane) => format!("{letter}N.{lane}"),
        None => format!("{letter}N"),
    }
}

/// How the code differs from its snapshot in what must stay.
pub(crate) fn difference(snapshot: &str, functions: &[&Function]) -> Option<String> {
    let kept = parse(snapshot);
    for function in functions {
        let Some((_, old)) = kept.iter().find(|(path, _)| *path == function.path) else {
            return Some(format!("{} is not in the snapshot", function.path));
        };
        let new: Vec<_> = function.instructions().filter_map(|(_, instruction)| skeleton(instruction)).collect();
        if let Some(at) = (0..old.len().max(new.len())).find(|&i| old.get(i) != new.get(i)) {
            let show = |side: &[String]| side.get(at).map_or("nothing".to_string(), |line| format!("`{line}`"));
            return Some(format!("{}: {} is now {}", function.path, show(old), show(&new)));
        }
    }
    let gone = kept.iter().find(|(path, _)| !functions.iter().any(|function| function.path == *path));
    gone.map(|(path, _)| format!("{path} is in the snapshot only"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(text: &str) -> Function {
        let text = format!("\t.type\tdemo,@function\ndemo:\n{text}\t.size\tdemo, 1\n");
        listing::functions(text.as_bytes()).swap_remove(0)
    }

    const LOOP: &str = "\ttestq\t%rdx, %rdx\n\tje\t.LBB30_2\n\t#APP\n\n.Ltmp15:\n\tvmovdqu\t32(%rsi), %ymm1\n\
        \tvmovntdq\t%ymm1, 32(%rdi)\n\tjne\t.Ltmp15\n\n\t#NO_APP\n.LBB30_2:\n.Ltmp16:\n\tretq\n";

    #[test]
    fn labels_get_numbers_and_the_rest_stays() {
        assert_eq!(
            text(&[&function(LOOP)]),
            "# demo\n\ttestq\t%rdx, %rdx\n\tje\t.L1\n.L0:\n\t#APP\n\tvmovdqu\t32(%rsi), %ymm1\n\
             \tvmovntdq\t%ymm1, 32(%rdi)\n\tjne\t.L0\n.L1:\n\t#NO_APP\n\tretq\n"
        );
    }

    #[test]
    fn registers_and_the_compilers_instructions_may_change() {
        let snapshot = text(&[&function(LOOP)]);
        let other =
            LOOP.replace("%ymm1", "%ymm7").replace("%rdi", "%r10").replace("testq\t%rdx, %rdx", "cmpq\t$0, %rdx");
        assert_eq!(difference(&snapshot, &[&function(&other)]), None);
    }

    #[test]
    fn a_lost_or_narrowed_store_may_not() {
        let snapshot = text(&[&function(LOOP)]);
        let lost = LOOP.replace("\tvmovntdq\t%ymm1, 32(%rdi)\n", "");
        let said = difference(&snapshot, &[&function(&lost)]).unwrap();
        assert_eq!(said, "demo: `vmovntdq %ymm, 32(%r64)` is now `jne LABEL`");
        for other in
            [LOOP.replace("%ymm", "%xmm"), LOOP.replace("32(%rdi)", "(%rdi)"), LOOP.replace("vmovntdq", "vmovdqa")]
        {
            assert!(difference(&snapshot, &[&function(&other)]).is_some());
        }
    }

    #[test]
    fn arms_registers() {
        for (word, expected) in
            [("q1", "qN"), ("x10", "xN"), ("v2.d", "vN.d"), ("#32", "#32"), ("zva", "zva"), ("ishst", "ishst")]
        {
            assert_eq!(class(word), expected);
        }
    }
}
