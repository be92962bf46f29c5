//! What cargo says of the workspace and of what it depends on.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::failure::Failure;
use crate::test::{compile, process, workspace};

/// The workspace as a release sees it.
pub(super) struct Workspace {
    pub(super) root: PathBuf,
    /// The crates that are published, by name.
    pub(super) libraries: Vec<Library>,
    /// The version of Rust that the workspace asks for.
    pub(super) rust_version: String,
}

/// A crate that is published.
pub(super) struct Library {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) folder: PathBuf,
    /// All of it, as `cargo metadata` has it.
    pub(super) manifest: Value,
}

impl Workspace {
    pub(super) fn read() -> Result<Workspace, Failure> {
        let root = workspace();
        let metadata = metadata(&["--no-deps"]).map_err(Failure::run)?;
        let libraries: Vec<_> = array(&metadata["packages"])
            .filter(|package| package["publish"].is_null())
            .map(|package| Library {
                name: text(&package["name"]),
                version: text(&package["version"]),
                folder: PathBuf::from(text(&package["manifest_path"])).with_file_name(""),
                manifest: package.clone(),
            })
            .collect();
        let Some(first) = libraries.first() else {
            return Err(Failure::run("no crate of the workspace is published: all of them have `publish = false`"));
        };
        let rust_version = text(&first.manifest["rust_version"]);
        Ok(Workspace { root, libraries, rust_version })
    }
}

/// Runs `cargo metadata` with all features, on the locked versions.
///
/// # Errors
/// cargo's own last words.
pub(super) fn metadata(args: &[&str]) -> Result<Value, String> {
    let mut cargo = compile::cargo();
    cargo.args(["metadata", "--locked", "--all-features", "--format-version=1"]).args(args).current_dir(workspace());
    let output = cargo.stdin(Stdio::null()).output().map_err(|error| format!("cannot run cargo: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        format!("`{}` failed: {}", process::show(&cargo), last.trim())
    })
}

/// Whether cargo failed because it reached no registry, by what it said at the end.
pub(super) fn is_offline(said: &str) -> bool {
    let curl = ["resolve host", "connect to", "Connection refused", "Timeout was reached", "unreachable", "--offline"];
    curl.iter().any(|part| said.contains(part))
}

pub(super) fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}
