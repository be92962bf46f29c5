//! What functions must be like: loops that stream whole lines, straight lines that stream a record, and accesses to devices.

use std::collections::BTreeMap;
use std::iter;

use super::access::{LINE, addition, is_wide_load, split, store};
use super::listing::{Function, Instruction};
use super::step::Step;

/// Bytes from one page to the next.
const PAGE: i64 = 4096;

#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// Loops over lines: each streams a line, every byte once.
    Lines {
        /// The instruction that stores, and how many bytes it writes: of vectors whose length only the CPU knows, the fewest.
        store: (&'static str, i64),
        /// The hint that must stand before each store, where that is an ordinary one.
        hint: Option<&'static str>,
        /// Whether loads may be of words only, because the source may have been written just before.
        by_words: bool,
        /// Of so many pages eight lines each in turn, if it is more than one.
        pages: i64,
    },
    /// These instructions are there once, one behind the other and on the same operands: as many lines, or blocks, as those say.
    Once(&'static [&'static str]),
    /// Its loops access memory by these instructions and no others: the first loop so many times by each, and so on.
    Loops(&'static [&'static str], &'static [usize]),
    /// It copies so many bytes.
    Fixed(i64, Fixed),
}

/// A copy of constant size: on every way through it all is streamed, once, from words.
#[derive(Clone, Copy)]
pub(super) struct Fixed {
    /// The streaming stores, and how many bytes each writes.
    pub(super) stores: &'static [(&'static str, i64)],
    /// What is left of a multiple of this at the end may be stored as it likes.
    pub(super) rest: Option<i64>,
    /// The register that the destination is passed in.
    pub(super) destination: &'static str,
}

pub(super) fn check(function: &Function, rule: &Rule) -> Result<(), String> {
    // No load of more than a word in what was written as assembly.
    let by_words = matches!(rule, Rule::Lines { by_words: true, .. } | Rule::Fixed(..));
    if let Some(wide) = function.instructions.iter().find(|it| by_words && it.inline && is_wide_load(it)) {
        return Err(format!("`{wide}` loads more than 8 bytes at once"));
    }
    match *rule {
        Rule::Lines { store, hint, pages, .. } => check_lines(function, store, hint, pages),
        Rule::Once(sequence) => check_once(function, sequence),
        Rule::Loops(names, counts) => check_loops(function, names, counts),
        Rule::Fixed(size, ref fixed) => check_fixed(function, size, fixed),
    }
}

/// The instructions of each loop: those from a label to the branch back to it.
fn loops(function: &Function) -> Vec<&[Instruction]> {
    let body = |(end, branch): (usize, &Instruction)| {
        let start = function.label(branch.last_operand()).filter(|start| *start < end)?;
        Some(&function.instructions[start..end])
    };
    function.instructions().filter_map(body).collect()
}

/// No instruction of a loop leads elsewhere.
fn no_transfer(body: &[Instruction]) -> Result<(), String> {
    let leads = |it: &&Instruction| matches!(it.step(), Step::Call(_) | Step::Jump(_) | Step::Leave(_) | Step::Return);
    body.iter().find(leads).map_or(Ok(()), |it| Err(format!("`{it}` in a loop")))
}

fn check_once(function: &Function, sequence: &[&str]) -> Result<(), String> {
    let all = &function.instructions;
    let there = all.iter().filter(|it| sequence.contains(&&*it.name)).count();
    let is_it = |place: &&[Instruction]| iter::zip(*place, sequence).all(|(it, name)| it.name == *name);
    let Some(place) = all.windows(sequence.len()).find(is_it).filter(|_| there == sequence.len()) else {
        return Err(format!("{} are not there once and together", sequence.join(", ")));
    };
    match place.iter().find(|it| it.operands != place[0].operands) {
        Some(other) => Err(format!("`{other}` is not about what `{}` is about", place[0])),
        None => Ok(()),
    }
}

fn check_loops(function: &Function, names: &[&str], counts: &[usize]) -> Result<(), String> {
    let loops = loops(function);
    if loops.len() != counts.len() {
        return Err(format!("there should be {} loops, and there are {}", counts.len(), loops.len()));
    }
    for (body, count) in iter::zip(loops, counts) {
        no_transfer(body)?;
        let accesses = body.iter().filter(|it| it.operands.contains(['(', '[']) || it.name == "dc");
        let found: Vec<_> = accesses.map(|it| &*it.name).collect();
        let listed: Vec<_> = names.iter().flat_map(|name| iter::repeat_n(*name, *count)).collect();
        if found != listed {
            return Err(format!("{} in a loop instead of {}", found.join(", "), listed.join(", ")));
        }
    }
    Ok(())
}

fn check_lines(function: &Function, by: (&str, i64), hint: Option<&str>, pages: i64) -> Result<(), String> {
    let len = if pages > 1 { 8 * LINE } else { LINE };
    let mut in_loops = 0;
    // A loop around them is the compiler's, and the kernel its body.
    for body in loops(function).into_iter().filter(|body| body.iter().all(|it| it.inline)) {
        let Some((base, ..)) = body.iter().find_map(store) else { continue };
        let mut written = Written::new(base);
        for (i, instruction) in body.iter().enumerate() {
            written.step(instruction, &[by], None)?;
            if store(instruction).is_some() && hint.is_some_and(|hint| i == 0 || body[i - 1].name != hint) {
                return Err(format!("`{instruction}` without a hint before it"));
            }
        }
        no_transfer(body)?;
        written.are_all(pages, len)?;
        in_loops += written.pieces.len();
        if written.registers.get(base) != Some(&len) {
            return Err(format!("the destination does not advance by {len} bytes a round"));
        }
    }
    match function.instructions.iter().filter(|it| it.inline && store(it).is_some()).count() {
        _ if in_loops == 0 => Err(format!("no loop with {}", by.0)),
        stores if stores == in_loops => Ok(()),
        stores => Err(format!("{} stores outside of a loop", stores - in_loops)),
    }
}

fn check_fixed(function: &Function, size: i64, rule: &Fixed) -> Result<(), String> {
    let rest = rule.rest.map(|unit| size / unit * unit);
    let mut ways = vec![(0, Written::new(rule.destination))];
    while let Some((at, mut written)) = ways.pop() {
        let Some(it) = function.instructions.get(at) else { return Err("a way with no end".to_string()) };
        let next = function.next(at).unwrap_or_default();
        match it.step() {
            Step::Return => written.are_all(1, size)?,
            Step::Call(_) | Step::Leave(_) => return Err(format!("`{it}`")),
            _ if next.is_empty() => return Err(format!("a way with no end: `{it}`")),
            _ if next.iter().any(|to| *to <= at) => return Err(format!("a loop: `{it}`")),
            step => {
                if !matches!(step, Step::Branch(_) | Step::Jump(_)) {
                    written.step(it, rule.stores, rest)?;
                }
                ways.extend(next.into_iter().map(|to| (to, written.clone())));
            }
        }
    }
    Ok(())
}

/// What was written to the destination on a way through some instructions.
#[derive(Clone)]
struct Written<'a> {
    /// The registers that point into the destination, and where to.
    registers: BTreeMap<&'a str, i64>,
    /// Where each store began, and how many bytes it wrote.
    pieces: Vec<(i64, i64)>,
}

impl<'a> Written<'a> {
    fn new(destination: &'a str) -> Self {
        Written { registers: BTreeMap::from([(destination, 0)]), pieces: Vec::new() }
    }

    /// One instruction more, which stores by one of `stores`, or behind `rest`, or not at all.
    fn step(&mut self, instruction: &'a Instruction, stores: &[(&str, i64)], rest: Option<i64>) -> Result<(), String> {
        if let Some((base, offset, width)) = store(instruction) {
            let Some(start) = self.registers.get(base) else {
                return Err(format!("`{instruction}` does not write to the destination"));
            };
            if rest.is_none_or(|rest| start + offset < rest) && !stores.contains(&(&*instruction.name, width)) {
                return Err(format!("`{instruction}` instead of {stores:?}"));
            }
            self.pieces.push((start + offset, width));
        } else if let Some((to, from, by)) = addition(instruction) {
            match self.registers.get(from).copied() {
                Some(start) => self.registers.insert(to, start + by),
                None => self.registers.remove(to),
            };
        } else {
            // What is loaded, or computed otherwise, is data.
            self.registers.retain(|register, _| !split(&instruction.operands).contains(register));
        }
        Ok(())
    }

    /// The pieces are, one after the other, the first `len` bytes of each page.
    fn are_all(&mut self, pages: i64, len: i64) -> Result<(), String> {
        self.pieces.sort_unstable();
        let (mut end, all) = (0, PAGE * (pages - 1) + len);
        for &(offset, width) in &self.pieces {
            if end < all && end % PAGE == len {
                end += PAGE - len;
            }
            if offset != end {
                let what = if offset > end { "is not written" } else { "is written twice" };
                return Err(format!("byte {} {what}", end.min(offset)));
            }
            end += width;
        }
        if end == all { Ok(()) } else { Err(format!("{end} bytes are written instead of {all}")) }
    }
}

#[test]
fn what_is_changed_is_noticed() {
    const LINES: Rule = Rule::Lines { store: ("stnt1b", 16), hint: None, by_words: true, pages: 1 };
    const LINE: &str = "#APP; .Ltmp0:; movq (%rsi), %rax; stnt1b { z0.b }, p0, [x0]; stnt1b { z1.b }, p1, [x0, #1, mul vl]; \
        stnt1b { z2.b }, p2, [x0, #2, mul vl]; stnt1b { z3.b }, p3, [x0, #3, mul vl]; add x0, x0, #64; b.ne .Ltmp0; ret";
    const HINTED: Rule = Rule::Lines { store: ("sd", 8), hint: Some("ntl.all"), by_words: true, pages: 1 };
    const WORDS: &str = "#APP; .Ltmp0:; ntl.all; sd a3, 0(a0); ntl.all; sd a3, 8(a0); ntl.all; sd a3, 16(a0); ntl.all; sd a3, 24(a0); \
        ntl.all; sd a3, 32(a0); ntl.all; sd a3, 40(a0); ntl.all; sd a3, 48(a0); ntl.all; sd a3, 56(a0); addi a0, a0, 64; bnez a2, .Ltmp0";
    const ONCE: Rule = Rule::Once(&["cpyfpwn", "cpyfmwn", "cpyfewn"]);
    const THREE: &str = "cpyfpwn [x0]!, [x1]!, x8!; cpyfmwn [x0]!, [x1]!, x8!; cpyfewn [x0]!, [x1]!, x8!; ret";
    const LOOPS: Rule = Rule::Loops(&["movb"], &[2]);
    const UNITS: &str = ".Ltmp0:; movb (%rsi), %al; movb %al, (%rdi); incq %rdi; jne .Ltmp0; retq";
    const FIXED: Rule = Rule::Fixed(16, Fixed { stores: &[("movntiq", 8)], rest: None, destination: "%rdi" });
    const RECORD: &str = "movq (%rsi), %rax; movq 8(%rsi), %rcx; movntiq %rax, (%rdi); leaq 16(%rdi), %r8; je .L1; \
        movntiq %rcx, 8(%rdi); retq; .L1:; movntiq %rcx, -8(%r8); retq";
    for (rule, body, from, to, why) in [
        (LINES, LINE, "#2, mul", "#1, mul", "byte 16 is written twice"),
        (LINES, LINE, "stnt1b { z3", "st1b { z3", "instead of [(\"stnt1b\""),
        (LINES, LINE, "p3, [x0", "p3, [x1", "does not write to the destination"),
        (LINES, LINE, "#64", "#128", "does not advance by 64"),
        (LINES, LINE, "movq (%rsi), %rax", "callq memcpy", "`callq memcpy` in a loop"),
        (LINES, LINE, "movq (%rsi), %rax", "vmovdqu (%rsi), %ymm1", "loads more than 8 bytes at once"),
        (LINES, LINE, "b.ne .Ltmp0", "nop", "no loop with stnt1b"),
        (HINTED, WORDS, "ntl.all; sd a3, 24(a0)", "sd a3, 24(a0)", "`sd a3, 24(a0)` without a hint before it"),
        (HINTED, WORDS, "ntl.all; sd a3, 24(a0); ", "", "byte 24 is not written"),
        (ONCE, THREE, "cpyfmwn [x0]!, [x1]!, x8!; ", "", "not there once and together"),
        (ONCE, THREE, "cpyfmwn", "cpyfpwn", "not there once and together"),
        (ONCE, THREE, "cpyfewn", "nop; cpyfewn", "not there once and together"),
        (ONCE, THREE, "cpyfpwn", "cpyfp", "not there once and together"),
        (ONCE, THREE, "cpyfewn [x0]!", "cpyfewn [x2]!", "is not about what"),
        (LOOPS, UNITS, "incq", "movb %al, (%rdi); incq", "movb, movb, movb in a loop instead of movb, movb"),
        (LOOPS, UNITS, "movb %al", "movl %eax", "movb, movl in a loop"),
        (LOOPS, UNITS, "incq %rdi", "callq memcpy", "`callq memcpy` in a loop"),
        (LOOPS, UNITS, "jne .Ltmp0", "nop", "should be 1 loops, and there are 0"),
        (LOOPS, UNITS, "retq", "jne .Ltmp0", "should be 1 loops, and there are 2"),
        (FIXED, RECORD, "movntiq %rcx, 8(%rdi)", "nop", "8 bytes are written instead of 16"),
        (FIXED, RECORD, "movntiq %rcx, 8(%rdi)", "movq %rcx, 8(%rdi)", "`movq %rcx, 8(%rdi)` instead of"),
        (FIXED, RECORD, "movntiq %rcx, 8(%rdi)", "movntiq %rcx, 8(%rsi)", "does not write to the destination"),
        (FIXED, RECORD, "movntiq %rcx, -8(%r8)", "movntiq %rcx, -16(%r8)", "byte 0 is written twice"),
        (FIXED, RECORD, "retq; .L1:", "jmp memcpy; .L1:", "`jmp memcpy`"),
    ] {
        let checked = |body: &str| check(&super::listing::example("demo", body), &rule);
        assert_eq!(checked(body), Ok(()));
        let said = checked(&body.replace(from, to)).unwrap_err();
        assert!(said.contains(why), "{from} as {to}: {said}");
    }
}
