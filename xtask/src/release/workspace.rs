//! The workspace as a release sees it.

use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use cargo_metadata::semver::Version;

use crate::cargo::{metadata, workspace};
use crate::failure::Failure;

pub(super) struct Workspace {
    pub(super) root: PathBuf,
    /// The crates that are published.
    pub(super) libraries: Vec<Package>,
    /// The version of Rust that the workspace asks for.
    pub(super) rust_version: Version,
}

impl Workspace {
    pub(super) fn read() -> Result<Workspace, Failure> {
        let root = workspace();
        let mut libraries = metadata(&root, &["--no-deps"]).map_err(Failure::run)?.packages;
        libraries.retain(|package| package.publish.is_none());
        let Some(first) = libraries.first() else {
            return Err(Failure::run("no crate of the workspace is published: all of them have `publish = false`"));
        };
        let rust_version = first.rust_version.clone().unwrap_or(Version::new(0, 0, 0));
        Ok(Workspace { root, libraries, rust_version })
    }

    /// The version as it is written for people: `1.89`.
    pub(super) fn rust(&self) -> String {
        format!("{}.{}", self.rust_version.major, self.rust_version.minor)
    }
}

/// The folder of a crate.
pub(super) fn folder(package: &Package) -> &Path {
    package.manifest_path.parent().expect("a manifest is in a folder").as_std_path()
}

/// Whether cargo failed because it reached no registry, by what it said at the end.
pub(super) fn is_offline(said: &str) -> bool {
    let curl = ["resolve host", "connect to", "Connection refused", "Timeout was reached", "unreachable", "--offline"];
    curl.iter().any(|part| said.contains(part))
}

/// A crate for the tests of the checks: what these fields of `cargo metadata` say.
#[cfg(test)]
pub(super) fn package(fields: serde_json::Value) -> Package {
    let mut all = serde_json::json!({
        "name": "a", "version": "0.1.0", "id": "a", "dependencies": [], "targets": [], "features": {},
        "manifest_path": "/a/Cargo.toml",
    });
    for (name, value) in fields.as_object().expect("the fields are an object") {
        all[name] = value.clone();
    }
    serde_json::from_value(all).expect("these are fields of a package")
}
