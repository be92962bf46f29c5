//! What an instruction does to the way through its function.

use super::listing::Instruction;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// On to the next.
    Next,
    /// A streaming store.
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
    /// Nowhere.
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
