//! What functions must be like: loops that stream whole lines, straight lines that stream a record, and accesses to devices.

use std::collections::BTreeMap;
use std::iter;

use super::access::{LINE, addition, is_wide_load, split, store};
use super::listing::{Function, Instruction};
use super::step::Step;

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
pub(crate) fn loops(function: &Function) -> Vec<&[Instruction]> {
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
    use super::{listing, plan, snapshot};
    let [x86, bare, .., arm, riscv, _] = plan::PLANS.each_ref().map(|plan| plan.triple);
    // A kernel as it is kept, its lines with "; " between them, and what it must be like.
    let kept = |triple: &str, name: &str| {
        let module = name.split([':', '_']).next().unwrap_or_default();
        let text = crate::failure::read(&snapshot::path(triple, module)).unwrap();
        let (_, body) = text.split_once(&format!("{name}\n")).unwrap();
        let lines = body.lines().map(str::trim).take_while(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("; ").replace('\t', " ")
    };
    let rule = |triple: &str, name: &str| {
        let plan = plan::PLANS.iter().find(|plan| plan.triple == triple).unwrap();
        plan.functions().find_map(|(_, path, rule)| rule.filter(|_| path.ends_with(name))).unwrap()
    };
    let notice = |body: &str, rule: Rule, from: &str, to: &str, why: &str| {
        let checked = |body: &str| check(&listing::example("demo", body), &rule);
        assert_eq!(checked(body), Ok(()));
        let said = checked(&body.replace(from, to)).unwrap_err();
        assert!(said.contains(why), "{from} as {to}: {said}");
    };
    for (triple, name, from, to, why) in [
        (arm, "sve::copy_lines", "[x0, #2, mul", "[x0, #1, mul", "byte 16 is written twice"),
        (arm, "sve::copy_lines", "stnt1b { z3", "st1b { z3", "instead of [(\"stnt1b\""),
        (arm, "sve::copy_lines", "p3, [x0", "p3, [x1", "does not write to the destination"),
        (arm, "sve::copy_lines", "x0, #64", "x0, #128", "does not advance by 64"),
        (arm, "sve::copy_lines", "prfm pldl1strm, [x1, x3]", "bl memcpy", "`bl memcpy` in a loop"),
        (arm, "sve::copy_lines", "b.ne .L0", "nop", "no loop with stnt1b"),
        (arm, "sve::copy_lines", "b.ne .L0", "b.ne .L0; stnt1b { z0.b }, p0, [x0]", "1 stores outside of a loop"),
        (x86, "avx2::fill_lines", "vmovq (", "vmovdqu (", "loads more than 8 bytes at once"),
        (riscv, "zihintntl::fill_lines", "ntl.all; sd a6", "sd a6", "`sd a6, 24(a0)` without a hint before it"),
        (riscv, "zihintntl::fill_lines", "ntl.all; sd a6, 24(a0); ", "", "byte 24 is not written"),
        (arm, "mops::copy_lines", "cpyfmwn [x0]!, [x1]!, x8!; ", "", "not there once and together"),
        (arm, "mops::copy_lines", "cpyfmwn", "cpyfpwn", "not there once and together"),
        (arm, "mops::copy_lines", "cpyfewn", "nop; cpyfewn", "not there once and together"),
        (arm, "mops::copy_lines", "cpyfewn [x0]!", "cpyfewn [x2]!", "is not about what"),
        (x86, "units::copy_u8", "decq", "movb %al, (%rdi); decq", "movb, movb, movb in a loop instead of movb, movb"),
        (x86, "units::copy_u8", "movb %al", "movl %eax", "movb, movl in a loop"),
        (x86, "units::copy_u8", "decq %rcx", "callq memcpy", "`callq memcpy` in a loop"),
        (x86, "units::copy_u8", "jne .L0", "nop", "should be 1 loops, and there are 0"),
        (x86, "units::copy_u8", "retq", "jne .L0", "should be 1 loops, and there are 2"),
        (bare, "fixed_8", "movntiq %rax, (%rdi)", "nop", "0 bytes are written instead of 8"),
        (bare, "fixed_8", "movntiq %rax", "movq %rax", "`movq %rax, (%rdi)` instead of"),
        (bare, "fixed_8", "(%rdi)", "(%rsi)", "does not write to the destination"),
        (bare, "fixed_8", "retq", "jmp memcpy", "`jmp memcpy`"),
        // On one of two ways.
        (x86, "fixed_56", "%xmm0, (%rdi)", "%xmm0, 8(%rdi)", "byte 0 is not written"),
    ] {
        notice(&kept(triple, name), rule(triple, name), from, to, why);
    }
    let pages = [0, 4096].map(|page| [0, 64, 128, 192, 256, 320, 384, 448].map(|line| page + line)).concat();
    let stores: Vec<_> = pages.iter().map(|at| format!("vmovntdq %zmm0, {at}(%rdi)")).collect();
    let one = kept(x86, "avx512::copy_lines");
    let body = one.replace("vmovntdq %zmm0, (%rdi)", &stores.join("; ")).replace("$64, %rdi", "$512, %rdi");
    for (from, to, why) in [
        ("vmovntdq %zmm0, 4160(%rdi); ", "", "byte 4160 is not written"),
        (" 4160(", " 4096(", "byte 4096 is written twice"),
        (" 4160(", " 64(", "byte 64 is written twice"),
        (" 4096(", " 512(", "byte 512 is written twice"),
        ("vmovntdq %zmm0, 448(", "vmovdqa64 %zmm0, 448(", "`vmovdqa64 %zmm0, 448(%rdi)` instead of"),
    ] {
        notice(&body, rule(x86, "avx512::copy_2_pages"), from, to, why);
    }
}
