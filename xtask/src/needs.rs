//! What must be installed, and Debian's packages for it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::process;

/// Installing what a fresh machine lacks takes a minute and a half; mirrors can be slow.
const INSTALL_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What brings Miri, and the source of the standard library that it runs.
const INSTALL_MIRI: &str = "rustup toolchain install nightly --profile minimal -c miri -c rust-src";

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
    /// The source of Rust's standard library, which who asks for it has not found.
    Source,
    /// Miri in rustup's nightly toolchain; found or not by who asks for it.
    Miri { found: bool },
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
        match self.thing {
            Thing::Program(name) => on_path(name).is_some(),
            Thing::File(path) => Path::new(path).is_file(),
            Thing::StaticLibc(gcc) => has_static_libc(gcc),
            Thing::Std { found, .. } | Thing::Miri { found } => found,
            Thing::Source => false,
        }
    }

    /// Whether installing brings it. Debian has its packages every day; Miri is missing in some nightlies, and rustup's server is
    /// not reached from everywhere.
    pub(crate) fn is_sure_to_come(&self) -> bool {
        !matches!(self.thing, Thing::Miri { .. })
    }

    /// What is missing, for a person.
    pub(crate) fn describe(&self) -> String {
        match self.thing {
            Thing::Program(name) => format!("no {name}"),
            Thing::File(path) => format!("no {path}"),
            Thing::StaticLibc(gcc) => format!("no static C library for {gcc}"),
            Thing::Std { triple, .. } => format!("no standard library for {triple}"),
            Thing::Source => "no source of Rust's standard library".to_string(),
            Thing::Miri { .. } => "no Miri".to_string(),
        }
    }
}

/// Those that are not there.
pub(crate) fn missing(needs: impl IntoIterator<Item = Need>) -> Vec<Need> {
    needs.into_iter().filter(|need| !need.is_met()).collect()
}

/// All that is missing, for a person.
pub(crate) fn describe(missing: &[Need]) -> String {
    missing.iter().map(Need::describe).collect::<Vec<_>>().join(", ")
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

/// The command that brings what is missing.
pub(crate) fn fix(missing: &[Need]) -> String {
    let mut fixes = Vec::new();
    let stds = missing.iter().filter_map(|need| match need.thing {
        Thing::Std { triple, .. } => Some(triple),
        _ => None,
    });
    let stds: Vec<_> = stds.collect();
    if !stds.is_empty() && on_path("rustup").is_some() {
        fixes.push(format!("`rustup target add {}`", stds.join(" ")));
    }
    if missing.iter().any(|need| need.thing == Thing::Source) && on_path("rustup").is_some() {
        fixes.push("`rustup component add rust-src`".to_string());
    }
    // Where rustup has the target, its packages are not needed; but then the others still are.
    let all = packages(missing);
    let others: Vec<_> =
        missing.iter().filter(|need| !matches!(need.thing, Thing::Std { .. } | Thing::Source)).cloned().collect();
    let others = packages(&others);
    if is_debian() && !all.is_empty() {
        fixes.push(format!("`{}` as root", install_commands(&all).join(" && ")));
        fixes = vec![fixes.join(", or ")];
    } else if !others.is_empty() {
        fixes.push(format!("install what Debian calls {}", others.join(", ")));
    }
    if needs_miri(missing) {
        fixes.push(format!("`{INSTALL_MIRI}`"));
    }
    fixes.join(", and ")
}

fn needs_miri(missing: &[Need]) -> bool {
    missing.iter().any(|need| matches!(need.thing, Thing::Miri { .. }))
}

/// All packages, each once.
fn packages(missing: &[Need]) -> Vec<&'static str> {
    let mut packages: Vec<_> = missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

fn install_commands(packages: &[&str]) -> Vec<String> {
    let foreign = packages.iter().filter_map(|package| package.split_once(':')).map(|(_, architecture)| architecture);
    let mut commands: Vec<_> = foreign.map(|architecture| format!("dpkg --add-architecture {architecture}")).collect();
    commands.dedup();
    commands.push("apt-get update".to_string());
    commands.push(format!("apt-get install -y --no-install-recommends {}", packages.join(" ")));
    commands
}

/// Installs what is missing, as far as that can be done here, and says first what. A command that fails is no failure of ours: what
/// needs what is missing then says so.
pub(crate) fn install(missing: &[Need], interrupt: &Interrupt) -> Result<(), Failure> {
    let mut commands = Vec::new();
    let packages = packages(missing);
    if !packages.is_empty() && is_debian() && rustix::process::geteuid().is_root() {
        commands = install_commands(&packages);
    }
    if needs_miri(missing) && on_path("rustup").is_some() {
        commands.push(INSTALL_MIRI.to_string());
    }
    if !commands.is_empty() {
        tell(format_args!("=== installing: {}", commands.join(" && ")));
    }
    for command in commands {
        let mut words = command.split(' ');
        let mut process = Command::new(words.next().expect("a command has a name"));
        process.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        match process::quiet(&mut process, INSTALL_LIMIT, interrupt) {
            Err(Failure::Run(why)) => tell(format_args!("=== installing failed: {why}")),
            other => other?,
        }
    }
    Ok(())
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

    #[test]
    fn each_package_is_installed_once_and_foreign_architectures_first() {
        let needs = [
            Need::program("qemu-i386", "qemu-user"),
            Need::program("qemu-s390x", "qemu-user"),
            Need { thing: Thing::Std { triple: "t", found: false }, packages: vec!["libstd-rust-web-dev:arm64"] },
        ];
        assert_eq!(
            install_commands(&packages(&needs)),
            [
                "dpkg --add-architecture arm64",
                "apt-get update",
                "apt-get install -y --no-install-recommends libstd-rust-web-dev:arm64 qemu-user"
            ]
        );
    }
}
