//! What an instruction reads and writes, by its operands: those of x86 in AT&T's order, those of Arm, and those of RISC-V.

use super::listing::Instruction;

pub(super) const LINE: i64 = 64;

/// Bytes of the shortest vector of those whose length only the CPU knows.
const VECTOR: i64 = 16;

/// Where a streaming instruction, or any other that stores, writes: a register, an offset to it, and how many bytes.
pub(super) fn store(instruction: &Instruction) -> Option<(&str, i64, i64)> {
    let ((base, offset), width) = match (&*instruction.name, &split(&instruction.operands)[..]) {
        // A predicate is no register with data.
        (name, [registers @ .., to]) if name.starts_with("st") && to.starts_with('[') => {
            (place(to)?, registers.iter().filter(|it| !it.starts_with('p')).map(|it| register_width(it)).sum())
        }
        ("sb", [_, to]) => (place(to)?, 1),
        ("sh", [_, to]) => (place(to)?, 2),
        ("sw", [_, to]) => (place(to)?, 4),
        ("sd", [_, to]) => (place(to)?, 8),
        ("clzero", _) => (("%rax", 0), LINE),
        ("movdir64b", [_, to]) => ((*to, 0), LINE),
        (name, [from, to, ..]) if name.trim_start_matches('v').starts_with("mov") && to.contains('(') => {
            (place(to)?, register_width(from))
        }
        _ => return None,
    };
    Some((base, offset, width))
}

/// Whether an instruction loads more than a word at once; a pair of registers is two loads.
pub(super) fn is_wide_load(instruction: &Instruction) -> bool {
    match (&*instruction.name, &split(&instruction.operands)[..]) {
        ("movdir64b", _) => true,
        ("movq" | "vmovq" | "movhps" | "vmovhps", _) => false,
        (name, [to, ..]) if name.starts_with("ld") => register_width(to) > 8,
        (name, [from, to, ..]) => from.contains('(') && !name.starts_with("prefetch") && register_width(to) > 8,
        _ => false,
    }
}

/// Operands, cut at the commas outside of brackets.
pub(super) fn split(operands: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = operands.split(move |c: char| {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        c == ',' && depth == 0
    });
    parts.map(str::trim).collect()
}

/// `32(%rdi)`, `(%rdi)`, `[x0, #32]`, `[x0]`.
fn place(operand: &str) -> Option<(&str, i64)> {
    if let Some(inner) = operand.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let (base, offset) = inner.split_once(',').unwrap_or((inner, "#0"));
        // Lengths of a vector, as the shortest ones are.
        let (offset, unit) = offset.split_once(", mul vl").map_or((offset, 1), |(offset, _)| (offset, VECTOR));
        return Some((base, unit * number(offset.trim())?));
    }
    let (offset, base) = operand.strip_suffix(')')?.split_once('(')?;
    let offset = if offset.is_empty() { 0 } else { number(offset)? };
    (!base.contains(',')).then_some((base, offset))
}

fn number(text: &str) -> Option<i64> {
    text.trim_start_matches(['$', '#']).parse().ok()
}

/// Bytes of a register, by its name.
pub(super) fn register_width(register: &str) -> i64 {
    match register.strip_prefix('%') {
        Some(name) if name.starts_with("zmm") => 64,
        Some(name) if name.starts_with("ymm") => 32,
        Some(name) if name.starts_with("xmm") => 16,
        Some(name) if name.starts_with('e') || name.starts_with('r') && name.ends_with('d') => 4,
        Some(name) if name.starts_with('r') && !name.ends_with(['b', 'w']) => 8,
        Some(name) if name.ends_with(['l', 'b', 'h']) => 1,
        Some(_) => 2,
        None => match register.as_bytes().first() {
            Some(b'{') => VECTOR,
            Some(b'q' | b'v') => 16,
            Some(b'x' | b'd') => 8,
            Some(b'w' | b's') => 4,
            Some(b'h') => 2,
            _ => 1,
        },
    }
}

/// `to = from + by`: an addition of a constant, or an address that is computed.
pub(super) fn addition(instruction: &Instruction) -> Option<(&str, &str, i64)> {
    match (&*instruction.name, &split(&instruction.operands)[..]) {
        ("addq" | "addl", [by, to]) => Some((to, to, number(by)?)),
        ("subq" | "subl", [by, to]) => Some((to, to, -number(by)?)),
        ("leaq" | "leal", [from, to]) => place(from).map(|(base, offset)| (*to, base, offset)),
        ("movq" | "movl", [from, to]) if from.starts_with('%') && to.starts_with('%') => Some((to, from, 0)),
        ("add" | "addi", [to, from, by]) => Some((to, from, number(by)?)),
        ("mov", [to, from]) if from.starts_with('x') => Some((to, from, 0)),
        _ => None,
    }
}
