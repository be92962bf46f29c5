//! What the kernels must be: loops that stream whole lines, and straight lines that stream a record.

use std::collections::BTreeMap;

use super::access::{LINE, Place, addition, load_width, split, store};
use super::listing::{Function, Instruction, Line};
use super::step::Step;

/// What a function must be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Its path in Rust.
    pub(crate) path: &'static str,
    pub(crate) body: Body,
}

/// How it moves its lines.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body {
    /// By loops over lines.
    Loops(Lines),
    /// By these instructions, once, one behind the other and on the same operands: as many lines, or blocks, as those say.
    Once(&'static [&'static str]),
}

/// What a loop over lines must be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    /// The instruction that stores, and how many bytes it writes: of vectors whose length only the CPU knows, the fewest.
    pub(crate) store: &'static str,
    pub(crate) width: i64,
    /// The hint that must stand before each store, where that is an ordinary one.
    pub(crate) hint: Option<&'static str>,
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

/// Checks a kernel.
pub(crate) fn check(function: &Function, rule: &Rule) -> Result<(), String> {
    match rule.body {
        Body::Loops(lines) => check_loops(function, &lines),
        Body::Once(sequence) => check_once(function, sequence),
    }
}

/// Each of these instructions is there once, behind the one before it, and on the same operands.
fn check_once(function: &Function, sequence: &[&str]) -> Result<(), String> {
    let all: Vec<_> = function.instructions().map(|(_, instruction)| instruction).collect();
    let is_one = |instruction: &&Instruction| sequence.contains(&&*instruction.name);
    let found: Vec<_> = all.iter().copied().filter(is_one).collect();
    let first = all.iter().position(is_one).ok_or(format!("no {}", sequence[0]))?;
    let together = &all[first..all.len().min(first + sequence.len())];
    let names: Vec<_> = together.iter().map(|instruction| &*instruction.name).collect();
    if found.len() != sequence.len() || names != sequence {
        return Err(format!("{} are not there once and together", sequence.join(", ")));
    }
    match together.iter().find(|instruction| instruction.operands != together[0].operands) {
        Some(other) => Err(format!("`{other}` is not about what `{}` is about", together[0])),
        None => Ok(()),
    }
}

/// Checks a kernel over lines: each of its loops streams a line, every byte once.
fn check_loops(function: &Function, rule: &Lines) -> Result<(), String> {
    let mut loops = 0;
    for (end, instruction) in function.instructions() {
        let label = Some(instruction.last_operand()).filter(|label| label.starts_with(".Ltmp"));
        let Some(start) = label.and_then(|label| function.label(label)).filter(|start| *start < end) else { continue };
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

fn check_loop(body: &[&Instruction], rule: &Lines) -> Result<(), String> {
    let mut written = Vec::new();
    let mut base = None;
    for (i, instruction) in body.iter().enumerate() {
        if is_transfer(instruction) {
            return Err(format!("`{instruction}` in the loop"));
        }
        let Some(access) = store(instruction) else { continue };
        if instruction.name != rule.store || access.width != rule.width {
            let width = rule.width;
            return Err(format!("`{instruction}` in the loop instead of {} of {width} bytes", rule.store));
        }
        if let Some(hint) = rule.hint
            && (i == 0 || body[i - 1].name != hint)
        {
            return Err(format!("`{instruction}` without {hint} before it"));
        }
        if *base.get_or_insert(access.place.base.clone()) != access.place.base {
            return Err(format!("`{instruction}` goes elsewhere than the stores before it"));
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
        if instruction.name.starts_with("ret") {
            tile(&mut written, size)?;
            ends += 1;
        } else if let Some(label) = function.label(instruction.last_operand()) {
            if label < at {
                return Err(format!("a loop: `{instruction}`"));
            }
            if !["jmp", "b"].contains(&&*instruction.name) {
                ways.push((at + 1, state.clone(), written.clone()));
            }
            ways.push((label, state, written));
        } else if is_transfer(instruction) {
            return Err(format!("`{instruction}`"));
        } else {
            if let Some(access) = store(instruction) {
                let (block, offset) = state.resolve(&access.place)?;
                let is_rest = rule.rest > 0 && offset >= size / rule.rest * rule.rest;
                if !is_rest && !rule.stores.contains(&(&*instruction.name, access.width)) {
                    return Err(format!("`{instruction}` instead of {:?}", rule.stores));
                }
                if block != "dst" {
                    return Err(format!("`{instruction}` writes to the source"));
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
            return Err(format!("`{instruction}` loads {width} bytes at once"));
        }
    }
    Ok(())
}

/// Whether an instruction leads elsewhere.
fn is_transfer(instruction: &Instruction) -> bool {
    matches!(Step::of(instruction), Step::Call(_) | Step::Jump(_) | Step::Leave(_) | Step::Return)
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

#[cfg(test)]
mod tests;
