//! What an instruction reads and writes, by its operands: those of x86 in AT&T's order, those of Arm, and those of RISC-V.

use super::listing::Instruction;

/// Bytes in a line.
pub(super) const LINE: i64 = 64;

/// Bytes of the shortest vector of those whose length only the CPU knows.
const VECTOR: i64 = 16;

/// A memory operand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) base: String,
    pub(super) offset: i64,
}

/// An access to memory.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) place: Place,
    pub(super) width: i64,
}

/// What a streaming instruction, or any other that stores, writes.
pub(super) fn store(instruction: &Instruction) -> Option<Access> {
    let name = &*instruction.name;
    let parts = split(&instruction.operands);
    if name.starts_with("st") && instruction.operands.contains('[') {
        // A predicate is no register with data.
        let registers = parts[..parts.len().saturating_sub(1)].iter().filter(|register| !register.starts_with('p'));
        return Some(Access { place: place(parts.last()?)?, width: registers.map(|r| register_width(r)).sum() });
    }
    if let ("sb" | "sh" | "sw" | "sd", [_, to]) = (name, &parts[..]) {
        let width = ["sb", "sh", "sw", "sd"].iter().position(|store| *store == name)?;
        return Some(Access { place: place(to)?, width: 1 << width });
    }
    if name == "clzero" {
        return Some(Access { place: Place { base: "%rax".to_string(), offset: 0 }, width: LINE });
    }
    if name == "movdir64b" {
        return Some(Access { place: Place { base: (*parts.get(1)?).to_string(), offset: 0 }, width: LINE });
    }
    let (from, to) = (parts.first()?, parts.get(1)?);
    let is_move = name.starts_with("mov") || name.starts_with("vmov");
    (is_move && to.contains('(')).then(|| Some(Access { place: place(to)?, width: register_width(from) }))?
}

/// Bytes that an instruction loads at once; a pair of registers counts as two.
pub(super) fn load_width(instruction: &Instruction) -> Option<i64> {
    let name = &*instruction.name;
    let parts = split(&instruction.operands);
    if name.starts_with("ld") {
        return Some(register_width(parts.first()?));
    }
    let is_load = parts.len() >= 2 && parts[0].contains('(') && !name.starts_with("prefetch");
    if !is_load {
        return None;
    }
    Some(match name {
        "movq" | "vmovq" | "movhps" | "vmovhps" => 8,
        "movdir64b" => LINE,
        _ => register_width(parts[1]),
    })
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
fn place(operand: &str) -> Option<Place> {
    if let Some(inner) = operand.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let (base, offset) = inner.split_once(',').unwrap_or((inner, "#0"));
        // Lengths of a vector, as the shortest ones are.
        let (offset, unit) = offset.split_once(", mul vl").map_or((offset, 1), |(offset, _)| (offset, VECTOR));
        let offset: i64 = offset.trim().strip_prefix('#')?.parse().ok()?;
        return Some(Place { base: base.to_string(), offset: offset * unit });
    }
    let (offset, base) = operand.strip_suffix(')')?.split_once('(')?;
    let offset = if offset.is_empty() { 0 } else { offset.parse().ok()? };
    (!base.contains(',')).then(|| Place { base: base.to_string(), offset })
}

/// Bytes of a register, by its name.
fn register_width(register: &str) -> i64 {
    if register.starts_with('{') {
        return VECTOR;
    }
    match register.strip_prefix('%') {
        Some(name) if name.starts_with("zmm") => 64,
        Some(name) if name.starts_with("ymm") => 32,
        Some(name) if name.starts_with("xmm") => 16,
        Some(name) if name.starts_with('e') || name.starts_with('r') && name.ends_with('d') => 4,
        Some(name) if name.starts_with('r') && !name.ends_with(['b', 'w']) => 8,
        Some(name) if name.ends_with(['l', 'b', 'h']) => 1,
        Some(_) => 2,
        None => match register.as_bytes().first() {
            Some(b'q' | b'v') => 16,
            Some(b'x' | b'd') => 8,
            Some(b'w' | b's') => 4,
            Some(b'h') => 2,
            _ => 1,
        },
    }
}

/// `to = from + by`: an addition of a constant, or an address that is computed.
pub(super) fn addition(instruction: &Instruction) -> Option<(String, String, i64)> {
    let name = &*instruction.name;
    let parts = split(&instruction.operands);
    let number = |text: &str| text.strip_prefix(['$', '#']).unwrap_or(text).parse::<i64>().ok();
    match (name, &parts[..]) {
        ("addq" | "addl", [by, to]) => Some((to.to_string(), to.to_string(), number(by)?)),
        ("subq" | "subl", [by, to]) => Some((to.to_string(), to.to_string(), -number(by)?)),
        ("leaq" | "leal", [from, to]) => {
            let Place { base, offset } = place(from)?;
            Some((to.to_string(), base, offset))
        }
        ("movq" | "movl", [from, to]) if from.starts_with('%') && to.starts_with('%') => {
            Some((to.to_string(), from.to_string(), 0))
        }
        ("add" | "addi", [to, from, by]) => Some((to.to_string(), from.to_string(), number(by)?)),
        ("mov", [to, from]) if from.starts_with('x') => Some((to.to_string(), from.to_string(), 0)),
        _ => None,
    }
}
