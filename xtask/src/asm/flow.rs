//! The ways through functions: each that streams must lead through a fence before it leads out.

use std::collections::HashSet;

use super::listing::{Function, Instruction, Line};
use super::step::{Step, symbol};

/// Functions that call through pointers, but only to ask the CPU what it has.
const DETECTION: [&str; 3] =
    ["memcpy_streaming::choice::", "memcpy_streaming::here::", "memcpy_streaming::streamer::Streamer::with_backend"];

/// Functions that answer whether they have streamed: only if so, the caller owes a fence.
const ANSWERS: [&str; 5] = [
    "memcpy_streaming::rows::copy",
    "memcpy_streaming::raw::copy",
    "memcpy_streaming::raw::copy_with_ends",
    "memcpy_streaming::pattern::fill",
    "memcpy_streaming::stepped::fill",
];

/// What is known of the functions of a build, by symbol.
pub(crate) struct Program<'a> {
    /// Those in which something streams, by itself or by what it calls.
    streaming: HashSet<&'a str>,
    /// Those that always lead through a fence.
    closing: HashSet<&'a str>,
    /// Those that may return with streamed stores that no fence has followed.
    open: HashSet<&'a str>,
}

/// A way out without a fence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leak {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl<'a> Program<'a> {
    pub(crate) fn new(all: &'a [Function]) -> Program<'a> {
        let mut program = Program { streaming: HashSet::new(), closing: HashSet::new(), open: HashSet::new() };
        // Each set grows by what calls its members, until it no longer does.
        program.grow(all, |program| &mut program.streaming, Self::streams);
        program.grow(all, |program| &mut program.closing, |program, function| program.way_out(function, 0).is_none());
        program.grow(all, |program| &mut program.open, |program, function| program.leak(function).is_some());
        program
    }

    fn grow(
        &mut self,
        all: &'a [Function],
        set: impl Fn(&mut Self) -> &mut HashSet<&'a str>,
        belongs: impl Fn(&Self, &Function) -> bool,
    ) {
        loop {
            let known = set(self).clone();
            let others = all.iter().filter(|function| !known.contains(&*function.symbol) && !is_detection(function));
            let more: Vec<_> =
                others.filter(|function| belongs(self, function)).map(|function| &*function.symbol).collect();
            if more.is_empty() {
                return;
            }
            set(self).extend(more);
        }
    }

    /// Whether anything in the function streams.
    pub(crate) fn streams(&self, function: &Function) -> bool {
        let callee_streams = |callee: Option<&str>| callee.is_none_or(|callee| self.streaming.contains(callee));
        function.instructions().any(|(at, _)| match step(function, at) {
            Step::Streams => true,
            Step::Call(callee) | Step::Leave(callee) => callee_streams(callee),
            _ => false,
        })
    }

    /// A way from something that streams out of the function, without a fence.
    pub(crate) fn leak(&self, function: &Function) -> Option<Leak> {
        for (source, _) in function.instructions() {
            let is_source = match step(function, source) {
                Step::Streams => true,
                Step::Call(callee) | Step::Leave(callee) => callee.is_none_or(|callee| self.open.contains(callee)),
                _ => false,
            };
            if !is_source {
                continue;
            }
            // What streams may itself be the way out, by a tail call.
            let out = match self.successors(function, source) {
                None => Some(source),
                Some(next) => {
                    let next = answered(function, source).map_or(next, |streamed| vec![streamed]);
                    next.into_iter().find_map(|at| self.way_out(function, at))
                }
            };
            if let Some(out) = out {
                return Some(Leak { from: show(function, source), to: show(function, out) });
            }
        }
        None
    }

    /// The line by which a way from line `from` leads out of the function without a fence.
    fn way_out(&self, function: &Function, from: usize) -> Option<usize> {
        let mut seen = HashSet::new();
        let mut ways = vec![from];
        while let Some(at) = ways.pop() {
            if at >= function.lines.len() || !seen.insert(at) || self.is_fenced(function, at) {
                continue;
            }
            match self.successors(function, at) {
                None => return Some(at),
                Some(next) => ways.extend(next),
            }
        }
        None
    }

    /// Whether no store is open after this line, or none can be.
    fn is_fenced(&self, function: &Function, at: usize) -> bool {
        match step(function, at) {
            Step::Fence => true,
            Step::Call(Some(callee)) | Step::Leave(Some(callee)) => self.closing.contains(callee),
            Step::Branch(label) => is_guard(function, at, label),
            _ => false,
        }
    }

    /// Where a way leads on from a line; None: out of the function.
    fn successors(&self, function: &Function, at: usize) -> Option<Vec<usize>> {
        let pads = || {
            let covers = |(from, to, _): &&(usize, usize, usize)| (*from..*to).contains(&at);
            function.pads.iter().filter(covers).map(|(_, _, pad)| *pad)
        };
        match step(function, at) {
            Step::Return | Step::Leave(_) => None,
            Step::Call(Some(callee)) if callee.contains("_Unwind_Resume") => None,
            // It does not come back.
            Step::Call(Some(callee)) if callee.contains("panic") => Some(pads().collect()),
            Step::Call(_) => Some(pads().chain([at + 1]).collect()),
            Step::Branch(label) => Some(function.label(label).into_iter().chain([at + 1]).collect()),
            Step::Jump(label) => Some(function.label(label).into_iter().collect()),
            // To any label: more ways than there are.
            Step::Match => {
                let labels = function.lines.iter().enumerate().filter(|(_, line)| matches!(line, Line::Label(_)));
                Some(labels.map(|(i, _)| i).collect())
            }
            Step::Stop => Some(Vec::new()),
            Step::Next | Step::Streams | Step::Fence => Some(vec![at + 1]),
        }
    }
}

/// What the line does, with what the function around it tells of it.
fn step(function: &Function, at: usize) -> Step<'_> {
    let Line::Instruction(instruction) = &function.lines[at] else { return Step::Next };
    match Step::of(instruction) {
        Step::Leave(None) if function.instructions().any(|(_, i)| i.operands.contains(".LJTI")) => Step::Match,
        Step::Call(None) => Step::Call(loaded(function, at, &instruction.operands)),
        Step::Leave(None) => Step::Leave(loaded(function, at, &instruction.operands)),
        step => step,
    }
}

/// The function whose address was loaded into the register of a call: `movq f@GOTPCREL(%rip), %r12` for `callq *%r12`.
fn loaded<'a>(function: &'a Function, at: usize, operand: &str) -> Option<&'a str> {
    let register = operand.strip_prefix('*').filter(|register| register.starts_with('%'))?;
    let before = function.lines[..at].iter().rev();
    let load = before.filter_map(|line| match line {
        Line::Instruction(Instruction { name, operands, .. }) if name.starts_with("mov") => operands.rsplit_once(", "),
        _ => None,
    });
    let (from, _) = { load }.find(|(_, to)| *to == register)?;
    from.split_once("@GOT").map(|(name, _)| name)
}

/// Where it goes on after a call that answers whether it has streamed, if it has: past the branch for the other answer.
fn answered(function: &Function, call: usize) -> Option<usize> {
    let Step::Call(Some(callee)) = step(function, call) else { return None };
    let path = format!("{:#}", rustc_demangle::demangle(callee));
    if !ANSWERS.contains(&&*path) {
        return None;
    }
    let mut next = function.instructions().filter(|(at, _)| *at > call);
    let (mut at, mut instruction) = next.next()?;
    if instruction.name == "testb" && instruction.operands == "%al, %al" {
        (at, instruction) = next.next()?;
    }
    let Step::Branch(label) = Step::of(instruction) else { return None };
    let is_answer = !instruction.operands.contains(", ")
        || ["w0, ", "a0, "].iter().any(|answer| instruction.operands.starts_with(answer));
    match &*instruction.name {
        _ if !is_answer => None,
        "je" | "tbz" | "cbz" | "beqz" => Some(at + 1),
        "jne" | "tbnz" | "cbnz" | "bnez" => function.label(label),
        _ => None,
    }
}

fn is_detection(function: &Function) -> bool {
    DETECTION.iter().any(|name| function.path.starts_with(name)) || function.path.contains("::detect::")
}

/// Whether a branch asks if a fence is due: it leads past a fence that stands right behind it, or behind a jump there, or to one. What it
/// asks (has anything been streamed?) is for the tests of the values to find out.
fn is_guard(function: &Function, at: usize, label: &str) -> bool {
    let next = |from: usize| {
        function.lines[from..].iter().find_map(|line| match line {
            Line::Instruction(instruction) => Some(Step::of(instruction)),
            Line::Label(_) => None,
        })
    };
    // By a jump, if it is too far for a branch.
    let is_fence = |from: usize| match next(from) {
        Some(Step::Jump(label)) => function.label(label).and_then(next) == Some(Step::Fence),
        step => step == Some(Step::Fence),
    };
    is_fence(at + 1) || function.label(label).is_some_and(is_fence)
}

fn show(function: &Function, at: usize) -> String {
    match &function.lines[at] {
        Line::Instruction(Instruction { name, operands, .. }) => {
            let operands = symbol(operands)
                .filter(|name| name.starts_with("_Z") || name.starts_with("_R"))
                .map_or_else(|| operands.clone(), |name| format!("{:#}", rustc_demangle::demangle(name)));
            format!("`{name} {operands}` (line {at})").replace(" `", "`")
        }
        Line::Label(label) => label.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as the compiler writes them, without the tabs; labels end with a colon.
    fn function(symbol: &str, body: &str) -> Function {
        let line = |text: &str| match text.strip_suffix(':') {
            Some(label) => Line::Label(label.to_string()),
            None => {
                let (name, operands) = text.split_once(' ').unwrap_or((text, ""));
                let (name, operands) = (name.to_string(), operands.to_string());
                Line::Instruction(Instruction { name, operands, inline: false })
            }
        };
        let lines = body.split("; ").map(line).collect();
        Function { symbol: symbol.to_string(), path: symbol.to_string(), lines, pads: Vec::new() }
    }

    /// Whether the last function leaks.
    fn leaks(functions: &[Function]) -> bool {
        let program = Program::new(functions);
        let last = functions.last().unwrap();
        assert!(program.streams(last));
        program.leak(last).is_some()
    }

    #[test]
    fn a_fence_on_every_way() {
        for fence in ["sfence", "dmb ishst"] {
            assert!(!leaks(&[function("f", &format!("movntiq %rax, (%rdi); {fence}; retq"))]));
        }
        assert!(leaks(&[function("f", "movntiq %rax, (%rdi); retq")]));
        assert!(leaks(&[function("f", "movntiq %rax, (%rdi); je .L1; incq %rax; sfence; .L1:; retq")]));
        assert!(leaks(&[function("f", "stnp x0, x1, [x2]; cbz x0, .L1; add x0, x0, #1; dmb ishst; .L1:; ret")]));
        assert!(!leaks(&[function("f", "ntl.all; sd a1, 0(a0); fence rw, w; ret")]));
        // A load that acquires.
        assert!(leaks(&[function("f", "ntl.all; sd a1, 0(a0); fence r, rw; ret")]));
        // Before it is not after it.
        assert!(leaks(&[function("f", "sfence; movntiq %rax, (%rdi); retq")]));
    }

    #[test]
    fn a_fence_that_is_asked_for() {
        let f = |branch: &str| function("f", &format!("callq *16(%rax); {branch}; sfence; .L1:; retq"));
        assert!(!leaks(&[f("testb %al, %al; je .L1")]));
        assert!(!leaks(&[function("f", "blr x8; tbz w0, #0, .L1; dmb ishst; .L1:; ret")]));
        assert!(!leaks(&[function("f", "blr x8; cbnz w0, .L1; ret; .L1:; dmb ishst; ret")]));
        // Behind a jump.
        let far = |there: &str| function("f", &format!("blr x8; tbz w25, #0, .L1; b .L2; .L1:; ret; .L2:; {there}ret"));
        assert!(!leaks(&[far("dmb ishst; ")]));
        assert!(leaks(&[far("")]));
        assert!(!leaks(&[function("f", "jalr a5; beqz s9, .L1; j .L2; .L1:; ret; .L2:; fence rw, w; ret")]));
    }

    #[test]
    fn what_is_called_counts() {
        let raw = || function("raw", "testq %rdi, %rdi; je .L1; vmovntdq %ymm0, (%rdi); .L1:; retq");
        let drained = || function("drained", "callq raw; sfence; retq");
        assert!(leaks(&[raw(), function("f", "callq *raw@GOTPCREL(%rip); retq")]));
        assert!(leaks(&[raw(), function("f", "jmp raw")]));
        assert!(leaks(&[raw(), function("f", "jmpq *16(%rax)")]));
        assert!(!leaks(&[raw(), drained()]));
        assert!(!leaks(&[raw(), drained(), function("f", "callq *drained@GOTPCREL(%rip); retq")]));
        // A fence in what is called counts too.
        let drain = || function("drain", "testb %dil, %dil; je .L1; sfence; .L1:; retq");
        assert!(!leaks(&[raw(), drain(), function("f", "callq raw; callq drain; retq")]));
        // Through a register.
        let memcpy = "movq memcpy@GOTPCREL(%rip), %r12; callq *%r12; retq";
        assert!(!leaks(&[raw(), function("f", &format!("callq raw; sfence; {memcpy}"))]));
        assert!(leaks(&[raw(), function("f", &memcpy.replace("memcpy", "raw"))]));
    }

    #[test]
    fn an_answer_is_believed() {
        let fill = || {
            let mut fill = function("fill", "callq *16(%rax); movb $1, %al; retq");
            fill.symbol = "_ZN16memcpy_streaming7pattern4fill17h0123456789abcdefE".to_string();
            fill
        };
        let f = |rest: &str| function("f", &format!("callq {}; {rest}", fill().symbol));
        assert!(!leaks(&[fill(), f("testb %al, %al; je .L1; callq g; sfence; .L1:; retq")]));
        assert!(leaks(&[fill(), f("testb %al, %al; je .L1; callq g; .L1:; retq")]));
        assert!(leaks(&[fill(), f("testb %al, %al; jne .L1; callq g; sfence; .L1:; retq")]));
        assert!(!leaks(&[fill(), f("tbz w0, #0, .L1; bl g; dmb ishst; .L1:; ret")]));
    }

    #[test]
    fn unwinding_is_a_way_out() {
        let with_pad = |fence: &str| {
            let mut f = function(
                "f",
                &format!("movntiq %rax, (%rdi); callq *%rbx; sfence; retq; .L1:; {fence}callq _Unwind_Resume@PLT"),
            );
            f.pads = vec![(1, 2, 4)];
            f
        };
        assert!(leaks(&[with_pad("")]));
        assert!(!leaks(&[with_pad("sfence; ")]));
    }

    #[test]
    fn loops_end() {
        assert!(!leaks(&[function("f", ".L1:; movntiq %rax, (%rdi); decq %rcx; jne .L1; sfence; retq")]));
    }
}
