//! Building the two libraries, as cargo-c does: the crate itself, with other crate types than in its manifest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::Message;

use super::{names, symbols};
use crate::cargo::cargo;
use crate::failure::{Failure, cannot};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};

/// What was built.
pub(super) struct Libraries {
    pub(super) shared: Vec<u8>,
    pub(super) statically: Vec<u8>,
}

/// Builds both.
pub(super) fn build(workspace: &Path, interrupt: &Interrupt) -> Result<Libraries, Failure> {
    let mut cargo = cargo();
    cargo.current_dir(workspace).args(["rustc", "--locked", "--quiet", "--profile=capi"]);
    cargo.args(["-p", "memcpy-streaming-capi", "--lib", "--crate-type=cdylib,staticlib"]);
    // What rustc compiles for elsewhere (`build.target`) is not what this machine's C compiler can use.
    cargo.env_remove("CARGO_BUILD_TARGET");
    cargo.args(["--message-format=json-render-diagnostics", "--", "--cfg=cargo_c"]);
    cargo.arg(format!("-Clink-arg=-Wl,-soname,{}", names::soname()));
    // No start-up code of the C compiler's; and memcpy from libc, which Rust takes for granted.
    cargo.args(["-Clink-arg=-nostartfiles", "-Clink-arg=-lc"]);
    let mut built: Vec<PathBuf> = Vec::new();
    let status = process::run(&mut cargo, LIMIT, interrupt, |line| {
        built.extend(libraries(line));
        Ok(())
    })?;
    if !status.success() {
        return Err(Failure::run(format_args!("{status} of `{}`", process::show(&cargo))));
    }
    let find = |extension: &str| {
        let found = built.iter().find(|path| path.extension().is_some_and(|it| it == extension));
        found.ok_or_else(|| Failure::run(format_args!("cargo has built no library with the extension {extension}")))
    };
    let read = |path: &Path| fs::read(path).map_err(cannot("read", path));
    Ok(Libraries { shared: read(find("so")?)?, statically: read(&slim(find("a")?, interrupt)?)? })
}

/// The libraries in a line of cargo's JSON.
fn libraries(line: &str) -> Vec<PathBuf> {
    match serde_json::from_str(line) {
        Ok(Message::CompilerArtifact(artifact)) if artifact.target.name == "memcpy_streaming_capi" => {
            artifact.filenames.into_iter().map(PathBuf::from).collect()
        }
        _ => Vec::new(),
    }
}

/// The static library without what rustc adds to every one: 300 objects of arithmetic that some CPUs lack. Nothing here calls
/// them, and what they hold for linker plugins makes `nm` and others complain where LLVM is of another version.
fn slim(library: &Path, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let slim = library.with_extension("slim.a");
    fs::copy(library, &slim).map_err(cannot("write", &slim))?;
    let mut members = Vec::new();
    let mut list = Command::new("ar");
    list.arg("t").arg(&slim);
    process::run(&mut list, LIMIT, interrupt, |name| {
        members.extend((!name.starts_with("memcpy_streaming")).then(|| name.to_string()));
        Ok(())
    })?;
    let mut delete = Command::new("ar");
    delete.arg("dD").arg(&slim).args(members);
    process::quiet(&mut delete, LIMIT, interrupt)?;
    // The check of what was said above: nothing is missing but functions of libc.
    let missing = symbols::undefined(&slim, interrupt)?;
    match missing.iter().find(|name| !symbols::LIBC.contains(&name.as_str())) {
        None => Ok(slim),
        Some(_) => Ok(library.to_path_buf()),
    }
}
