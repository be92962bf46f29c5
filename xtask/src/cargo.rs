//! cargo, and what it says of the workspace.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use cargo_metadata::{Metadata, MetadataCommand};

use crate::failure::Failure;
use crate::interrupt;
use crate::process::{last_words, said};

/// The cargo that runs us, so that a `+toolchain` on its command line holds for whatever it runs.
pub(crate) fn cargo() -> Command {
    Command::new(program())
}

fn program() -> PathBuf {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).into()
}

pub(crate) fn require_subcommand(name: &str) -> Result<(), Failure> {
    let missing = || Failure::input(format_args!("no cargo-{name} here; get it by `cargo install cargo-{name}`"));
    said(cargo().args([name, "--version"])).map(drop).ok_or_else(missing)
}

/// The workspace's folder, that of its Cargo.toml. cargo says at run time where this crate is: a tree can be moved after
/// the build.
pub(crate) fn workspace() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let xtask = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let workspace = Path::new(&xtask).join("..");
        workspace.canonicalize().unwrap_or(workspace)
    });
    &FOLDER
}

/// Where cargo builds, whatever it was told by.
pub(crate) fn target_dir() -> Result<&'static Path, Failure> {
    static FOLDER: LazyLock<Result<PathBuf, String>> =
        LazyLock::new(|| metadata(&["--no-deps"]).map(|metadata| metadata.target_directory.into()));
    let folder = FOLDER.as_deref();
    // Ctrl-C ends cargo, too.
    interrupt::check()?;
    folder.map_err(Failure::run)
}

/// What `cargo metadata` says, on the locked versions. An error has cargo's own last words.
pub(crate) fn metadata(args: &[&str]) -> Result<Metadata, String> {
    let mut command = MetadataCommand::new();
    let options: Vec<_> = [&["--locked"], args].concat().into_iter().map(str::to_string).collect();
    command.cargo_path(program()).current_dir(workspace()).other_options(options);
    command.exec().map_err(|error| {
        let said = match error {
            cargo_metadata::Error::CargoMetadata { stderr } => stderr,
            other => other.to_string(),
        };
        format!("`cargo metadata` failed in {}: {}", workspace().display(), last_words(&said))
    })
}
