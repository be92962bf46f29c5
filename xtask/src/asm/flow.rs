//! The ways through functions: each that streams must lead through a fence before it leads out.

use std::collections::HashSet;

use super::listing::{Function, Instruction, path};
use super::step::{Step, symbol};

/// Functions that call through pointers, but only to ask the CPU what it has; as do those in modules `detect`.
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

type Symbols<'a> = HashSet<&'a str>;

/// The functions from which every way out must be fenced.
pub(super) fn safe(all: &[Function]) -> impl Iterator<Item = &Function> {
    all.iter().filter(|function| function.path.starts_with("safe_"))
}

/// What is wrong with the ways out of the safe functions, a line each.
pub(super) fn check(all: &[Function], is_persistent: bool) -> Vec<String> {
    // In these something streams; these always lead through a fence; and these may return with stores that none has followed.
    let streaming = grow(all, |known, function| sources(function, known).next().is_some());
    let closing = grow(all, |known, function| way_out(function, 0, known).is_none());
    let open = grow(all, |known, function| leak(function, &closing, known).is_some());
    let mut wrong = Vec::new();
    for function in safe(all) {
        let mut say = |what: &str| wrong.push(format!("{}: {what}", function.path));
        // These then refuse, and copy nothing.
        let may_refuse = function.path.ends_with("_persist") && !is_persistent;
        if !may_refuse && sources(function, &streaming).next().is_none() {
            say("nothing in it streams");
        }
        // Those call what may panic. Without a landing pad a panic leaves them at once, which no instruction shows.
        if function.path.ends_with("_call") && function.pads.is_empty() {
            say("no landing pad, so no fence on the way of a panic");
        }
        if let Some((from, to)) = leak(function, &closing, &open) {
            say(&format!("no fence on a way from {} to {}", show(function, from), show(function, to)));
        }
    }
    if safe(all).next().is_none() {
        wrong.push("no safe function".to_string());
    }
    wrong
}

/// The functions that belong to a set, which also depends on those that they call: it grows until it no longer does.
fn grow<'a>(all: &'a [Function], belongs: impl Fn(&Symbols<'a>, &Function) -> bool) -> Symbols<'a> {
    let is_detection = |path: &str| path.contains("::detect::") || DETECTION.iter().any(|name| path.starts_with(name));
    let mut set = Symbols::new();
    loop {
        let others = all.iter().filter(|it| !set.contains(&*it.symbol) && !is_detection(&it.path));
        let more: Vec<_> = others.filter(|it| belongs(&set, it)).map(|it| &*it.symbol).collect();
        if more.is_empty() {
            return set;
        }
        set.extend(more);
    }
}

/// The lines that stream: by themselves, or because they call one of these functions, or one that is not known.
fn sources<'f>(function: &'f Function, callees: &'f Symbols<'_>) -> impl Iterator<Item = usize> + 'f {
    (0..function.instructions.len()).filter(|&at| match function.step(at) {
        Step::Streams => true,
        Step::Call(callee) | Step::Leave(callee) => callee.is_none_or(|callee| callees.contains(callee)),
        _ => false,
    })
}

/// A way from something that streams out of the function, without a fence: where it begins and ends.
fn leak(function: &Function, closing: &Symbols<'_>, open: &Symbols<'_>) -> Option<(usize, usize)> {
    sources(function, open).find_map(|source| {
        // What streams may itself be the way out, by a tail call.
        let Some(next) = function.next(source) else { return Some((source, source)) };
        let next = answered(function, source).map_or(next, |streamed| vec![streamed]);
        Some((source, next.into_iter().find_map(|at| way_out(function, at, closing))?))
    })
}

/// The line by which a way from line `from` leads out of the function without a fence.
fn way_out(function: &Function, from: usize, closing: &Symbols<'_>) -> Option<usize> {
    let (mut seen, mut ways) = (HashSet::new(), vec![from]);
    while let Some(at) = ways.pop() {
        let is_fenced = match function.step(at) {
            Step::Fence => true,
            Step::Call(Some(callee)) | Step::Leave(Some(callee)) => closing.contains(callee),
            Step::Branch(label) => is_guard(function, at, label),
            _ => false,
        };
        if seen.insert(at) && !is_fenced {
            match function.next(at) {
                None => return Some(at),
                Some(next) => ways.extend(next),
            }
        }
    }
    None
}

/// Where it goes on after a call that answers whether it has streamed, if it has: past the branch for the other answer.
fn answered(function: &Function, call: usize) -> Option<usize> {
    let Step::Call(Some(callee)) = function.step(call) else { return None };
    if !ANSWERS.contains(&&*path(callee)) {
        return None;
    }
    let mut next = function.instructions().skip(call + 1);
    let (at, branch) = next.find(|(_, it)| it.to_string() != "testb %al, %al")?;
    let Step::Branch(label) = branch.step() else { return None };
    let (register, _) = branch.operands.split_once(", ").unwrap_or_default();
    let is_answer = ["", "w0", "a0"].contains(&register);
    match &*branch.name {
        _ if !is_answer => None,
        "je" | "tbz" | "cbz" | "beqz" => Some(at + 1),
        "jne" | "tbnz" | "cbnz" | "bnez" => function.label(label),
        _ => None,
    }
}

/// Whether a branch asks if a fence is due: it leads past a fence that stands right behind it, or behind a jump there, or to one. What it
/// asks (has anything been streamed?) is for the tests of the values to find out.
fn is_guard(function: &Function, at: usize, label: &str) -> bool {
    let is_fence = |at: usize| function.step(at) == Step::Fence;
    // By a jump, if it is too far for a branch.
    let leads_to_one = |at: usize| match function.step(at) {
        Step::Jump(label) => function.label(label).is_some_and(is_fence),
        _ => is_fence(at),
    };
    leads_to_one(at + 1) || function.label(label).is_some_and(leads_to_one)
}

fn show(function: &Function, at: usize) -> String {
    let Instruction { name, operands, .. } = &function.instructions[at];
    let operands = symbol(operands).map_or(operands.clone(), path);
    format!("`{}` (instruction {at})", format!("{name} {operands}").trim_end())
}

/// What it says where it should say nothing, the command shows by itself.
#[test]
fn a_way_without_a_fence_is_found() {
    const FILL: &str = "_ZN16memcpy_streaming7pattern4fill17h0123456789abcdefE";
    for body in [
        "movntiq %rax, (%rdi); retq",
        "movntiq %rax, (%rdi); je .L1; incq %rax; sfence; .L1:; retq",
        "stnp x0, x1, [x2]; cbz x0, .L1; add x0, x0, #1; dmb ishst; .L1:; ret",
        // A load that acquires.
        "ntl.all; sd a1, 0(a0); fence r, rw; ret",
        // Before it is not after it.
        "sfence; movntiq %rax, (%rdi); retq",
        // A question that leads to no fence, by a jump.
        "blr x8; tbz w25, #0, .L1; b .L2; .L1:; ret; .L2:; ret",
        // What is called counts, also if its address is in a register.
        "callq *raw@GOTPCREL(%rip); retq",
        "jmp raw",
        "jmpq *16(%rax)",
        "callq raw; sfence; movq raw@GOTPCREL(%rip), %r12; callq *%r12; retq",
        // An answer is believed, and no other.
        &format!("callq {FILL}; testb %al, %al; je .L1; callq g; .L1:; retq"),
        &format!("callq {FILL}; testb %al, %al; jne .L1; callq g; sfence; .L1:; retq"),
        // Unwinding is a way out.
        ".cfi_lsda 27, .Lexception0; .Lt0:; callq *%rbx; .Lt1:; sfence; retq; .Lt2:; callq _Unwind_Resume@PLT",
    ] {
        let all = [
            ("raw", "testq %rdi, %rdi; je .L1; vmovntdq %ymm0, (%rdi); .L1:; retq"),
            (FILL, "callq *16(%rax); movb $1, %al; retq"),
            ("safe_f", body),
        ]
        .map(|(symbol, body)| super::listing::example(symbol, body));
        let wrong = check(&all, true);
        let is_found = |line: &String| line.starts_with("safe_f: no fence on a way");
        assert!(wrong.len() == 1 && wrong.iter().all(is_found), "{body}: {wrong:?}");
    }
}
