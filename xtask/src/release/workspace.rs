//! The workspace as a release sees it.

use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::Package;

use crate::cargo::{cargo, metadata, workspace};
use crate::failure::Failure;

pub(super) struct Workspace {
    pub(super) root: PathBuf,
    /// The crates that are published.
    pub(super) libraries: Vec<Package>,
}

impl Workspace {
    pub(super) fn read() -> Result<Workspace, Failure> {
        let root = workspace();
        let mut libraries = metadata(&root, &["--no-deps"]).map_err(Failure::run)?.packages;
        libraries.retain(|package| package.publish.is_none());
        if libraries.is_empty() {
            return Err(Failure::run("no crate of the workspace is published: all of them have `publish = false`"));
        }
        Ok(Workspace { root, libraries })
    }

    /// The version of Rust that is asked for, as it is written for people: `1.89`.
    pub(super) fn rust(&self) -> String {
        let version = self.libraries[0].rust_version.as_ref();
        version.map_or("0.0".to_string(), |version| format!("{}.{}", version.major, version.minor))
    }

    /// A cargo command about all libraries.
    pub(super) fn cargo(&self, args: &[&str]) -> Command {
        let mut cargo = cargo();
        cargo.args(args).arg("--locked").args(self.packages()).current_dir(&self.root);
        cargo
    }

    /// The options by which a cargo command is about all libraries.
    pub(super) fn packages(&self) -> impl Iterator<Item = &str> {
        self.libraries.iter().flat_map(|library| ["--package", library.name.as_str()])
    }
}

/// The folder of a crate.
pub(super) fn folder(package: &Package) -> &Path {
    package.manifest_path.parent().expect("a manifest is in a folder").as_std_path()
}
