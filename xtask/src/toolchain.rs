//! Which compiler and standard library build for a target.
//!
//! The toolchain in use, if it has the target (`rustup target add`). Else Debian's second Rust, which it carries for its
//! browsers: for one target with a standard library, and with the source to build one for any other. Else the source that comes
//! with the toolchain in use (`rustup component add rust-src`). The two compilers never share a target directory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::needs::{Need, Thing};
use crate::targets::Target;

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_COMPILER: [&str; 1] = ["rustc-web"];
const DEBIAN_SOURCE: [&str; 2] = ["rustc-web", "rust-web-src"];

/// How a target is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// With the compiler in use.
    Own,
    /// With Debian's, and its standard library.
    Debian,
    /// With Debian's, and a standard library built from source.
    DebianSource,
    /// With the compiler in use, and a standard library built from its source (rustup's component rust-src).
    OwnSource,
}

impl Toolchain {
    /// Where its artefacts go, below the target directory.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Toolchain::Own | Toolchain::OwnSource => "cross/own",
            Toolchain::Debian | Toolchain::DebianSource => "cross/debian",
        }
    }

    /// The toolchain for a target, or what it needs.
    pub(crate) fn find(target: &Target) -> Result<Toolchain, Need> {
        // Of a target without an operating system, core.
        let library = if target.linker.is_some() { "libstd-" } else { "libcore-" };
        if has(&own(), target.triple, library) {
            return Ok(Toolchain::Own);
        }
        let debian = Path::new(DEBIAN_RUSTC);
        let (toolchain, found, packages) = match target.debian_std {
            Some(package) => {
                let packages = DEBIAN_COMPILER.iter().copied().chain([package]).collect();
                (Toolchain::Debian, is_new(debian) && has(debian, target.triple, library), packages)
            }
            None => (Toolchain::DebianSource, is_new(debian) && has_source(debian), DEBIAN_SOURCE.to_vec()),
        };
        if found {
            return Ok(toolchain);
        }
        if has_source(&own()) {
            return Ok(Toolchain::OwnSource);
        }
        Err(Need { thing: Thing::Std { triple: target.triple, found }, packages })
    }

    /// What builds for any target, without an operating system: the compiler in use, where it has `core` for it, which saves half a minute of
    /// compiling that; else what can build it.
    pub(crate) fn with_core(triple: &str) -> Result<Toolchain, Need> {
        if has_core(triple) { Ok(Toolchain::Own) } else { Toolchain::with_source() }
    }

    /// The toolchain that can build `core` for any target, or what it needs.
    pub(crate) fn with_source() -> Result<Toolchain, Need> {
        let debian = Path::new(DEBIAN_RUSTC);
        if is_new(debian) && has_source(debian) {
            return Ok(Toolchain::DebianSource);
        }
        if has_source(&own()) {
            return Ok(Toolchain::OwnSource);
        }
        Err(Need { thing: Thing::Source, packages: DEBIAN_SOURCE.to_vec() })
    }

    /// Makes cargo use it; without an operating system, or if that is enough, with core alone.
    pub(crate) fn apply(self, target: &Target, core_is_enough: bool, cargo: &mut Command) {
        let is_core = core_is_enough || target.linker.is_none();
        self.apply_source(if is_core { "core" } else { "std,test,panic_abort,panic_unwind" }, cargo);
    }

    /// Makes cargo use it, and build these crates of the standard library, if it has none.
    pub(crate) fn apply_source(self, crates: &str, cargo: &mut Command) {
        if matches!(self, Toolchain::Debian | Toolchain::DebianSource) {
            cargo.env("RUSTC", DEBIAN_RUSTC);
        }
        if matches!(self, Toolchain::DebianSource | Toolchain::OwnSource) {
            // A stable compiler is told to take an unstable option.
            cargo.env("RUSTC_BOOTSTRAP", "1").arg(format!("-Zbuild-std={crates}"));
        }
    }
}

/// Whether the compiler in use has `core` for a target.
pub(crate) fn has_core(triple: &str) -> bool {
    has(&own(), triple, "libcore-")
}

/// Whether a compiler has a library for a target.
fn has(rustc: &Path, triple: &str, library: &str) -> bool {
    let is_it = |name: &str| name.starts_with(library) && name.ends_with(".rlib");
    libraries(rustc, triple).iter().any(|name| is_it(name))
}

/// The names in a compiler's folder of libraries for a target.
fn libraries(rustc: &Path, triple: &str) -> Vec<String> {
    let folder = ask(rustc, &["--print", "target-libdir", "--target", triple]);
    let entries = folder.and_then(|folder| fs::read_dir(folder.trim()).ok());
    entries.into_iter().flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The target that the compiler in use builds for by default.
pub(crate) fn host() -> Option<String> {
    ask(&own(), &["--print", "host-tuple"]).map(|host| host.trim().to_string())
}

/// Whether the compiler in use comes with AddressSanitizer's runtime for a target.
pub(crate) fn has_address_sanitizer(target: &str) -> bool {
    libraries(&own(), target).iter().any(|name| name.ends_with("_rt.asan.a"))
}

/// The folder of the programs of the toolchain in use.
pub(crate) fn programs() -> Option<PathBuf> {
    ask(&own(), &["--print", "sysroot"]).map(|sysroot| Path::new(sysroot.trim()).join("bin"))
}

/// The cargo of another of rustup's toolchains; which one we run by is not passed on.
pub(crate) fn rustup(toolchain: &str) -> Command {
    let mut rustup = Command::new("rustup");
    rustup.args(["run", toolchain, "cargo"]).stdin(Stdio::null());
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "RUSTFLAGS"] {
        rustup.env_remove(name);
    }
    rustup
}

/// What brings something of rustup's, unless that is here: unless it says its version.
pub(crate) fn unless_there(mut program: Command, what: String, install: String) -> Option<Need> {
    let found = program.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let need = Need { thing: Thing::ByRustup { what, install }, packages: Vec::new() };
    (!found.is_ok_and(|status| status.success())).then_some(need)
}

/// The compiler in use.
fn own() -> PathBuf {
    env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from)
}

fn has_source(rustc: &Path) -> bool {
    let sysroot = ask(rustc, &["--print", "sysroot"]);
    sysroot.is_some_and(|sysroot| Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file())
}

/// Whether a compiler is there, and of the version that the workspace promises to build with or a later one.
fn is_new(rustc: &Path) -> bool {
    let said = ask(rustc, &["--version"]);
    let found = said.as_deref().and_then(|said| parse_version(said.strip_prefix("rustc ")?));
    found.is_some_and(|found| Some(found) >= parse_version(env!("CARGO_PKG_RUST_VERSION")))
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What a compiler answers.
fn ask(rustc: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new(rustc).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(parse_version("1.96.0 (abc 2026-01-01)") > parse_version("1.89"));
        assert!(parse_version("1.100.0") > parse_version("1.96.0"));
        assert_eq!(parse_version("nightly"), None);
    }

    #[test]
    fn the_host_needs_nothing_more() {
        let host = crate::targets::TARGETS.iter().find(|target| target.triple.starts_with(env::consts::ARCH));
        if let Some(host) = host.filter(|_| cfg!(all(target_os = "linux", target_env = "gnu"))) {
            assert!(has_core(host.triple));
            assert_eq!(Toolchain::find(host), Ok(Toolchain::Own));
        }
    }
}
