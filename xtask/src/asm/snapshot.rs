//! Assembly as text that is committed: the same for the same code, whatever the labels were called.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::cargo::workspace;

use super::access::register_width;
use super::listing::{self, Function, Instruction};

pub(super) fn path(triple: &str, name: &str) -> PathBuf {
    workspace().join("memcpy-streaming/asm").join(triple).join(format!("{name}.s"))
}

/// The functions that are kept of a target: none where there is no such file.
pub(crate) fn functions(triple: &str, name: &str) -> Vec<Function> {
    let text = fs::read_to_string(path(triple, name)).unwrap_or_default();
    let functions = text.split("# ").skip(1).filter_map(|function| function.split_once('\n'));
    functions.map(|(path, body)| Function::new(path, body)).collect()
}

/// Adds a function to the text. Only labels that something refers to stay, numbered as they come.
pub(super) fn write(text: &mut String, function: &Function) {
    let used: Vec<_> = function.instructions.iter().flat_map(|it| labels(&it.operands)).collect();
    let in_order = function.labels.iter().filter(|(label, _)| used.contains(&&**label));
    let names: Vec<_> = in_order.zip(0..).map(|((label, at), i)| (&**label, *at, format!(".L{i}"))).collect();
    let between = if text.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{between}# {}", function.path);
    let mut inside = false;
    for (at, Instruction { name, operands, inline }) in function.instructions() {
        for (_, _, label) in names.iter().filter(|(_, place, _)| *place == at) {
            let _ = writeln!(text, "{label}:");
        }
        if *inline != inside {
            text.push_str(if *inline { "\t#APP\n" } else { "\t#NO_APP\n" });
            inside = *inline;
        }
        let mut line = format!("\t{name}\t{operands}");
        for label in labels(operands) {
            if let Some((.., name)) = names.iter().find(|(old, ..)| *old == label) {
                line = line.replace(label, name);
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if inside {
        text.push_str("\t#NO_APP\n");
    }
}

fn labels(operands: &str) -> impl Iterator<Item = &str> {
    operands.split([',', ' ']).filter(|word| word.starts_with(".L"))
}

/// How a text differs from the one that was kept, in what must stay.
pub(super) fn difference(kept: &str, now: &str) -> Option<String> {
    let (kept, now) = (skeleton(kept), skeleton(now));
    let at = (0..kept.len().max(now.len())).find(|&i| kept.get(i) != now.get(i))?;
    let show = |side: &[String]| side.get(at).map_or("nothing".to_string(), |line| format!("`{line}`"));
    let function = kept[..at].iter().rev().find_map(|line| line.strip_prefix("# ")).unwrap_or("at the beginning");
    Some(format!("{function}: {} is now {}", show(&kept), show(&now)))
}

/// The functions' names, and the instructions that were written as assembly without the names of registers and labels: those
/// are the compiler's choice, as are all other instructions.
fn skeleton(text: &str) -> Vec<String> {
    let mut skeleton = Vec::new();
    let mut inline = false;
    for line in text.lines() {
        match line.trim() {
            "#APP" => inline = true,
            "#NO_APP" => inline = false,
            name if name.starts_with("# ") => skeleton.push(name.to_string()),
            _ if inline => skeleton.extend(listing::read(line, inline).map(|it| classes(&it))),
            _ => {}
        }
    }
    skeleton
}

/// An instruction with each register's class in the place of its name.
fn classes(instruction: &Instruction) -> String {
    let is_separator = |c: char| !c.is_ascii_alphanumeric() && !"%.#_$-".contains(c);
    let words = instruction.operands.split_inclusive(is_separator);
    let operands = words.map(|part| {
        let word = part.trim_end_matches(is_separator);
        class(word) + &part[word.len()..]
    });
    format!("{} {}", instruction.name, operands.collect::<String>()).trim_end().to_string()
}

/// A register by its size; a label as such; anything else as it is.
fn class(word: &str) -> String {
    // Arm: a letter and a number, perhaps with a lane.
    let (letter, rest) = word.split_at(word.len().min(1));
    let (number, lane) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    match letter {
        "." if rest.starts_with('L') => "LABEL".to_string(),
        "%" => format!("%r{}", 8 * register_width(word)),
        "x" | "w" | "q" | "d" | "s" | "v" if number.parse::<u8>().is_ok() => format!("{letter}N{lane}"),
        _ => word.to_string(),
    }
}

#[test]
fn registers_may_change_and_stores_may_not() {
    const LOOP: &str = "testq %rdx, %rdx; je .LBB30_2; #APP; .Ltmp15:; vmovdqu 32(%rsi), %ymm1\t# a comment; \
        vmovntdq %ymm1, 32(%rdi); stp q1, x2, [x0]; jne .Ltmp15; #NO_APP; .LBB30_2:; .Ltmp16:; retq";
    let text = |body: &str| {
        let mut text = String::new();
        write(&mut text, &listing::example("demo", body));
        text
    };
    let kept = "# demo\n\ttestq\t%rdx, %rdx\n\tje\t.L1\n.L0:\n\t#APP\n\tvmovdqu\t32(%rsi), %ymm1\n\tvmovntdq\t%ymm1, 32(%rdi)\n\
        \tstp\tq1, x2, [x0]\n\tjne\t.L0\n.L1:\n\t#NO_APP\n\tretq\n";
    assert_eq!(text(LOOP), kept);
    for (from, to, why) in [
        ("%ymm1", "%ymm7", ""),
        ("%rdi", "%r10", ""),
        ("testq %rdx, %rdx", "cmpq $0, %rdx", ""),
        ("q1, x2", "q7, x9", ""),
        ("vmovntdq %ymm1, 32(%rdi); ", "", "demo: `vmovntdq %r256, 32(%r64)` is now `stp qN, xN, [xN]`"),
        ("%ymm1, 32", "%xmm1, 32", "demo: `vmovntdq %r256, 32(%r64)` is now `vmovntdq %r128, 32(%r64)`"),
        ("q1, x2", "q1, w2", "demo: `stp qN, xN, [xN]` is now `stp qN, wN, [xN]`"),
        ("32(%rdi)", "(%rdi)", "demo: `vmovntdq %r256, 32(%r64)` is now `vmovntdq %r256, (%r64)`"),
        ("vmovntdq", "vmovdqa", "demo: `vmovntdq %r256, 32(%r64)` is now `vmovdqa %r256, 32(%r64)`"),
    ] {
        assert_eq!(difference(kept, &text(&LOOP.replace(from, to))).unwrap_or_default(), why);
    }
    let more = format!("{kept}\n# more\n\tretq\n");
    assert_eq!(difference(kept, &more).as_deref(), Some("demo: nothing is now `# more`"));
    assert_eq!(difference(&more, kept).as_deref(), Some("demo: `# more` is now nothing"));
    assert_eq!(["v2.d", "#32", "zva", "ishst"].map(class), ["vN.d", "#32", "zva", "ishst"]);
}
