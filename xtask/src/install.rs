//! Bringing what is missing: one command for a person to run, or the same run here.

use std::process::Command;

use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::needs::{Need, Thing, is_debian, on_path};
use crate::process::{self, LIMIT};

/// One command that brings what is missing. What rustup has needs no packages.
pub(crate) fn fix(missing: &[Need]) -> String {
    let rustup = if on_path("rustup").is_some() { rustup_commands(missing, usize::MAX) } else { Vec::new() };
    let packages = packages(missing, !rustup.is_empty());
    let mut commands = Vec::new();
    if is_debian() && !packages.is_empty() {
        let install = install_commands(&packages).join(" && ");
        let is_root = rustix::process::geteuid().is_root();
        commands.push(if is_root { install } else { format!("sudo sh -c '{install}'") });
    }
    commands.extend(rustup);
    let mut fixes = Vec::new();
    if !commands.is_empty() {
        fixes.push(format!("`{}`", commands.join(" && ")));
    }
    if !is_debian() && !packages.is_empty() {
        fixes.push(format!("install what Debian calls {}", packages.join(", ")));
    }
    fixes.join(", and ")
}

/// What rustup brings: so many targets at once, the source of the standard library, other toolchains.
fn rustup_commands(missing: &[Need], at_once: usize) -> Vec<String> {
    let mut triples: Vec<_> = missing
        .iter()
        .filter_map(|need| match need.thing {
            Thing::Std { triple, .. } if rustup_has(triple) => Some(triple),
            _ => None,
        })
        .collect();
    triples.sort_unstable();
    triples.dedup();
    let mut commands: Vec<_> =
        triples.chunks(at_once).map(|triples| format!("rustup target add {}", triples.join(" "))).collect();
    if missing.iter().any(|need| wants_source(&need.thing)) {
        commands.push("rustup component add rust-src".to_string());
    }
    for need in missing {
        if let Thing::ByRustup { install, .. } = &need.thing
            && !commands.contains(install)
        {
            commands.push(install.clone());
        }
    }
    commands
}

/// Whether the thing is the source of a standard library, or is built from it.
fn wants_source(thing: &Thing) -> bool {
    matches!(thing, Thing::Source) || matches!(thing, Thing::Std { triple, .. } if !rustup_has(triple))
}

/// Whether rustup has the target's standard library: not for those of the third tier.
fn rustup_has(triple: &str) -> bool {
    let third = ["aarch64_be", "aarch64-unknown-linux-gnu_ilp32", "arm64_32", "hexagon", "mips64el"];
    !third.iter().any(|start| triple.starts_with(start))
}

/// All packages, each once.
fn packages(missing: &[Need], has_rustup: bool) -> Vec<&'static str> {
    let is_rustups = |need: &&Need| has_rustup && matches!(need.thing, Thing::Std { .. } | Thing::Source);
    let needed = missing.iter().filter(|need| !is_rustups(need));
    let mut packages: Vec<_> = needed.flat_map(|need| need.packages.iter().copied()).collect();
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

/// Installs what `missing` says is missing, as far as that can be done here, and says first what. A command that fails is no failure of
/// ours: what needs what is missing then says so.
pub(crate) fn install(missing: impl Fn() -> Vec<Need>, interrupt: &Interrupt) -> Result<(), Failure> {
    if on_path("rustup").is_some() {
        // One at a time: what its server does not have stands in nobody's way.
        install_by(&rustup_commands(&missing(), 1), interrupt)?;
    }
    // What rustup could not bring, Debian may.
    let packages = packages(&missing(), false);
    if !packages.is_empty() && is_debian() && rustix::process::geteuid().is_root() {
        tell(format_args!("=== installing {} of Debian's packages, and what they need: some minutes", packages.len()));
        install_by(&install_commands(&packages), interrupt)?;
    }
    Ok(())
}

/// Runs commands, whose words a person may watch.
fn install_by(commands: &[String], interrupt: &Interrupt) -> Result<(), Failure> {
    for command in commands {
        tell(format_args!("=== installing: {command}"));
        let mut words = command.split(' ');
        let mut process = Command::new(words.next().expect("a command has a name"));
        process.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        match process::run_whole(&mut process, LIMIT, interrupt, process::relay) {
            Ok(status) if status.success() => {}
            Ok(status) => tell(format_args!("=== installing failed: {status} of `{command}`")),
            Err(Failure::Run(why)) => tell(format_args!("=== installing failed: {why}")),
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_is_installed_once_and_foreign_architectures_first() {
        let needs = [
            Need::program("qemu-i386", "qemu-user"),
            Need::program("qemu-s390x", "qemu-user"),
            Need { thing: Thing::Std { triple: "t", found: false }, packages: vec!["libstd-rust-web-dev:arm64"] },
        ];
        assert_eq!(
            install_commands(&packages(&needs, false)),
            [
                "dpkg --add-architecture arm64",
                "apt-get update",
                "apt-get install -y --no-install-recommends libstd-rust-web-dev:arm64 qemu-user"
            ]
        );
    }

    #[test]
    fn what_rustup_has_is_no_package() {
        let std = |triple| Need { thing: Thing::Std { triple, found: false }, packages: vec!["rustc-web"] };
        let rust = |what: &str| Thing::ByRustup { what: what.to_string(), install: format!("rustup {what}") };
        let needs = [
            std("s390x-unknown-linux-gnu"),
            std("aarch64_be-unknown-linux-gnu"),
            Need { thing: rust("x"), packages: Vec::new() },
            Need { thing: rust("x"), packages: Vec::new() },
            Need::program("no-such-program-here", "bash"),
        ];
        assert_eq!(
            rustup_commands(&needs, 1),
            ["rustup target add s390x-unknown-linux-gnu", "rustup component add rust-src", "rustup x"]
        );
        assert_eq!(packages(&needs, true), ["bash"]);
        assert_eq!(packages(&needs, false), ["bash", "rustc-web"]);
    }
}
