//! The compiler's assembly, read into functions.

use std::collections::HashMap;
use std::fmt;

use memchr::{memchr, memchr_iter, memmem};

/// A function.
#[derive(Debug, Default)]
pub(crate) struct Function {
    /// As the assembler knows it.
    pub(crate) symbol: String,
    /// As Rust knows it: `crate::module::name`.
    pub(crate) path: String,
    pub(crate) lines: Vec<Line>,
    /// The landing pads that unwinding calls lead to: first line, last line, line of the pad.
    pub(crate) pads: Vec<(usize, usize, usize)>,
}

/// A line of a function.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Label(String),
    Instruction(Instruction),
}

/// An instruction.
#[derive(Debug, PartialEq, Eq)]
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
    /// Where a label is.
    pub(crate) fn label(&self, name: &str) -> Option<usize> {
        self.lines.iter().position(|line| matches!(line, Line::Label(label) if label == name))
    }

    /// The instructions, with their lines' numbers.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = (usize, &Instruction)> {
        self.lines.iter().enumerate().filter_map(|(i, line)| match line {
            Line::Instruction(instruction) => Some((i, instruction)),
            Line::Label(_) => None,
        })
    }
}

/// The functions of one file of assembly.
pub(crate) fn functions(text: &[u8]) -> Vec<Function> {
    let pads = landing_pads(text);
    let mut functions: Vec<Function> = Vec::new();
    let mut current: Option<Function> = None;
    let mut exception_table = None;
    let mut inline = false;
    for line in lines(text) {
        if let Some(symbol) = line.strip_prefix("\t.type\t").and_then(|rest| rest.split_once(",")) {
            if symbol.1.ends_with("function") {
                let path = format!("{:#}", rustc_demangle::demangle(symbol.0));
                current = Some(Function { symbol: symbol.0.to_string(), path, ..Function::default() });
                exception_table = None;
            }
            continue;
        }
        let Some(function) = &mut current else { continue };
        if line.starts_with("\t.size\t") {
            let mut function = current.take().expect("it is there");
            let table = exception_table.take().and_then(|name: String| pads.get(&name));
            function.pads = table.into_iter().flatten().filter_map(|site| site.resolve(&function)).collect();
            functions.push(function);
            continue;
        }
        if let Some(table) = line.strip_prefix("\t.cfi_lsda ").and_then(|rest| rest.split_once(", ")) {
            exception_table = Some(table.1.to_string());
        }
        match line.trim() {
            "#APP" | "//APP" => inline = true,
            "#NO_APP" | "//NO_APP" => inline = false,
            _ => function.lines.extend(read(line, inline)),
        }
    }
    functions
}

/// A label or an instruction; not a directive or a comment.
pub(crate) fn read(line: &str, inline: bool) -> Option<Line> {
    if let Some(label) = line.strip_suffix(':') {
        return (!label.starts_with('\t')).then(|| Line::Label(label.to_string()));
    }
    let line = line.strip_prefix('\t')?;
    // x86 comments begin with #, Arm's with //, where # begins a number.
    let end = memmem::find(line.as_bytes(), b"\t#").or_else(|| memmem::find(line.as_bytes(), b"//"));
    let line = line[..end.unwrap_or(line.len())].trim_end();
    let (name, operands) = line.split_at(memchr(b'\t', line.as_bytes()).unwrap_or(line.len()));
    if name.is_empty() || name.starts_with(['.', '#']) {
        return None;
    }
    // A prefix of x86 stands before the name: `rep\tbsfq`.
    let operands = operands.trim().to_string();
    Some(Line::Instruction(Instruction { name: name.to_string(), operands, inline }))
}

/// The lines of a text.
fn lines(text: &[u8]) -> impl Iterator<Item = &str> {
    let ends = memchr_iter(b'\n', text).chain((text.last() != Some(&b'\n')).then_some(text.len()));
    let mut start = 0;
    ends.filter_map(move |end| {
        let line = &text[start..end];
        start = (end + 1).min(text.len());
        std::str::from_utf8(line).ok()
    })
}

/// Calls between two labels that may unwind to a third.
struct CallSite {
    from: String,
    to: String,
    pad: String,
}

impl CallSite {
    fn resolve(&self, function: &Function) -> Option<(usize, usize, usize)> {
        Some((function.label(&self.from)?, function.label(&self.to)?, function.label(&self.pad)?))
    }
}

/// The tables of landing pads, by their labels.
fn landing_pads(text: &[u8]) -> HashMap<String, Vec<CallSite>> {
    let mut tables: HashMap<String, Vec<CallSite>> = HashMap::new();
    let mut table = None;
    let mut numbers: Option<Vec<String>> = None;
    for line in lines(text) {
        if let Some(label) = line.strip_suffix(':') {
            if label.starts_with(".Lexception") {
                table = Some(label.to_string());
            } else if label.starts_with(".Lcst_begin") {
                numbers = Some(Vec::new());
            } else if label.starts_with(".Lcst_end") {
                // Begin, length, landing pad and action of each site.
                for site in numbers.take().unwrap_or_default().chunks_exact(4) {
                    let first = |number: &str| number.split(['-', ' ', '\t']).next().unwrap_or_default().to_string();
                    let site = CallSite { from: first(&site[0]), to: first(&site[1]), pad: first(&site[2]) };
                    tables.entry(table.clone().unwrap_or_default()).or_default().push(site);
                }
            }
        } else if let (Some(numbers), Some(number)) = (
            &mut numbers,
            ["\t.uleb128 ", "\t.byte\t", "\t.word\t"].into_iter().find_map(|kind| line.strip_prefix(kind)),
        ) {
            numbers.push(number.to_string());
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"\t.type\t_ZN4demo3run17h0123456789abcdefE,@function\n\
        _ZN4demo3run17h0123456789abcdefE:\n.Lfunc_begin0:\n\t.cfi_startproc\n\t.cfi_lsda 27, .Lexception0\n\
        \tpushq\t%rbp\n.Ltmp0:\n\tcallq\t*%rbx\t# a comment\n.Ltmp1:\n\t#APP\n\n\tsfence\n\n\t#NO_APP\n\tretq\n\
        .Ltmp2:\n\tud2\n.Lfunc_end0:\n\t.size\tdemo, .Lfunc_end0-demo\n\
        .Lexception0:\n\t.byte\t255\n\t.uleb128 .Lcst_end0-.Lcst_begin0\n.Lcst_begin0:\n\
        \t.uleb128 .Ltmp0-.Lfunc_begin0\n\t.uleb128 .Ltmp1-.Ltmp0\n\t.uleb128 .Ltmp2-.Lfunc_begin0\n\t.byte\t0\n.Lcst_end0:\n";

    #[test]
    fn functions_are_read() {
        let functions = functions(TEXT);
        let [function] = &functions[..] else { panic!("{functions:?}") };
        assert_eq!(function.path, "demo::run");
        let names: Vec<_> = function.instructions().map(|(_, instruction)| &*instruction.name).collect();
        assert_eq!(names, ["pushq", "callq", "sfence", "retq", "ud2"]);
        let inline: Vec<_> = function.instructions().filter(|(_, i)| i.inline).map(|(_, i)| &*i.name).collect();
        assert_eq!(inline, ["sfence"]);
        let call = function.instructions().find(|(_, i)| i.name == "callq").unwrap();
        assert_eq!(call.1.operands, "*%rbx");
        let (from, to, pad) = function.pads[0];
        assert!(from < call.0 && call.0 < to && to < pad);
    }

    #[test]
    fn the_last_line_needs_no_end() {
        assert_eq!(lines(b"a\n\nb").collect::<Vec<_>>(), ["a", "", "b"]);
        assert_eq!(lines(b"a\n").collect::<Vec<_>>(), ["a"]);
    }
}
