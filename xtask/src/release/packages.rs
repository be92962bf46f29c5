//! What cargo says of the libraries: their documentation, what is in their packages, what builds them, and whether the registry would have
//! them.

use std::slice;

use cargo_metadata::Package;

use super::{Verdict, about};
use crate::cargo::{cargo, target_dir};
use crate::failure::{Failure, cannot};
use crate::needs::Need;
use crate::process::{self, LIMIT};
use crate::toolchain;

/// What every package has.
const NEEDED: [&str; 5] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];
/// What else it may have.
const FILES: [&str; 5] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig", "FIRST-STEPS.md", "build.rs"];
const FOLDERS: [&str; 5] = ["benches/", "examples/", "include/", "src/", "tests/"];
const LEFT_OVER: [&str; 5] = ["~", ".bak", ".rej", ".swp", ".tmp"];

/// Rustdoc finds every link, with all features.
pub(super) fn documentation(libraries: &[Package]) -> Result<Verdict, Failure> {
    let mut cargo = about(libraries, cargo(), &["doc", "--quiet", "--no-deps", "--all-features"]);
    // What it says is above.
    process::succeed(cargo.env("RUSTDOCFLAGS", "-D warnings"), LIMIT, process::relay)?;
    Ok(Verdict::Good("no link that rustdoc cannot follow, with all features".to_string()))
}

/// What is in the packages. What is not committed is packaged too: that it is committed is seen to by cargo when it publishes.
pub(super) fn contents(libraries: &[Package]) -> Result<Verdict, Failure> {
    let belongs = |file: &str| {
        let is_known = NEEDED.contains(&file) || FILES.contains(&file);
        let is_left_over = LEFT_OVER.iter().any(|end| file.ends_with(end));
        !is_left_over && (is_known || FOLDERS.iter().any(|folder| file.starts_with(folder)))
    };
    let (mut wrong, mut count) = (Vec::new(), 0);
    for library in libraries {
        let mut list = about(slice::from_ref(library), cargo(), &["package", "--list", "--allow-dirty"]);
        let files = process::lines(&mut list)?;
        let missing = NEEDED.iter().filter(|needed| !files.iter().any(|file| file == *needed));
        wrong.extend(missing.map(|missing| format!("{}: no {missing}", library.name)));
        let fix = "`exclude` it in Cargo.toml, or remove it";
        let others = files.iter().filter(|file| !belongs(file));
        wrong.extend(others.map(|file| format!("{}: {file} does not belong into a package: {fix}", library.name)));
        count += files.len();
    }
    let packages = libraries.len();
    Verdict::of(wrong, format!("{count} files in {packages} packages, none that does not belong there"))
}

/// The libraries, and all that they are built with, compile with the oldest Rust itself, where rustup has it.
pub(super) fn built_by_oldest(libraries: &[Package]) -> Result<Verdict, Failure> {
    let rust = super::oldest_rust(libraries);
    if let Some(need) = missing_rust(libraries) {
        let what = need.what + ": nothing shows that it will do";
        return Ok(Verdict::Skipped(vec![Need { what, ..need }]));
    }
    let mut check = about(libraries, toolchain::rustup(&rust), &["check", "--all-features"]);
    process::quiet(check.arg("--target-dir").arg(target_dir()?.join("oldest-rust")))?;
    Ok(Verdict::Good(format!("the libraries compile with Rust {rust}, with all features")))
}

/// That Rust, if it is not here.
pub(super) fn missing_rust(libraries: &[Package]) -> Option<Need> {
    let rust = super::oldest_rust(libraries);
    let install = format!("rustup toolchain install {rust} --profile minimal");
    toolchain::unless_there(toolchain::rustup(&rust), &format!("Rust {rust} itself"), &install)
}

/// All of publishing but the upload: packages each crate, builds it from its package alone with those before it, and asks the registry.
pub(super) fn dry_run(libraries: &[Package]) -> Result<Verdict, Failure> {
    // A folder that no run before had: cargo unpacks the packages into its home by the folder's name and the version, and would
    // build what it unpacked for an earlier state of this version.
    let parent = target_dir()?;
    let folder = tempfile::Builder::new().prefix("release-").tempdir_in(parent);
    let folder = folder.map_err(cannot("make a folder in", parent))?;
    let mut publish = about(libraries, cargo(), &["publish", "--dry-run", "--allow-dirty"]);
    match process::quiet(publish.arg("--target-dir").arg(folder.path())) {
        Ok(()) => {
            let packages = libraries.len();
            Ok(Verdict::Good(format!("{packages} packages build by themselves, in the order of their dependencies")))
        }
        Err(Failure::Run(said))
            if ["package-workspace", "cannot be used multiple times"].iter().any(|old| said.contains(old)) =>
        {
            Ok(Verdict::impossible("this cargo publishes one crate at a time", "use Rust 1.90 or later"))
        }
        Err(Failure::Run(said)) => Ok(Verdict::unless_offline(said)),
        Err(other) => Err(other),
    }
}
