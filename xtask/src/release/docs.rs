//! The documentation: rustdoc finds every link, with all features.

use super::Verdict;
use super::workspace::Workspace;
use crate::cargo::cargo;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};

pub(super) fn check(workspace: &Workspace, interrupt: &Interrupt) -> Result<Verdict, Failure> {
    let mut cargo = cargo();
    cargo.args(["doc", "--locked", "--quiet", "--no-deps", "--all-features"]).current_dir(&workspace.root);
    workspace.libraries.iter().for_each(|library| {
        cargo.args(["--package", library.name.as_str()]);
    });
    cargo.env("RUSTDOCFLAGS", "-D warnings");
    let status = process::run(&mut cargo, LIMIT, interrupt, process::relay)?;
    let wrong =
        if status.success() { vec![] } else { vec![format!("mend what `{}` says above", process::show(&cargo))] };
    Ok(Verdict::of(wrong, || "no link that rustdoc cannot follow, with all features".to_string()))
}
