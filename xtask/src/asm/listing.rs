//! The compiler's assembly, read into functions.

use std::fmt;
use std::ops::Range;

#[derive(Debug, Clone, Default)]
pub(crate) struct Function {
    /// As the assembler knows it.
    pub(super) symbol: String,
    /// As Rust knows it: `crate::module::name`.
    pub(crate) path: String,
    pub(crate) instructions: Vec<Instruction>,
    /// The labels, and the instruction that each stands before.
    pub(super) labels: Vec<(String, usize)>,
    /// The instructions that may unwind, and the landing pad that they then lead to.
    pub(super) pads: Vec<(Range<usize>, usize)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Instruction {
    pub(crate) name: String,
    pub(crate) operands: String,
    /// Whether it was written as assembly in the source, rather than chosen by the compiler.
    pub(crate) inline: bool,
}

impl Instruction {
    /// What a branch leads to.
    pub(crate) fn last_operand(&self) -> &str {
        self.operands.rsplit([',', ' ']).next().unwrap_or_default()
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.operands)
    }
}

impl Function {
    pub(super) fn new(symbol: &str, body: &str) -> Self {
        let mut function = Function { symbol: symbol.to_string(), path: path(symbol), ..Function::default() };
        let mut inline = false;
        for line in body.lines() {
            match line.trim() {
                "#APP" | "//APP" => inline = true,
                "#NO_APP" | "//NO_APP" => inline = false,
                _ => match line.strip_suffix(':') {
                    Some(label) => function.labels.push((label.to_string(), function.instructions.len())),
                    None => function.instructions.extend(read(line, inline)),
                },
            }
        }
        function
    }

    pub(super) fn label(&self, name: &str) -> Option<usize> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, at)| *at)
    }

    pub(crate) fn instructions(&self) -> impl Iterator<Item = (usize, &Instruction)> {
        self.instructions.iter().enumerate()
    }
}

/// A symbol as Rust knows it; what is none, as it is.
pub(super) fn path(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

pub(crate) fn functions(text: &[u8]) -> Vec<Function> {
    let text = String::from_utf8_lossy(text);
    let mut functions: Vec<_> = text.split("\t.type\t").skip(1).filter_map(function).collect();
    // Of two that are the same the compiler makes one, with two names.
    for (symbol, other) in text.lines().filter_map(|line| line.split_once(" = ")) {
        let same = functions.iter().find(|function| function.symbol == other).cloned();
        functions.extend(same.map(|same| Function { symbol: symbol.to_string(), path: path(symbol), ..same }));
    }
    functions
}

/// Reads what stands behind `.type`: a symbol and its kind, the instructions, the size, and the table of landing pads if there is one.
fn function(text: &str) -> Option<Function> {
    let (title, rest) = text.split_once('\n')?;
    let (symbol, kind) = title.split_once(',')?;
    let (body, rest) = rest.split_once("\t.size\t").filter(|_| kind.ends_with("function"))?;
    let mut function = Function::new(symbol, body);
    // Of each part that may unwind its begin, length, landing pad and action, as `.uleb128 .Ltmp1-.Ltmp0`.
    let (_, sites) = rest.split_once("\n.Lcst_begin").unwrap_or_default();
    let (sites, _) = sites.split_once("\n.Lcst_end").unwrap_or_default();
    let labels: Vec<_> = sites.lines().skip(1).filter_map(|line| line.trim().split(['\t', ' ', '-']).nth(1)).collect();
    for [begin, end, pad, _] in labels.as_chunks().0 {
        if let (Some(begin), Some(end), Some(pad)) = (function.label(begin), function.label(end), function.label(pad)) {
            function.pads.push((begin..end, pad));
        }
    }
    Some(function)
}

/// An instruction; not a directive or a comment.
pub(super) fn read(line: &str, inline: bool) -> Option<Instruction> {
    let line = line.strip_prefix('\t').filter(|line| !line.starts_with(['.', '#']))?;
    // x86 comments begin with #, Arm's with //, where # begins a number.
    let line = line[..line.find("\t#").or_else(|| line.find("//")).unwrap_or(line.len())].trim_end();
    // A prefix of x86 stands before the name: `rep\tbsfq`.
    let (name, operands) = line.split_once('\t').unwrap_or((line, ""));
    let (name, operands) = (name.to_string(), operands.trim().to_string());
    (!name.is_empty()).then_some(Instruction { name, operands, inline })
}

/// A function for tests, of lines like those of the compiler with "; " between them. What is between .Lt0 and .Lt1 may unwind to .Lt2.
#[cfg(test)]
pub(super) fn example(symbol: &str, body: &str) -> Function {
    let lines = body.split("; ").map(|line| match line.ends_with(':') {
        true => format!("{line}\n"),
        false => format!("\t{}\n", line.replacen(' ', "\t", 1)),
    });
    let body: String = lines.collect();
    let table = ".Lcst_begin0:\n\t.uleb128 .Lt0-.Lfunc_begin0\n\t.uleb128 .Lt1-.Lt0\n\t.uleb128 .Lt2-.Lfunc_begin0\n\t.byte\t0\n.Lcst_end0:\n";
    functions(format!("\t.type\t{symbol},@function\n{body}\t.size\t{symbol}, 1\n{table}").as_bytes()).remove(0)
}
