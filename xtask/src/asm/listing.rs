//! The compiler's assembly, read into functions.

use std::fmt;

#[derive(Debug, Default)]
pub(crate) struct Function {
    /// As the assembler knows it.
    pub(super) symbol: String,
    /// As Rust knows it: `crate::module::name`.
    pub(crate) path: String,
    pub(crate) instructions: Vec<Instruction>,
    /// The labels, and the instruction that each stands before.
    pub(super) labels: Vec<(String, usize)>,
    /// The landing pads that unwinding calls lead to: first instruction, the one behind the last, the pad's.
    pub(super) pads: Vec<(usize, usize, usize)>,
}

#[derive(Debug)]
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
    /// The instruction that a label stands before.
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

/// The functions of one file of assembly.
pub(crate) fn functions(text: &[u8]) -> Vec<Function> {
    let text = String::from_utf8_lossy(text);
    let mut functions = Vec::new();
    let (mut current, mut table, mut inline): (Option<Function>, _, _) = (None, None, false);
    for line in text.lines() {
        if let Some((symbol, kind)) = line.strip_prefix("\t.type\t").and_then(|rest| rest.split_once(',')) {
            if kind.ends_with("function") {
                current = Some(Function { symbol: symbol.to_string(), path: path(symbol), ..Function::default() });
                table = None;
            }
        } else if let Some(function) = &mut current {
            if line.starts_with("\t.size\t") {
                function.pads = table.map_or(Vec::new(), |table| landing_pads(&text, table, function));
                functions.extend(current.take());
                continue;
            }
            if line.starts_with("\t.cfi_lsda") {
                table = line.split_once(", .Lexception").map(|(_, number)| number);
            }
            match line.trim() {
                "#APP" | "//APP" => inline = true,
                "#NO_APP" | "//NO_APP" => inline = false,
                _ => match line.strip_suffix(':') {
                    Some(label) => function.labels.push((label.to_string(), function.instructions.len())),
                    None => function.instructions.extend(read(line, inline)),
                },
            }
        }
    }
    functions
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

/// What a function's table of exceptions says: begin, length, landing pad and action of each part of it that may unwind.
fn landing_pads(text: &str, table: &str, function: &Function) -> Vec<(usize, usize, usize)> {
    let (_, rest) = text.split_once(&format!("\n.Lcst_begin{table}:\n")).unwrap_or_default();
    let (sites, _) = rest.split_once("\n.Lcst_end").unwrap_or_default();
    // `.uleb128 .Ltmp1-.Ltmp0`
    let labels: Vec<_> = sites.lines().filter_map(|line| line.trim().split(['\t', ' ', '-']).nth(1)).collect();
    let site = |[begin, length, pad, _]: &[&str; 4]| {
        Some((function.label(begin)?, function.label(length)?, function.label(pad)?))
    };
    labels.as_chunks().0.iter().filter_map(site).collect()
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
