//! One target: whether the libraries compile for it, without a word, and which backends are then in them.

use std::fs;
use std::path::{Path, PathBuf};

use memcpy_streaming::Backend;
use serde_json::Value;

use crate::cargo::cargo;
use crate::compile::Place;
use crate::failure::{Failure, read};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};
use crate::targets::compiled::Expected;
use crate::toolchain::Toolchain;

/// The libraries, as cargo names them in its messages.
const OURS: [&str; 6] = [
    "memcpy_streaming",
    "memcpy_streaming_x86",
    "memcpy_streaming_arm",
    "memcpy_streaming_riscv",
    "memcpy_streaming_s390x",
    "memmap_template",
];

/// What came of a target.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Built {
    /// The errors and warnings of our crates, as the compiler prints them.
    said: Vec<String>,
    /// The source files of our crates that were compiled.
    files: Vec<String>,
    succeeded: bool,
}

/// Checks the libraries for a target, as they are without features.
pub(super) fn check(
    triple: &str,
    place: &Place<'_>,
    toolchain: Toolchain,
    interrupt: &Interrupt,
) -> Result<Built, Failure> {
    let mut cargo = cargo();
    cargo.current_dir(place.workspace).args(["check", "--locked", "--quiet", "--message-format=json"]);
    // A refusal comes from a build script, whatever else fails before it for want of `core`.
    cargo.args(["--keep-going", "-p", "memcpy-streaming", "-p", "memmap-template", "--target", triple]);
    cargo.arg("--target-dir").arg(place.target_dir.join("targets").join(toolchain.folder()));
    toolchain.apply_source("core", &mut cargo);
    cargo.env_remove("RUSTFLAGS");
    // What a build script refuses is said there, and not among the messages.
    let errors = tempfile::NamedTempFile::new().map_err(Failure::run)?;
    cargo.stderr(errors.reopen().map_err(Failure::run)?);
    let mut built = Built::default();
    let status = process::run(&mut cargo, LIMIT, interrupt, |line| built.message(line))?;
    built.succeeded = status.success();
    let text = fs::read_to_string(errors.path()).map_err(Failure::run)?;
    built.said.extend(text.lines().filter(|line| line.starts_with("error: memcpy-streaming@")).map(str::to_string));
    Ok(built)
}

impl Built {
    /// Takes in one of cargo's messages.
    fn message(&mut self, line: &str) -> Result<(), Failure> {
        let message: Value = serde_json::from_str(line).unwrap_or_default();
        if !message["target"]["name"].as_str().is_some_and(|name| OURS.contains(&name)) {
            return Ok(());
        }
        match message["reason"].as_str() {
            Some("compiler-message") => {
                // "aborting due to 1 previous error" has no place in the source.
                let has_place = message["message"]["spans"].as_array().is_some_and(|spans| !spans.is_empty());
                if let (true, Some(text)) = (has_place, message["message"]["rendered"].as_str()) {
                    self.said.push(text.to_string());
                }
            }
            Some("compiler-artifact") => {
                for file in message["filenames"].as_array().into_iter().flatten() {
                    self.files.extend(sources(Path::new(file.as_str().unwrap_or_default()))?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The backends that were compiled in. Each is a file of a crate of kernels; without an architecture's table none of them
    /// can be chosen.
    fn backends(&self) -> Vec<&'static str> {
        let has = |path: &str| self.files.iter().any(|file| file.ends_with(path));
        let table = ["x86", "aarch64", "riscv64", "s390x"].iter().any(|arch| has(&format!("src/arch/{arch}.rs")));
        let kernels =
            |backend: &Backend| OURS.iter().any(|name| has(&format!("{}/src/{backend}.rs", name.replace('_', "-"))));
        let streaming = Backend::ALL.iter().filter(|backend| table && kernels(backend));
        streaming.map(|backend| backend.name()).chain([Backend::Portable.name()]).collect()
    }

    /// What is not as it must be, if anything.
    pub(super) fn judge(&self, expected: Expected) -> Result<(), String> {
        let first_lines: Vec<_> = self.said.iter().filter_map(|text| text.lines().next()).collect();
        match expected {
            Expected::Builds(_) if !self.said.is_empty() || !self.succeeded => {
                Err(format!("{} errors and warnings of ours, the first: {}", first_lines.len(), first(&first_lines)))
            }
            Expected::Builds(names) if self.backends() != names => {
                Err(format!("compiled in are {} instead of {}", self.backends().join(", "), names.join(", ")))
            }
            Expected::Refused(_) if self.succeeded => Err("it builds, and should be refused".to_string()),
            Expected::Refused(why) if !matches!(first_lines[..], [line] if line.contains(why)) => Err(format!(
                "refused by {} errors, the first: {}; it should be one line with \"{why}\"",
                first_lines.len(),
                first(&first_lines)
            )),
            Expected::Builds(_) | Expected::Refused(_) => Ok(()),
        }
    }
}

fn first<'a>(lines: &[&'a str]) -> &'a str {
    lines.first().copied().unwrap_or("none of our crates said anything")
}

/// The source files of an artefact `libNAME.rmeta`, from `NAME.d` beside it.
fn sources(artefact: &Path) -> Result<Vec<String>, Failure> {
    let name = artefact.file_stem().unwrap_or_default().to_string_lossy();
    let path: PathBuf = artefact.with_file_name(format!("{}.d", name.strip_prefix("lib").unwrap_or(&name)));
    let text = read(&path)?;
    // A line for each file, `FILE:`, after those for what is made of them.
    let files = text.lines().filter_map(|line| line.strip_suffix(':'));
    Ok(files.map(|file| file.replace('\\', "/")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(said: &[&str], files: &[&str], succeeded: bool) -> Built {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_string()).collect();
        Built { said: owned(said), files: owned(files), succeeded }
    }

    const ARM: [&str; 3] =
        ["memcpy-streaming/src/arch/aarch64.rs", "memcpy-streaming-arm/src/lib.rs", "memcpy-streaming-arm/src/neon.rs"];

    #[test]
    fn the_files_that_are_compiled_say_which_backends_are_in() {
        assert_eq!(built(&[], &ARM, true).backends(), ["neon", "portable"]);
        // Pointers of 32 bits on aarch64: the kernels are there, and no table names them.
        let portable = [&["memcpy-streaming/src/arch/portable.rs"], &ARM[1..]].concat();
        assert_eq!(built(&[], &portable, true).backends(), ["portable"]);
        // A table may take functions of the portable one.
        let zihintntl = ["arch/riscv64.rs", "arch/portable.rs"].map(|file| format!("memcpy-streaming/src/{file}"));
        let files = [&zihintntl[0], &zihintntl[1], "memcpy-streaming-riscv/src/zihintntl.rs"];
        assert_eq!(built(&[], &files, true).backends(), ["zihintntl", "portable"]);
    }

    #[test]
    fn a_word_of_ours_is_a_failure_and_so_are_other_backends() {
        let neon = Expected::Builds(&["neon", "portable"]);
        assert_eq!(built(&[], &ARM, true).judge(neon), Ok(()));
        assert!(built(&["warning: unused import\n --> x"], &ARM, true).judge(neon).is_err());
        assert!(built(&[], &ARM, false).judge(neon).is_err());
        let why = built(&[], &ARM, true).judge(Expected::Builds(&["portable"])).unwrap_err();
        assert_eq!(why, "compiled in are neon, portable instead of portable");
    }

    #[test]
    fn a_refusal_is_one_line_that_says_why() {
        let small = Expected::Refused("pointers of 32");
        assert_eq!(built(&["error: pointers of 32 bits are needed\n"], &[], false).judge(small), Ok(()));
        assert!(built(&["error: pointers of 32 bits are needed", "error: other"], &[], false).judge(small).is_err());
        assert!(built(&["error: other"], &[], false).judge(small).is_err());
        assert!(built(&[], &[], false).judge(small).is_err());
        assert!(built(&[], &[], true).judge(small).is_err());
    }

    #[test]
    fn messages_of_others_are_passed_over() {
        let mut built = Built::default();
        let line = |name: &str, spans: &str| {
            format!(
                r#"{{"reason":"compiler-message","target":{{"name":"{name}"}},"message":{{"rendered":"w","spans":{spans}}}}}"#
            )
        };
        for line in [line("core", "[1]"), line("memmap_template", "[]"), line("memmap_template", "[1]"), "x".into()] {
            built.message(&line).unwrap();
        }
        assert_eq!(built.said, ["w"]);
    }
}
