//! What an instruction does to the way through its function, and where the way leads on.

use super::listing::{Function, Instruction};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Next,
    Streams,
    Fence,
    /// A call: of a function by its symbol, or through a pointer.
    Call(Option<&'a str>),
    /// To a label, or to the next.
    Branch(&'a str),
    /// To a label.
    Jump(&'a str),
    /// To another function, by its symbol or through a pointer, and not back.
    Leave(Option<&'a str>),
    /// To some label of a table.
    Match,
    Return,
    Stop,
}

impl Instruction {
    pub(super) fn step(&self) -> Step<'_> {
        let (name, operands, last) = (&*self.name, &*self.operands, self.last_operand());
        let is_label = |operand: &str| operand.starts_with(".L");
        match name {
            "sfence" | "mfence" | "dmb" | "dsb" => Step::Fence,
            // Of stores, before stores: others are those of loads that acquire.
            "fence" if operands.split(", ").all(|side| side.contains('w')) => Step::Fence,
            _ if is_streaming(name) => Step::Streams,
            "ret" | "retq" | "retl" => Step::Return,
            "ud2" | "brk" | "udf" | "unimp" => Step::Stop,
            "call" | "callq" | "calll" | "bl" => Step::Call(symbol(operands)),
            "blr" | "jalr" => Step::Call(None),
            "jmp" | "jmpq" | "jmpl" | "b" | "j" if is_label(operands) => Step::Jump(operands),
            "jmp" | "jmpq" | "jmpl" | "b" | "tail" => Step::Leave(symbol(operands)),
            "br" | "jr" => Step::Leave(None),
            "cbz" | "cbnz" | "tbz" | "tbnz" if is_label(last) => Step::Branch(last),
            _ if is_label(last) && name.starts_with(['j', 'b']) => Step::Branch(last),
            _ => Step::Next,
        }
    }
}

impl Function {
    /// What an instruction does, with what those around it tell of it. Behind the last one there is nothing.
    pub(super) fn step(&self, at: usize) -> Step<'_> {
        let Some(instruction) = self.instructions.get(at) else { return Step::Stop };
        // The address may have been loaded into a register: `movq f@GOTPCREL(%rip), %r12` for `callq *%r12`.
        let loaded = || {
            let register = instruction.operands.strip_prefix('*').filter(|register| register.starts_with('%'))?;
            let mut moves = self.instructions[..at].iter().rev().filter(|it| it.name.starts_with("mov"));
            let (from, _) = moves.find_map(|it| it.operands.rsplit_once(", ").filter(|(_, to)| *to == register))?;
            from.split_once("@GOT").map(|(name, _)| name)
        };
        match instruction.step() {
            Step::Leave(None) if self.instructions.iter().any(|it| it.operands.contains(".LJTI")) => Step::Match,
            Step::Call(None) => Step::Call(loaded()),
            Step::Leave(None) => Step::Leave(loaded()),
            step => step,
        }
    }

    /// Where a way leads on from an instruction; None: out of the function.
    pub(super) fn next(&self, at: usize) -> Option<Vec<usize>> {
        let pads = self.pads.iter().filter(|(from, _)| from.contains(&at)).map(|(_, pad)| *pad);
        match self.step(at) {
            Step::Return | Step::Leave(_) => None,
            Step::Call(Some(callee)) if callee.contains("_Unwind_Resume") => None,
            // It does not come back.
            Step::Call(Some(callee)) if callee.contains("panic") => Some(pads.collect()),
            Step::Call(_) => Some(pads.chain([at + 1]).collect()),
            Step::Branch(label) => Some(self.label(label).into_iter().chain([at + 1]).collect()),
            Step::Jump(label) => Some(self.label(label).into_iter().collect()),
            // To any label: more ways than there are.
            Step::Match => Some(self.labels.iter().map(|(_, at)| *at).collect()),
            Step::Stop => Some(Vec::new()),
            Step::Next | Step::Streams | Step::Fence => Some(vec![at + 1]),
        }
    }
}

/// Whether an instruction stores past the cache, or weakly ordered as such stores are, or is the hint of one that does.
pub(crate) fn is_streaming(name: &str) -> bool {
    let vectors = name.strip_prefix('v').unwrap_or(name);
    vectors.starts_with("movnt") && !vectors.starts_with("movntdqa")
        || (name.starts_with("cpyf") || name.starts_with("set")) && name.ends_with('n')
        || ["stnp", "stnt1b", "movdir64b", "movdiri", "clzero", "ntl.all", "mvcl"].contains(&name)
}

/// The function that is called: `f`, `f@PLT`, `*f@GOTPCREL(%rip)`. None through a register or memory.
pub(super) fn symbol(operand: &str) -> Option<&str> {
    let name = operand.strip_prefix('*').unwrap_or(operand);
    let (name, is_import) = name.split_once('@').map_or((name, false), |(name, _)| (name, true));
    let is_pointer = operand.starts_with('*') && !is_import || name.contains(['%', '(']);
    (!is_pointer).then_some(name)
}
