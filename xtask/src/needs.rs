//! What must be there, and Debian's packages for it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Something that a row cannot do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) thing: Thing,
    /// Debian's packages that it comes with.
    pub(crate) packages: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A program on the search path.
    Program(&'static str),
    /// By its whole path.
    File(&'static str),
    /// The static C library of a C compiler.
    StaticLibc(&'static str),
    /// A program of qemu's that is newer than most; found, or not, by who asks for it.
    NewQemu { program: &'static str, found: bool },
    /// What a command of rustup's brings; who asks for it has not found it.
    ByRustup { what: String, install: String },
}

impl Need {
    pub(crate) fn program(name: &'static str, package: &'static str) -> Need {
        Need { thing: Thing::Program(name), packages: vec![package] }
    }

    pub(crate) fn file(path: &'static str, package: &'static str) -> Need {
        Need { thing: Thing::File(path), packages: vec![package] }
    }

    pub(crate) fn is_met(&self) -> bool {
        match &self.thing {
            Thing::Program(name) => on_path(name).is_some(),
            Thing::File(path) => Path::new(path).is_file(),
            Thing::StaticLibc(gcc) => {
                // gcc prints the whole path of a library that it finds, else the name it was given.
                let output = Command::new(gcc).arg("-print-file-name=libc.a").output();
                output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_absolute())
            }
            Thing::NewQemu { found, .. } => *found,
            Thing::ByRustup { .. } => false,
        }
    }

    /// Whether installing brings it. Debian has its packages every day; Miri is missing in some nightlies, and Debian 13 and rustup's
    /// server are not reached from everywhere.
    pub(crate) fn is_sure_to_come(&self) -> bool {
        !self.packages.is_empty() && !matches!(self.thing, Thing::NewQemu { .. })
    }

    pub(crate) fn describe(&self) -> String {
        match &self.thing {
            Thing::Program(name) => format!("no {name}"),
            Thing::File(path) => format!("no {path}"),
            Thing::StaticLibc(gcc) => format!("no static C library for {gcc}"),
            Thing::NewQemu { program, .. } => format!("no {program} of version 10.0 or later"),
            Thing::ByRustup { what, .. } => format!("no {what}"),
        }
    }
}

pub(crate) fn missing(needs: impl IntoIterator<Item = Need>) -> Vec<Need> {
    needs.into_iter().filter(|need| !need.is_met()).collect()
}

/// All that is missing, for a person, each once.
pub(crate) fn describe(missing: &[Need]) -> String {
    let mut all: Vec<_> = missing.iter().map(Need::describe).collect();
    all.sort_unstable();
    all.dedup();
    all.join(", ")
}

pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Whether this is Debian itself: its derivatives do not have all of the packages.
pub(crate) fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

/// Whether a program says that its version, which stands behind the word `after`, is this one or a later one.
pub(crate) fn has_version(program: impl AsRef<OsStr>, after: &str, least: (u32, u32)) -> bool {
    let output = Command::new(program).arg("--version").output();
    output.is_ok_and(|output| version(&String::from_utf8_lossy(&output.stdout), after) >= Some(least))
}

pub(crate) fn version(text: &str, after: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_once(after)?.1.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared_by_number() {
        assert_eq!(version("qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\n", " version "), Some((7, 2)));
        assert!(version("rustc 1.100.0 (abc 2026-01-01)", "rustc ") > version("1.96", ""));
        assert_eq!(version("nightly", ""), None);
    }
}
