//! What the kernels must be: loops that stream whole lines, and straight lines that stream a record.

use std::collections::BTreeMap;

use super::listing::{Function, Instruction, Line};

/// Bytes in a line.
const LINE: i64 = 64;

/// What a function must be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Its path in Rust.
    pub(crate) path: &'static str,
    /// The instruction that streams, and how many bytes it writes.
    pub(crate) store: &'static str,
    pub(crate) width: i64,
    pub(crate) loads: Loads,
}

/// What a copy of constant size must be like.
#[derive(Debug)]
pub(crate) struct Fixed {
    /// The streaming stores, and how many bytes each writes.
    pub(crate) stores: &'static [(&'static str, i64)],
    /// What is left of a multiple of this at the end may be stored as it likes; 0: nothing may.
    pub(crate) rest: i64,
    /// The registers that the destination and the source are passed in.
    pub(crate) arguments: [&'static str; 2],
}

/// How wide the loads may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loads {
    /// As wide as the stores, in the loop.
    Bulk,
    /// Of words: the source may have been written just before.
    Words,
}

/// A memory operand.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    base: String,
    offset: i64,
}

/// An access to memory.
#[derive(Debug)]
struct Access {
    place: Place,
    width: i64,
}

/// Checks a kernel over lines: each of its loops streams a line, every byte once.
pub(crate) fn check_loops(function: &Function, rule: &Rule) -> Result<(), String> {
    let mut loops = 0;
    for (end, instruction) in function.instructions() {
        let Some(label) = instruction.operands.rsplit([',', ' ']).next().filter(|label| label.starts_with(".Ltmp"))
        else {
            continue;
        };
        let Some(start) = function.label(label).filter(|start| *start < end) else { continue };
        let body: Vec<_> = function.instructions().filter(|(i, _)| (start..end).contains(i)).map(|(_, i)| i).collect();
        if body.iter().any(|instruction| store(instruction).is_some()) {
            check_loop(&body, rule)?;
            loops += 1;
        }
    }
    if loops == 0 {
        return Err(format!("no loop with {}", rule.store));
    }
    if rule.loads == Loads::Words {
        check_words(function)?;
    }
    Ok(())
}

fn check_loop(body: &[&Instruction], rule: &Rule) -> Result<(), String> {
    let mut written = Vec::new();
    let mut base = None;
    for instruction in body {
        if is_transfer(instruction) {
            return Err(format!("`{}` in the loop", show(instruction)));
        }
        let Some(access) = store(instruction) else { continue };
        if instruction.name != rule.store || access.width != rule.width {
            let width = rule.width;
            return Err(format!("`{}` in the loop instead of {} of {width} bytes", show(instruction), rule.store));
        }
        if *base.get_or_insert(access.place.base.clone()) != access.place.base {
            return Err(format!("`{}` goes elsewhere than the stores before it", show(instruction)));
        }
        written.push((access.place.offset, access.width));
    }
    tile(&mut written, LINE)?;
    let base = base.unwrap_or_default();
    let step: i64 = body
        .iter()
        .filter_map(|instruction| addition(instruction))
        .filter(|(to, from, _)| *to == base && *from == base)
        .map(|(_, _, by)| by)
        .sum();
    if step != LINE {
        return Err(format!("the destination advances by {step} bytes a round instead of {LINE}"));
    }
    Ok(())
}

/// Checks a copy of constant size on every way through it: all of it is streamed, once, from words.
pub(crate) fn check_fixed(function: &Function, size: i64, rule: &Fixed) -> Result<(), String> {
    check_words(function)?;
    let mut ways = vec![(0, State::new(rule.arguments), Vec::new())];
    let mut ends = 0;
    while let Some((at, mut state, mut written)) = ways.pop() {
        let Some(line) = function.lines.get(at) else { return Err("a way with no end".to_string()) };
        let Line::Instruction(instruction) = line else {
            ways.push((at + 1, state, written));
            continue;
        };
        let last = instruction.operands.rsplit([',', ' ']).next().unwrap_or_default();
        if instruction.name.starts_with("ret") {
            tile(&mut written, size)?;
            ends += 1;
        } else if let Some(label) = function.label(last) {
            if label < at {
                return Err(format!("a loop: `{}`", show(instruction)));
            }
            if !["jmp", "b"].contains(&&*instruction.name) {
                ways.push((at + 1, state.clone(), written.clone()));
            }
            ways.push((label, state, written));
        } else if is_transfer(instruction) {
            return Err(format!("`{}`", show(instruction)));
        } else {
            if let Some(access) = store(instruction) {
                let (block, offset) = state.resolve(&access.place)?;
                let is_rest = rule.rest > 0 && offset >= size / rule.rest * rule.rest;
                if !is_rest && !rule.stores.contains(&(&*instruction.name, access.width)) {
                    return Err(format!("`{}` instead of {:?}", show(instruction), rule.stores));
                }
                if block != "dst" {
                    return Err(format!("`{}` writes to the source", show(instruction)));
                }
                written.push((offset, access.width));
            }
            state.step(instruction);
            ways.push((at + 1, state, written));
        }
    }
    if ends == 0 { Err("no way through it".to_string()) } else { Ok(()) }
}

/// The pieces are, one after the other, `0..len`.
fn tile(written: &mut [(i64, i64)], len: i64) -> Result<(), String> {
    written.sort_unstable();
    let mut end = 0;
    for &(offset, width) in &*written {
        if offset != end {
            let what = if offset > end { "is not written" } else { "is written twice" };
            return Err(format!("byte {} {what}", end.min(offset)));
        }
        end += width;
    }
    if end == len { Ok(()) } else { Err(format!("{end} bytes are written instead of {len}")) }
}

/// No load of more than a word in what was written as assembly.
fn check_words(function: &Function) -> Result<(), String> {
    for (_, instruction) in function.instructions().filter(|(_, instruction)| instruction.inline) {
        if let Some(width) = load_width(instruction).filter(|width| *width > 8) {
            return Err(format!("`{}` loads {width} bytes at once", show(instruction)));
        }
    }
    Ok(())
}

/// Whether an instruction leads elsewhere.
fn is_transfer(instruction: &Instruction) -> bool {
    let name = &*instruction.name;
    name.starts_with("call")
        || name.starts_with("jmp")
        || name.starts_with("ret")
        || ["b", "bl", "blr", "br"].contains(&name)
}

/// What a streaming instruction, or any other that stores, writes.
fn store(instruction: &Instruction) -> Option<Access> {
    let Instruction { name, operands, .. } = instruction;
    let parts = split(operands);
    if name.starts_with("st") && operands.contains('[') {
        let registers = &parts[..parts.len().saturating_sub(1)];
        return Some(Access { place: place(parts.last()?)?, width: registers.iter().map(|r| register_width(r)).sum() });
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
fn load_width(instruction: &Instruction) -> Option<i64> {
    let Instruction { name, operands, .. } = instruction;
    let parts = split(operands);
    if name.starts_with("ld") {
        return Some(register_width(parts.first()?));
    }
    let is_load = parts.len() >= 2 && parts[0].contains('(') && !name.starts_with("prefetch");
    if !is_load {
        return None;
    }
    Some(match name.as_str() {
        "movq" | "vmovq" | "movhps" | "vmovhps" => 8,
        "movdir64b" => LINE,
        _ => register_width(parts[1]),
    })
}

/// Operands, cut at the commas outside of brackets.
fn split(operands: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = operands.split(move |c: char| {
        depth += i32::from("([".contains(c)) - i32::from(")]".contains(c));
        c == ',' && depth == 0
    });
    parts.map(str::trim).collect()
}

/// `32(%rdi)`, `(%rdi)`, `[x0, #32]`, `[x0]`.
fn place(operand: &str) -> Option<Place> {
    if let Some(inner) = operand.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let (base, offset) = inner.split_once(',').unwrap_or((inner, "#0"));
        return Some(Place { base: base.to_string(), offset: offset.trim().strip_prefix('#')?.parse().ok()? });
    }
    let (offset, base) = operand.strip_suffix(')')?.split_once('(')?;
    let offset = if offset.is_empty() { 0 } else { offset.parse().ok()? };
    (!base.contains(',')).then(|| Place { base: base.to_string(), offset })
}

/// Bytes of a register, by its name.
fn register_width(register: &str) -> i64 {
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
fn addition(instruction: &Instruction) -> Option<(String, String, i64)> {
    let Instruction { name, operands, .. } = instruction;
    let parts = split(operands);
    let number = |text: &str| text.strip_prefix(['$', '#'])?.parse::<i64>().ok();
    match (name.as_str(), &parts[..]) {
        ("addq" | "addl", [by, to]) => Some((to.to_string(), to.to_string(), number(by)?)),
        ("subq" | "subl", [by, to]) => Some((to.to_string(), to.to_string(), -number(by)?)),
        ("leaq" | "leal", [from, to]) => {
            let Place { base, offset } = place(from)?;
            Some((to.to_string(), base, offset))
        }
        ("movq" | "movl", [from, to]) if from.starts_with('%') && to.starts_with('%') => {
            Some((to.to_string(), from.to_string(), 0))
        }
        ("add", [to, from, by]) => Some((to.to_string(), from.to_string(), number(by)?)),
        ("mov", [to, from]) if from.starts_with('x') => Some((to.to_string(), from.to_string(), 0)),
        _ => None,
    }
}

/// Which registers hold addresses in the two blocks.
#[derive(Debug, Clone)]
struct State(BTreeMap<String, (&'static str, i64)>);

impl State {
    fn new([dst, src]: [&str; 2]) -> State {
        State(BTreeMap::from([(dst.to_string(), ("dst", 0)), (src.to_string(), ("src", 0))]))
    }

    fn resolve(&self, place: &Place) -> Result<(&'static str, i64), String> {
        let (block, at) = self.0.get(&place.base).ok_or_else(|| format!("{} holds an unknown address", place.base))?;
        Ok((block, at + place.offset))
    }

    fn step(&mut self, instruction: &Instruction) {
        if let Some((to, from, by)) = addition(instruction) {
            match self.0.get(&from).copied() {
                Some((block, at)) => self.0.insert(to, (block, at + by)),
                None => self.0.remove(&to),
            };
        } else if load_width(instruction).is_some() {
            // Loaded registers hold data.
            for register in split(&instruction.operands) {
                self.0.remove(register);
            }
        }
    }
}

fn show(Instruction { name, operands, .. }: &Instruction) -> String {
    format!("{name} {operands}")
}
