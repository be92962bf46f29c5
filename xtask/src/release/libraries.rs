//! The libraries: the crates of the workspace that are published.

use std::path::Path;
use std::process::Command;

use cargo_metadata::Package;

use crate::cargo::{self, metadata, workspace};
use crate::failure::Failure;

pub(super) fn read() -> Result<Vec<Package>, Failure> {
    let mut libraries = metadata(&["--no-deps"]).map_err(Failure::run)?.packages;
    libraries.retain(|package| package.publish.is_none());
    if libraries.is_empty() {
        return Err(Failure::run("no crate of the workspace is published: all of them have `publish = false`"));
    }
    Ok(libraries)
}

/// The version of Rust that they ask for, as it is written for people: `1.89`.
pub(super) fn rust(libraries: &[Package]) -> String {
    let version = libraries[0].rust_version.as_ref();
    version.map_or("0.0".to_string(), |version| format!("{}.{}", version.major, version.minor))
}

/// A cargo command about all of them.
pub(super) fn cargo(libraries: &[Package], args: &[&str]) -> Command {
    let mut cargo = cargo::cargo();
    cargo.args(args).arg("--locked").args(packages(libraries)).current_dir(workspace());
    cargo
}

/// The options by which a cargo command is about all of them.
pub(super) fn packages(libraries: &[Package]) -> impl Iterator<Item = &str> {
    libraries.iter().flat_map(|library| ["--package", library.name.as_str()])
}

/// The folder of a crate.
pub(super) fn folder(package: &Package) -> &Path {
    package.manifest_path.parent().expect("a manifest is in a folder").as_std_path()
}
