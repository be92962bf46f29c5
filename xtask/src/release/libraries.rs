//! The libraries: the crates of the workspace that are published.

use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::Package;

use crate::cargo::{metadata, workspace};
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

/// Makes a cargo command be about all of them.
pub(super) fn about(libraries: &[Package], mut cargo: Command, args: &[&str]) -> Command {
    cargo.args(args).arg("--locked").current_dir(workspace());
    cargo.args(libraries.iter().flat_map(|library| ["--package", library.name.as_str()]));
    cargo
}

/// A file in the folder of a crate.
pub(super) fn file(library: &Package, name: &str) -> PathBuf {
    library.manifest_path.with_file_name(name).into()
}
