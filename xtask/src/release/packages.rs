//! The packages: what is in them, whether they build by themselves, and whether the registry would have them.

use std::process::Command;

use super::Verdict;
use super::workspace::Workspace;
use crate::cargo::{cargo, target_dir};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};

/// What every package has.
const NEEDED: [&str; 5] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];
/// What else it may have: files, and folders with all that is in them.
const ALLOWED: [&str; 10] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml.orig",
    "FIRST-STEPS.md",
    "benches/",
    "build.rs",
    "examples/",
    "include/",
    "src/",
    "tests/",
];

/// A cargo command about packages. What is not committed is packaged too: that it is committed is seen to by cargo when it publishes.
fn on_packages(args: &[&str], workspace: &Workspace) -> Command {
    let mut cargo = cargo();
    cargo.args(args).args(["--locked", "--allow-dirty"]).current_dir(&workspace.root);
    cargo
}

/// What is in the packages.
pub(super) fn contents(workspace: &Workspace, interrupt: &Interrupt) -> Result<Verdict, Failure> {
    let mut wrong = Vec::new();
    let mut count = 0;
    for library in &workspace.libraries {
        let name = library.name.as_str();
        let mut list = on_packages(&["package", "--list", "--package", name], workspace);
        let mut files = Vec::new();
        let status = process::run(&mut list, LIMIT, interrupt, |line| {
            files.push(line.to_string());
            Ok(())
        })?;
        if !status.success() {
            wrong.push(format!("{status} of `{}`", process::show(&list)));
            continue;
        }
        count += files.len();
        wrong.extend(strange(&files).into_iter().map(|what| format!("{name}: {what}")));
    }
    Ok(Verdict::of(wrong, || {
        format!("{count} files in {} packages, none that does not belong there", workspace.libraries.len())
    }))
}

/// What is missing in a package, and what should not be in it.
fn strange(files: &[String]) -> Vec<String> {
    let missing = NEEDED.iter().filter(|needed| !files.iter().any(|file| file == *needed));
    let mut wrong: Vec<_> = missing.map(|needed| format!("no {needed}")).collect();
    for file in files {
        let is_expected = NEEDED.contains(&file.as_str())
            || ALLOWED
                .iter()
                .any(|allowed| if allowed.ends_with('/') { file.starts_with(allowed) } else { file == allowed });
        let name = file.rsplit('/').next().unwrap_or(file);
        let is_left_over = ["~", ".bak", ".rej", ".swp", ".tmp"].iter().any(|end| name.ends_with(end));
        if !is_expected || is_left_over {
            wrong.push(format!("{file} does not belong into a package: `exclude` it in Cargo.toml, or remove it"));
        }
    }
    wrong
}

/// All of publishing but the upload: packages each crate, builds it from its package alone with those before it, and asks the registry.
pub(super) fn dry_run(workspace: &Workspace, interrupt: &Interrupt) -> Result<Verdict, Failure> {
    // A folder that no run before had: cargo unpacks the packages into its home by the folder's name and the version, and would
    // build what it unpacked for an earlier state of this version.
    let parent = target_dir(&workspace.root, interrupt)?;
    let folder = tempfile::Builder::new().prefix("release-").tempdir_in(&parent);
    let folder =
        folder.map_err(|error| Failure::run(format_args!("cannot make a folder in {}: {error}", parent.display())))?;
    let mut publish = on_packages(&["publish", "--dry-run"], workspace);
    publish.arg("--target-dir").arg(folder.path());
    workspace.libraries.iter().for_each(|library| {
        publish.args(["--package", library.name.as_str()]);
    });
    Ok(match process::quiet(&mut publish, LIMIT, interrupt) {
        Ok(()) => Verdict::Good(format!(
            "{} packages build by themselves, in the order of their dependencies",
            workspace.libraries.len()
        )),
        Err(Failure::Run(said))
            if said.contains("package-workspace") || said.contains("cannot be used multiple times") =>
        {
            Verdict::Skipped {
                why: "this cargo publishes one crate at a time".to_string(),
                fix: "use Rust 1.90 or later".to_string(),
            }
        }
        Err(Failure::Run(said)) => Verdict::unless_offline(said),
        Err(other) => return Err(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_have_what_they_need_and_nothing_else() {
        let good = [
            "Cargo.toml",
            "Cargo.lock",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "src/lib.rs",
            "src/a/b.rs",
            "tests/x.gz",
        ];
        let with = |more: &[&str], less: &str| {
            let files: Vec<_> =
                good.iter().chain(more).filter(|file| **file != less).map(|file| file.to_string()).collect();
            strange(&files)
        };
        assert_eq!(with(&[], ""), Vec::<String>::new());
        assert_eq!(with(&[], "README.md"), ["no README.md"]);
        assert_eq!(with(&[], "LICENSE-MIT"), ["no LICENSE-MIT"]);
        for junk in ["asm/x.s", "notes.txt", "src/lib.rs.bak", "target/a", "sources.rs"] {
            assert!(with(&[junk], "")[0].starts_with(junk), "{junk}");
        }
    }
}
