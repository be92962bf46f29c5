//! What must be there, and Debian's packages for it.

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

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A program on the search path.
    Program(&'static str),
    /// A file.
    File(&'static str),
    /// The static C library of a C compiler.
    StaticLibc(&'static str),
    /// A standard library of Rust, or the source of one, for a target; found or not by who asks for it.
    Std { triple: &'static str, found: bool },
    /// A program of qemu's that is newer than most; found, or not, by who asks for it.
    NewQemu { program: &'static str, found: bool },
    /// The source of Rust's standard library, which who asks for it has not found.
    Source,
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

    /// Whether it is there.
    pub(crate) fn is_met(&self) -> bool {
        match &self.thing {
            Thing::Program(name) => on_path(name).is_some(),
            Thing::File(path) => Path::new(path).is_file(),
            Thing::StaticLibc(gcc) => has_static_libc(gcc),
            Thing::Std { found, .. } | Thing::NewQemu { found, .. } => *found,
            Thing::Source | Thing::ByRustup { .. } => false,
        }
    }

    /// Whether installing brings it. Debian has its packages every day; Miri is missing in some nightlies, and rustup's server is
    /// not reached from everywhere.
    pub(crate) fn is_sure_to_come(&self) -> bool {
        !matches!(self.thing, Thing::ByRustup { .. } | Thing::NewQemu { .. })
    }

    /// What is missing, for a person.
    pub(crate) fn describe(&self) -> String {
        match &self.thing {
            Thing::Program(name) => format!("no {name}"),
            Thing::File(path) => format!("no {path}"),
            Thing::StaticLibc(gcc) => format!("no static C library for {gcc}"),
            Thing::Std { triple, .. } => format!("no standard library for {triple}"),
            Thing::NewQemu { program, .. } => format!("no {program} of version 10.0 or later"),
            Thing::Source => "no source of Rust's standard library".to_string(),
            Thing::ByRustup { what, .. } => format!("no {what}"),
        }
    }
}

/// Those that are not there.
pub(crate) fn missing(needs: impl IntoIterator<Item = Need>) -> Vec<Need> {
    needs.into_iter().filter(|need| !need.is_met()).collect()
}

/// All that is missing, for a person, each once.
pub(crate) fn describe(missing: &[Need]) -> String {
    let mut all: Vec<String> = Vec::new();
    for what in missing.iter().map(Need::describe) {
        if !all.contains(&what) {
            all.push(what);
        }
    }
    all.join(", ")
}

/// Where a program is on the search path.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// gcc prints the whole path of a library that it finds, else the name it was given.
fn has_static_libc(gcc: &str) -> bool {
    let output = Command::new(gcc).arg("-print-file-name=libc.a").output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_absolute())
}

/// Whether this is Debian itself: its derivatives do not have all of the packages.
pub(crate) fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found() {
        assert!(Need::program("sh", "dash").is_met());
        assert!(!Need::program("no-such-program-here", "none").is_met());
        assert!(Need::file("/etc/passwd", "base-passwd").is_met());
        assert!(!Need::file("/etc", "base-files").is_met());
        let libc = |gcc| Need { thing: Thing::StaticLibc(gcc), packages: vec![] };
        assert!(!libc("no-such-gcc-here").is_met());
    }
}
