//! Assembly with one instruction left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::libraries::{Library, Machine};
use super::tree;
use crate::cargo::cargo;
use crate::failure::{Failure, cannot, read};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};
use crate::progress::Progress;

/// For the tests, which take seconds. A loop that has lost its counter does not end: that is noticed, too.
const TEST_LIMIT: Duration = Duration::from_secs(120);

/// An instruction in a source file.
struct Instruction {
    file: PathBuf,
    /// Counted from 0.
    line: usize,
    text: String,
}

/// What became of them.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) caught: usize,
    /// Those without which nothing is built: an operand that only they use.
    pub(super) unviable: usize,
    /// Those that nobody misses, a line each.
    pub(super) missed: Vec<String>,
}

/// Leaves out each instruction of a library in turn, in `tree`, and runs the tests.
pub(super) fn run(
    library: &Library,
    machine: &Machine,
    files: &[PathBuf],
    tree: &Path,
    target_dir: &Path,
    interrupt: &Interrupt,
) -> Result<Tally, Failure> {
    let test = |limit, more: &[&str]| {
        let mut cargo = cargo();
        cargo.current_dir(tree).args(["test", "--quiet", "--profile", "mutants", "--all-features", "--lib", "--tests"]);
        cargo.args(library.tests.iter().flat_map(|name| ["-p", name])).args(more);
        cargo.arg("--target-dir").arg(target_dir);
        machine.prepare(&mut cargo);
        match process::errors_of(&mut cargo, limit, interrupt) {
            Ok((status, _)) => Ok(status.success()),
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
        let text = read(file)?;
        let found = instructions_in(&text).map(|(line, text)| Instruction { file: file.clone(), line, text });
        instructions.extend(found);
    }
    let mut tally = Tally::default();
    let progress = Progress::new(instructions.len() as u64);
    for Instruction { file, line, text } in &instructions {
        let name = file.strip_prefix(tree).unwrap_or(file).display().to_string();
        progress.start(format_args!("{name}:{}", line + 1));
        let whole = read(file)?;
        let write = |text: &str| fs::write(file, text).map_err(cannot("write", file));
        write(&without_line(&whole, *line))?;
        if !test(LIMIT, &["--no-run"])? {
            tally.unviable += 1;
        } else if test(TEST_LIMIT, &[])? {
            let missed = format!("{name}:{}: without `{text}`", line + 1);
            progress.line(format_args!("MISSED   {missed}"))?;
            tally.missed.push(missed);
        } else {
            tally.caught += 1;
        }
        write(&whole)?;
        progress.done();
    }
    Ok(tally)
}

/// The source files of a library that hold assembly of backends that are there.
pub(super) fn files(
    library: &Library,
    backends: Option<&str>,
    tree: &Path,
) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let folder = tree.join(library.name).join("src");
    let files = tree::sources(&folder).map_err(|error| Failure::run(format_args!("{}: {error}", folder.display())))?;
    Ok(files.into_iter().partition(|file| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let is_backend = name.parse::<memcpy_streaming::Backend>().is_ok();
        !is_backend || backends.is_none_or(|backends| backends.split(", ").any(|backend| backend == name))
    }))
}

/// The lines that are an instruction, or a macro that makes some, and nothing else.
fn instructions_in(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().filter_map(|(line, text)| Some((line, instruction(text.trim())?.to_string())))
}

fn instruction(line: &str) -> Option<&str> {
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if let Some((name, _)) = line.strip_suffix("),").and_then(|call| call.split_once("!(\"")) {
        return is_name(name).then_some(line);
    }
    // A string that begins with a letter: no label, no directive. An offset may be put into it.
    let text = line.strip_prefix('"')?;
    let text = text.trim_end_matches([',', ';']).strip_suffix('"')?;
    let is_hint = ["prefetch", "prfm", "vzeroupper", "ntl."].iter().any(|hint| text.starts_with(hint));
    let is_one = !text.replace("\", $offset, \"", "").contains('"');
    (text.starts_with(|c: char| c.is_ascii_lowercase()) && is_one && !is_hint).then_some(text)
}

/// The line becomes an empty one, so that all others keep their numbers.
fn without_line(text: &str, line: usize) -> String {
    let lines = text.lines().enumerate();
    lines.map(|(at, text)| if at == line { "\n".to_string() } else { format!("{text}\n") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_found_and_left_out() {
        let text = "asm!(\n    store!(\"16\", \"v1\"),\n    \"2:\",\n    \".irp o,0,8\",\n    \"prefetcht0 [{s}]\",\n    \"dec {n}\",\n    \"jnz 2b\",\n    s = in(reg) \"x\",\n)\n";
        let found: Vec<_> = instructions_in(text).collect();
        let expected = [(1, "store!(\"16\", \"v1\"),"), (5, "dec {n}"), (6, "jnz 2b")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_string())));
        assert_eq!(without_line("a\nb\nc\n", 1), "a\n\nc\n");
        let at = r#"vmovntdq [{d} + ", $offset, " + 32], ymm1\n"#;
        assert_eq!(instruction(&format!("\"{at}\",")), Some(at));
        assert_eq!((instruction("\"dec {n}\""), instruction("\"a\", \"b\"")), (Some("dec {n}"), None));
    }

    #[test]
    fn every_backend_file_has_some() {
        for library in super::super::libraries::LIBRARIES.iter().filter(|library| library.is_assembly) {
            let (files, others) = files(library, Some("avx2"), &crate::cargo::workspace()).unwrap();
            assert!(!files.is_empty(), "{}", library.name);
            for file in others {
                assert!(instructions_in(&read(&file).unwrap()).next().is_some(), "{}", file.display());
            }
        }
    }
}
