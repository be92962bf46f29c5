//! What is missing here, and what brings it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::process::said;

/// Something that is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Need {
    /// For a person: `no gcc`.
    pub(crate) what: String,
    /// Debian's packages that it comes with.
    pub(crate) packages: Vec<&'static str>,
    /// A command of rustup's that brings it.
    pub(crate) rustup: Option<String>,
    /// What a person must do, where no installation helps.
    pub(crate) by_hand: Option<String>,
}

impl Need {
    fn package(what: &str, package: &'static str) -> Need {
        Need { what: format!("no {what}"), packages: vec![package], ..Need::default() }
    }

    /// What a command of rustup's brings.
    pub(crate) fn by_rustup(what: &str, install: &str, packages: Vec<&'static str>) -> Need {
        Need { what: format!("no {what}"), packages, rustup: Some(install.to_string()), by_hand: None }
    }

    /// What no installation brings.
    pub(crate) fn by_hand(what: impl Into<String>, fix: impl Into<String>) -> Need {
        Need { what: what.into(), by_hand: Some(fix.into()), ..Need::default() }
    }
}

/// Of programs, and of files by their whole path, each with the package that it comes with: those that are not here.
pub(crate) fn missing(things: &[(&str, &'static str)]) -> Vec<Need> {
    let others = things.iter().filter(|(thing, _)| on_path(thing).is_none());
    others.map(|(thing, package)| Need::package(thing, package)).collect()
}

/// The static C library of a C compiler, if it is not here.
pub(crate) fn static_libc(gcc: &str, package: &'static str) -> Option<Need> {
    // gcc prints the whole path of a library that it finds, else the name it was given.
    let file = said(Command::new(gcc).arg("-print-file-name=libc.a"));
    let is_there = file.is_some_and(|file| Path::new(&file).is_absolute());
    (!is_there).then(|| Need::package(&format!("static C library for {gcc}"), package))
}

/// Whether installing brings all of it.
pub(crate) fn can_be_installed(missing: &[Need]) -> bool {
    missing.iter().all(|need| need.by_hand.is_none())
}

/// Whether it is sure to. Debian has its packages every day; Miri is missing in some nightlies, and rustup's server is not reached from
/// everywhere.
pub(crate) fn are_sure_to_come(missing: &[Need]) -> bool {
    can_be_installed(missing) && missing.iter().any(|need| !need.packages.is_empty())
}

pub(crate) fn describe(missing: &[Need]) -> String {
    each_once(missing.iter().map(|need| &*need.what)).join(", ")
}

pub(crate) fn each_once<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut words: Vec<_> = words.collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Where a program is; or a file, by its whole path.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Whether this is Debian itself: its derivatives do not have all of the packages.
pub(crate) fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

/// Whether a program says that its version, which stands behind the word `after`, is this one or a later one.
pub(crate) fn has_version(program: impl AsRef<Path>, after: &str, least: (u32, u32)) -> bool {
    let text = said(Command::new(program.as_ref()).arg("--version"));
    text.is_some_and(|text| version(&text, after) >= Some(least))
}

pub(crate) fn version(text: &str, after: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_once(after)?.1.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[test]
fn versions_are_read_and_compared_by_number() {
    assert_eq!(version("qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\n", " version "), Some((7, 2)));
    assert!(version("rustc 1.100.0 (abc 2026-01-01)", "rustc ") > version("1.96", ""));
    assert_eq!(version("nightly", ""), None);
}
