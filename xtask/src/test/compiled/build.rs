//! One target: whether the libraries compile for it, without a word, and which backends are then in them.

use std::fs;
use std::path::Path;

use cargo_metadata::Message;
use memcpy_streaming::Backend;

use super::with_core;
use crate::cargo::cargo;
use crate::compile::Place;
use crate::failure::{Failure, read};
use crate::process::{self, LIMIT};
use crate::targets::compiled::Expected;
use crate::targets::names;
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
#[derive(Default)]
struct Built {
    /// The errors and warnings of our crates, as the compiler prints them.
    said: Vec<String>,
    /// The source files of our crates that were compiled.
    files: Vec<String>,
    succeeded: bool,
}

/// Checks the libraries for a target, as they are without features.
pub(super) fn check(triple: &str, expected: Expected, place: &Place<'_>) -> Result<(), Failure> {
    let toolchain = match expected {
        Expected::Builds(_) => with_core(triple)?,
        // The build script says so, before anything is compiled that takes `core`.
        Expected::Refused(_) => Toolchain::Own,
    };
    let mut cargo = cargo();
    cargo.current_dir(place.workspace).args(["check", "--locked", "--quiet", "--message-format=json"]);
    // A refusal comes from a build script, whatever else fails before it for want of `core`.
    cargo.args(["--keep-going", "-p", "memcpy-streaming", "-p", "memmap-template", "--target", triple]);
    cargo.arg("--target-dir").arg(place.target_dir.join("targets").join(toolchain.folder()));
    toolchain.apply_source("core", &mut cargo);
    // What a build script refuses is said there, and not among the messages.
    let errors = tempfile::NamedTempFile::new().map_err(Failure::run)?;
    cargo.env_remove("RUSTFLAGS").stderr(errors.reopen().map_err(Failure::run)?);
    let mut built = Built::default();
    let status = process::run(&mut cargo, LIMIT, place.interrupt, |line| built.message(line))?;
    built.succeeded = status.success();
    let text = fs::read_to_string(errors.path()).map_err(Failure::run)?;
    built.said.extend(text.lines().filter(|line| line.starts_with("error: memcpy-streaming@")).map(str::to_string));
    built.judge(expected).map_err(Failure::run)
}

impl Built {
    /// Takes in one of cargo's messages.
    fn message(&mut self, line: &str) -> Result<(), Failure> {
        match serde_json::from_str(line) {
            // "aborting due to 1 previous error" has no place in the source.
            Ok(Message::CompilerMessage(said)) if is_ours(&said.target.name) && !said.message.spans.is_empty() => {
                self.said.extend(said.message.rendered);
            }
            Ok(Message::CompilerArtifact(artifact)) if is_ours(&artifact.target.name) => {
                for file in &artifact.filenames {
                    self.files.extend(sources(file.as_ref())?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The backends that were compiled in. Each is a file of a crate of kernels; without an architecture's table none of them
    /// can be chosen.
    fn backends(&self) -> Vec<Backend> {
        let has = |path: &str| self.files.iter().any(|file| file.ends_with(path));
        let table = ["x86", "aarch64", "riscv64", "s390x"].iter().any(|arch| has(&format!("src/arch/{arch}.rs")));
        let kernels =
            |backend: &Backend| OURS.iter().any(|name| has(&format!("{}/src/{backend}.rs", name.replace('_', "-"))));
        let streaming = Backend::ALL.iter().filter(|backend| table && kernels(backend));
        streaming.copied().chain([Backend::Portable]).collect()
    }

    /// What is not as it must be, if anything.
    fn judge(&self, expected: Expected) -> Result<(), String> {
        let said: Vec<_> = self.said.iter().filter_map(|text| text.lines().next()).collect();
        let (count, first) = (said.len(), said.first().copied().unwrap_or("none of our crates said anything"));
        match expected {
            Expected::Builds(_) if count > 0 || !self.succeeded => {
                Err(format!("{count} errors and warnings of ours, the first: {first}"))
            }
            Expected::Builds(backends) if self.backends() != backends => {
                Err(format!("compiled in are {} instead of {}", names(&self.backends()), names(backends)))
            }
            Expected::Refused(_) if self.succeeded => Err("it builds, and should be refused".to_string()),
            Expected::Refused(why) if count != 1 || !first.contains(why) => {
                Err(format!("refused by {count} errors, the first: {first}; it should be one line with \"{why}\""))
            }
            Expected::Builds(_) | Expected::Refused(_) => Ok(()),
        }
    }
}

fn is_ours(name: &str) -> bool {
    OURS.contains(&name)
}

/// The source files of an artefact `libNAME.rmeta`, from `NAME.d` beside it.
fn sources(artefact: &Path) -> Result<Vec<String>, Failure> {
    let name = artefact.file_stem().unwrap_or_default().to_string_lossy();
    let text = read(&artefact.with_file_name(format!("{}.d", name.strip_prefix("lib").unwrap_or(&name))))?;
    // A line for each file, `FILE:`, after those for what is made of them.
    Ok(text.lines().filter_map(|line| line.strip_suffix(':')).map(|file| file.replace('\\', "/")).collect())
}

#[cfg(test)]
mod tests {
    use Backend::{Neon, Portable, Zihintntl};
    use Expected::{Builds, Refused};

    use super::*;

    #[test]
    fn what_is_not_as_the_table_says_is_named() {
        let arm = "arch/aarch64.rs -arm/src/lib.rs -arm/src/neon.rs";
        let neon = Builds(&[Neon, Portable]);
        let small = Refused("pointers of 32");
        let refusal = "error: pointers of 32 bits are needed";
        for (said, files, succeeded, expected, why) in [
            (&[][..], arm, true, neon, ""),
            (&[], arm, false, neon, "0 errors and warnings of ours"),
            (&["warning: unused import\n --> x"], arm, true, neon, "the first: warning: unused import"),
            (&[], arm, true, Builds(&[Portable]), "compiled in are neon, portable instead of portable"),
            // Pointers of 32 bits on aarch64: the kernels are there, and no table names them.
            (&[], "arch/portable.rs -arm/src/neon.rs", true, Builds(&[Portable]), ""),
            // A table may take functions of the portable one.
            (&[], "arch/riscv64.rs arch/portable.rs -riscv/src/zihintntl.rs", true, Builds(&[Zihintntl, Portable]), ""),
            (&[refusal], "", false, small, ""),
            (&[refusal, "error: other"], "", false, small, "refused by 2 errors"),
            (&["error: other"], "", false, small, "the first: error: other"),
            (&[], "", false, small, "none of our crates said anything"),
            (&[], "", true, small, "it builds"),
        ] {
            let path = |file: &str| match file.strip_prefix("arch") {
                Some(arch) => format!("memcpy-streaming/src/arch{arch}"),
                None => format!("memcpy-streaming{file}"),
            };
            let files = files.split_whitespace().map(path).collect();
            let built = Built { said: said.iter().map(|text| text.to_string()).collect(), files, succeeded };
            let found = built.judge(expected).err().unwrap_or_default();
            assert!(found.contains(why) && found.is_empty() == why.is_empty(), "{found:?} instead of {why:?}");
        }
    }

    #[test]
    fn messages_of_others_are_passed_over() {
        let mut built = Built::default();
        let target = |name: &str| {
            format!(
                r#""package_id":"p","target":{{"kind":["lib"],"crate_types":["lib"],"name":"{name}","src_path":"/l.rs","edition":"2024"}}"#
            )
        };
        let message = |name: &str, spans: &str| {
            let target = target(name);
            let message =
                format!(r#"{{"message":"w","level":"warning","spans":{spans},"children":[],"rendered":"w"}}"#);
            format!(r#"{{"reason":"compiler-message",{target},"message":{message}}}"#)
        };
        let place = r#"[{"file_name":"l.rs","byte_start":0,"byte_end":1,"line_start":1,"line_end":1,"column_start":1,"column_end":2,"is_primary":true,"text":[]}]"#;
        for line in [message("core", place), message("memmap_template", "[]"), message("memmap_template", place)] {
            built.message(&line).unwrap();
        }
        built.message("not JSON").unwrap();
        assert_eq!(built.said, ["w"]);
    }
}
