//! The oldest Rust that will do: one number, wherever it is written, and the libraries compile with it.

use std::fs;
use std::path::Path;

use super::Verdict;
use super::workspace::{Workspace, folder};
use crate::cargo::target_dir;
use crate::failure::Failure;
use crate::install;
use crate::interrupt::Interrupt;
use crate::needs::Need;
use crate::process::{self, LIMIT};
use crate::toolchain;

/// Where it is written for people: these must have it.
const STATED: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// The number is the same everywhere.
pub(super) fn stated_everywhere(workspace: &Workspace) -> Verdict {
    let ours = workspace.rust();
    let mut wrong = Vec::new();
    for library in &workspace.libraries {
        if library.rust_version.as_ref() != Some(&workspace.rust_version) {
            wrong.push(format!(
                "{} has another rust-version than {ours}: `rust-version.workspace = true`",
                library.name
            ));
        }
        wrong.extend(statement(&folder(library).join("README.md"), &ours, &library.name));
    }
    wrong.extend(STATED.iter().filter_map(|file| statement(&workspace.root.join(file), &ours, "the workspace")));
    Verdict::of(wrong, || format!("Rust {ours} is stated everywhere"))
}

/// The libraries, and all that they are built with, compile with that Rust itself, where rustup has it.
pub(super) fn compiles(workspace: &Workspace, interrupt: &Interrupt) -> Result<Verdict, Failure> {
    let rust = workspace.rust();
    if let Some(need) = missing(workspace) {
        let why = format!("{}: nothing shows that it will do", need.describe());
        return Ok(Verdict::Skipped { why, fix: install::fix(&[need]) });
    }
    let mut check = toolchain::rustup(&rust);
    check.args(["check", "--locked", "--all-features"]).current_dir(&workspace.root);
    check.arg("--target-dir").arg(target_dir(&workspace.root, interrupt)?.join("oldest-rust"));
    for library in &workspace.libraries {
        check.args(["--package", library.name.as_str()]);
    }
    match process::quiet(&mut check, LIMIT, interrupt) {
        Ok(()) => Ok(Verdict::Good(format!("the libraries compile with Rust {rust}, with all features"))),
        Err(Failure::Run(said)) => Ok(Verdict::Wrong(vec![said])),
        Err(other) => Err(other),
    }
}

/// That Rust, if it is not here.
pub(super) fn missing(workspace: &Workspace) -> Option<Need> {
    let rust = workspace.rust();
    let install = format!("rustup toolchain install {rust} --profile minimal");
    toolchain::unless_there(toolchain::rustup(&rust), format!("Rust {rust} itself"), install)
}

/// What is wrong with how a file states the version.
fn statement(path: &Path, ours: &str, whose: &str) -> Option<String> {
    let name = path.file_name().unwrap_or_default().display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return Some(format!("cannot read {name} of {whose}: {error}")),
    };
    let stated = stated(&text);
    if stated.is_empty() {
        return Some(format!("{name} of {whose} does not say `Rust {ours} or later`"));
    }
    let other = stated.into_iter().find(|stated| stated != ours)?;
    Some(format!("{name} of {whose} says Rust {other}, the manifest {ours}"))
}

/// The versions in `Rust 1.89` and `Rust version (now 1.89)`.
fn stated(text: &str) -> Vec<String> {
    let versions = ["Rust 1.", "Rust version (now 1."].iter().flat_map(|before| {
        text.split(before).skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            format!("1.{}", &rest[..end])
        })
    });
    versions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_found() {
        let text = "Rust 1.89 or later. See Rust 1.2.\nraising the Rust version (now 1.90) is; Rust is good.";
        assert_eq!(stated(text), ["1.89", "1.2", "1.90"]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("README.md");
        let check = |text: &str| {
            fs::write(&file, text).unwrap();
            statement(&file, "1.89", "x")
        };
        assert_eq!(check("Rust 1.89 or later."), None);
        assert!(check("Rust 1.88 or later.").unwrap().contains("says Rust 1.88"));
        assert!(check("No word of it.").unwrap().contains("does not say"));
    }
}
