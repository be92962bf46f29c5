//! Assembly with one instruction left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::libraries::Machine;
use super::{Library, Row, name};
use crate::cargo::cargo;
use crate::failure::{Failure, cannot, read};
use crate::process::{self, LIMIT};
use crate::progress::Progress;

/// For the tests, which take seconds. A loop that has lost its counter does not end: that is noticed, too.
const TEST_LIMIT: Duration = Duration::from_secs(120);

/// Leaves out each instruction of a library in turn, in the copy, and runs the tests.
pub(super) fn run(library: &Library, machine: &Machine, files: &[PathBuf], tree: &Path) -> Result<Row, Failure> {
    let test = |limit, more: &[&str]| {
        let mut cargo = cargo();
        cargo.current_dir(tree).args(["test", "--quiet", "--profile", "mutants", "--all-features"]);
        cargo.args(["--lib", "--tests"]).args(library.tests().flat_map(|name| ["-p", name])).args(more);
        cargo.arg("--target-dir").arg(tree.with_file_name(library.name));
        machine.prepare(&mut cargo);
        match process::run_whole(&mut cargo, limit, |_| Ok(())) {
            Ok(status) => Ok(status.success()),
            // Stopped at the limit.
            Err(Failure::Run(_)) => Ok(false),
            Err(other) => Err(other),
        }
    };
    if !test(LIMIT, &[])? {
        return Err(Failure::run(format_args!("the tests of {} fail before anything is left out", library.name)));
    }
    let mut instructions = Vec::new();
    for file in files {
        instructions.extend(instructions_in(&read(file)?).into_iter().map(|(line, text)| (file, line, text)));
    }
    let mut row = Row { what: format!("{}, instructions", library.name), ..Row::default() };
    let progress = Progress::new(instructions.len() as u64);
    for (file, line, text) in instructions {
        let at = format!("{}:{}", name(file, tree), line + 1);
        progress.start(&at);
        let whole = read(file)?;
        let write = |text: &str| fs::write(file, text).map_err(cannot("write", file));
        write(&without_line(&whole, line))?;
        if !test(LIMIT, &["--no-run"])? {
            // An operand that only this instruction uses.
            row.unviable += 1;
        } else if test(TEST_LIMIT, &[])? {
            progress.line(format_args!("MISSED   {at}: without `{text}`"))?;
            row.missed += 1;
        } else {
            row.caught += 1;
        }
        write(&whole)?;
        progress.done();
    }
    Ok(row)
}

/// The lines, counted from 0, that are an instruction, or a macro that makes some, and nothing else.
fn instructions_in(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate();
    lines.filter_map(|(line, text)| Some((line, instruction(text.trim())?.to_string()))).collect()
}

fn instruction(line: &str) -> Option<&str> {
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if let Some((name, _)) = line.strip_suffix("),").and_then(|call| call.split_once("!(\"")) {
        return is_name(name).then_some(line);
    }
    // A string that begins with a letter: no label, no directive. An offset may be put into it.
    let text = line.strip_prefix('"')?.trim_end_matches([',', ';']).strip_suffix('"')?;
    let is_hint = ["prefetch", "prfm", "vzeroupper", "ntl."].iter().any(|hint| text.starts_with(hint));
    let is_one = !text.replace("\", $offset, \"", "").contains('"');
    (text.starts_with(|c: char| c.is_ascii_lowercase()) && is_one && !is_hint).then_some(text)
}

/// The line becomes an empty one, so that all others keep their numbers.
fn without_line(text: &str, line: usize) -> String {
    text.split_inclusive('\n').enumerate().map(|(at, text)| if at == line { "\n" } else { text }).collect()
}

#[test]
fn instructions_are_found_and_left_out() {
    let at = "vmovntdq [{d} + \", $offset, \" + 32], ymm1\\n";
    for (line, found) in [
        ("store!(\"16\", \"v1\"),", Some("store!(\"16\", \"v1\"),")),
        ("\"2:\",", None),
        ("\".irp o,0,8\",", None),
        ("\"prefetcht0 [{s}]\",", None),
        ("\"dec {n}\",", Some("dec {n}")),
        ("\"dec {n}\"", Some("dec {n}")),
        ("\"a\", \"b\"", None),
        ("s = in(reg) \"x\",", None),
        (&format!("\"{at}\","), Some(at)),
    ] {
        assert_eq!(instruction(line), found, "{line}");
    }
    assert_eq!(instructions_in("asm!(\n    \"jnz 2b\",\n"), [(1, "jnz 2b".to_string())]);
    assert_eq!(without_line("a\nb\nc\n", 1), "a\n\nc\n");
    for library in super::LIBRARIES.iter().filter(|library| library.triple.is_some()) {
        let (files, others) = super::sources(library, Some("avx2"), crate::cargo::workspace()).unwrap();
        assert!(!files.is_empty(), "{}", library.name);
        for file in others {
            assert!(!instructions_in(&read(&file).unwrap()).is_empty(), "{}", file.display());
        }
    }
}
