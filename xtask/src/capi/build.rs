//! Building the two libraries, as cargo-c does: the crate itself, with other crate types than in its manifest.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::Message;

use crate::cargo::{self, workspace};
use crate::failure::{Failure, cannot};
use crate::process::{self, lines};

/// What may be needed of others: what LLVM takes for granted, and strlen. No `abort`: no panic is reachable.
pub(crate) const LIBC: [&str; 6] = ["bcmp", "memcmp", "memcpy", "memmove", "memset", "strlen"];

/// What builds them.
pub(crate) fn cargo() -> Command {
    let mut cargo = cargo::cargo();
    cargo.current_dir(workspace()).args(["rustc", "--locked", "--quiet", "--profile=capi"]);
    cargo.args(["-p", "memcpy-streaming-capi", "--lib", "--crate-type=cdylib,staticlib"]);
    cargo
}

/// The shared library and the static one.
pub(super) fn build() -> Result<[Vec<u8>; 2], Failure> {
    let mut cargo = cargo();
    // What rustc compiles for elsewhere (`build.target`) is not what this machine's C compiler can use.
    cargo.env_remove("CARGO_BUILD_TARGET");
    cargo.args(["--message-format=json-render-diagnostics", "--", "--cfg=cargo_c"]);
    cargo.arg(format!("-Clink-arg=-Wl,-soname,{}", super::soname()));
    // No start-up code of the C compiler's; and memcpy from libc, which Rust takes for granted.
    cargo.args(["-Clink-arg=-nostartfiles", "-Clink-arg=-lc"]);
    let mut built: Vec<PathBuf> = Vec::new();
    for line in lines(&mut cargo)? {
        if let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_str(&line)
            && artifact.target.name == "memcpy_streaming_capi"
        {
            built.extend(artifact.filenames.into_iter().map(PathBuf::from));
        }
    }
    let find = |extension: &str| {
        let found = built.iter().find(|path| path.extension().is_some_and(|it| it == extension));
        found.ok_or_else(|| Failure::run(format_args!("cargo has built no library with the extension {extension}")))
    };
    let read = |path: &Path| fs::read(path).map_err(cannot("read", path));
    Ok([read(find("so")?)?, read(&slim(find("a")?)?)?])
}

/// The static library without what rustc adds to every one: 300 objects of arithmetic that some CPUs lack. Nothing here calls
/// them, and what they hold for linker plugins makes `nm` and others complain where LLVM is of another version.
fn slim(library: &Path) -> Result<PathBuf, Failure> {
    let slim = library.with_extension("slim.a");
    fs::copy(library, &slim).map_err(cannot("write", &slim))?;
    let members = lines(Command::new("ar").arg("t").arg(&slim))?;
    let others = members.iter().filter(|name| !name.starts_with("memcpy_streaming"));
    process::quiet(Command::new("ar").arg("dD").arg(&slim).args(others))?;
    // The check of what was said above: nothing is missing but functions of libc.
    let is_whole = names(&slim, "--undefined-only")?.iter().all(|name| LIBC.contains(&&**name));
    Ok(if is_whole { slim } else { library.to_path_buf() })
}

/// The names that a library defines for others (`--defined-only`), or needs of others (`--undefined-only`), sorted.
pub(crate) fn names(library: &Path, which: &str) -> Result<Vec<String>, Failure> {
    let mut nm = Command::new("nm");
    nm.args(["--extern-only", "--format=posix", which]).arg(library);
    if library.extension().is_none_or(|extension| extension != "a") {
        nm.arg("--dynamic");
    }
    // `memcpy@GLIBC_2.14 U`; a line with one word is the title of an archive's member.
    let name = |line: &String| Some(line.split_once([' ', '@']).filter(|_| line.contains(' '))?.0.to_string());
    let names: BTreeSet<_> = lines(&mut nm)?.iter().filter_map(name).collect();
    Ok(names.into_iter().collect())
}
