//! Which compiler and standard library build for a target.
//!
//! The toolchain in use, if it has the target (`rustup target add`). Else a standard library built from its source: that of Debian's
//! second Rust, which it carries for its browsers, or the one that comes with the toolchain in use (`rustup component add
//! rust-src`). The two compilers never share a target directory.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::install::{ADD_SOURCE, std_for};
use crate::needs::{self, Need};
use crate::process::said;
use crate::targets::Target;

/// How the file of `core` begins.
pub(crate) const CORE: &str = "libcore-";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    Own,
    /// With the compiler in use, and a standard library built from its source (rustup's component rust-src).
    OwnSource,
    /// With Debian's, and a standard library built from source.
    DebianSource,
}

impl Toolchain {
    pub(crate) fn folder(self) -> &'static str {
        if self == Toolchain::DebianSource { "cross/debian" } else { "cross/own" }
    }

    pub(crate) fn find(target: &Target) -> Result<Toolchain, Need> {
        // Of a target without an operating system, core.
        Toolchain::with(if target.linker.is_some() { "libstd-" } else { CORE }, target.triple)
    }

    /// What has this part of the standard library, or else its source: with `core` there, half a minute of compiling it is saved.
    pub(crate) fn with(library: &str, triple: &str) -> Result<Toolchain, Need> {
        if has(triple, library, ".rlib") {
            return Ok(Toolchain::Own);
        }
        Toolchain::with_source().map_err(|need| std_for(triple, need.packages))
    }

    /// The toolchain that can build a standard library for any target, or what it needs.
    pub(crate) fn with_source() -> Result<Toolchain, Need> {
        // Of the version that the workspace promises to build with, or a later one.
        let promised = needs::version(env!("CARGO_PKG_RUST_VERSION"), "").expect("the manifest has a version");
        let debian = Path::new(DEBIAN_RUSTC);
        if needs::has_version(debian, "rustc ", promised) && has_source(debian) {
            Ok(Toolchain::DebianSource)
        } else if has_source(&own()) {
            Ok(Toolchain::OwnSource)
        } else {
            let packages = vec!["rustc-web", "rust-web-src"];
            Err(Need::by_rustup("source of Rust's standard library", ADD_SOURCE, packages))
        }
    }

    /// Makes cargo use it for tests; without an operating system those have core alone.
    pub(crate) fn apply(self, target: &Target, cargo: &mut Command) {
        self.apply_source(target.linker.as_ref().map_or("core", |_| "std,test,panic_abort,panic_unwind"), cargo);
    }

    /// Makes cargo use it, and build these crates of the standard library, if it has none.
    pub(crate) fn apply_source(self, crates: &str, cargo: &mut Command) {
        if self == Toolchain::DebianSource {
            cargo.env("RUSTC", DEBIAN_RUSTC);
        }
        if self != Toolchain::Own {
            // A stable compiler is told to take an unstable option.
            cargo.env("RUSTC_BOOTSTRAP", "1").arg(format!("-Zbuild-std={crates}"));
        }
    }
}

/// Whether the compiler in use has a library for a target, by the start and the end of its name.
pub(crate) fn has(triple: &str, start: &str, end: &str) -> bool {
    let folder = said(Command::new(own()).args(["--print", "target-libdir", "--target", triple]));
    let mut entries = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let is_it = |name: &str| name.starts_with(start) && name.ends_with(end);
    entries.any(|entry| is_it(&entry.file_name().to_string_lossy()))
}

/// The target that the compiler in use builds for by default.
pub(crate) fn host() -> Option<String> {
    said(Command::new(own()).args(["--print", "host-tuple"]))
}

/// The cargo of another of rustup's toolchains; which one we run by is not passed on.
pub(crate) fn rustup(toolchain: &str) -> Command {
    let mut rustup = Command::new("rustup");
    rustup.args(["run", toolchain, "cargo"]);
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "RUSTFLAGS"] {
        rustup.env_remove(name);
    }
    rustup
}

/// What brings something of rustup's, unless that is here: unless it says its version.
pub(crate) fn unless_there(mut program: Command, what: &str, install: &str) -> Option<Need> {
    said(program.arg("--version")).is_none().then(|| Need::by_rustup(what, install, Vec::new()))
}

pub(crate) fn own() -> PathBuf {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()).into()
}

/// The folder of the toolchain that a compiler is of.
pub(crate) fn sysroot(rustc: &Path) -> Option<PathBuf> {
    said(Command::new(rustc).args(["--print", "sysroot"])).map(PathBuf::from)
}

fn has_source(rustc: &Path) -> bool {
    sysroot(rustc).is_some_and(|sysroot| sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").is_file())
}
