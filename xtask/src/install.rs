//! Bringing what is missing: one command for a person to run, or the same run here.

use std::process::Command;

use crate::failure::{Failure, tell};
use crate::needs::{Need, describe, each_once, is_debian, on_path};
use crate::process::{self, LIMIT};

/// What rustup is told to bring a target's standard library; it takes several targets.
const ADD_TARGET: &str = "rustup target add ";
pub(crate) const ADD_SOURCE: &str = "rustup component add rust-src";

/// A standard library of Rust for a target: rustup's, or built from source for those of the third tier.
pub(crate) fn std_for(triple: &str, packages: Vec<&'static str>) -> Need {
    let third = ["aarch64_be", "aarch64-unknown-linux-gnu_ilp32", "arm64_32", "hexagon", "mips64el"];
    let is_third = third.iter().any(|start| triple.starts_with(start));
    let install = if is_third { ADD_SOURCE.to_string() } else { format!("{ADD_TARGET}{triple}") };
    Need::by_rustup(&format!("standard library for {triple}"), &install, packages)
}

/// What is missing, and what helps.
pub(crate) fn told(missing: &[Need]) -> String {
    format!("{}; to run it: {}", describe(missing), fix(missing))
}

/// What a person does: one command that brings what is missing, and what no command does. What rustup has needs no packages.
pub(crate) fn fix(missing: &[Need]) -> String {
    let rustup = if on_path("rustup").is_some() { rustup_commands(missing, usize::MAX) } else { Vec::new() };
    let packages = packages(missing, !rustup.is_empty());
    let mut commands = rustup;
    let mut fixes: Vec<_> = missing.iter().filter_map(|need| need.by_hand.clone()).collect();
    if is_debian() && !packages.is_empty() {
        let install = install_commands(&packages).join(" && ");
        let is_root = rustix::process::geteuid().is_root();
        commands.insert(0, if is_root { install } else { format!("sudo sh -c '{install}'") });
    } else if !packages.is_empty() {
        fixes.push(format!("install what Debian calls {}", packages.join(", ")));
    }
    fixes.extend((!commands.is_empty()).then(|| format!("`{}`", commands.join(" && "))));
    fixes.join(", and ")
}

/// What rustup brings: so many targets at once, then the rest.
fn rustup_commands(missing: &[Need], at_once: usize) -> Vec<String> {
    let commands = each_once(missing.iter().filter_map(|need| need.rustup.as_deref()));
    let triples: Vec<_> = commands.iter().filter_map(|command| command.strip_prefix(ADD_TARGET)).collect();
    let targets = triples.chunks(at_once).map(|triples| format!("{ADD_TARGET}{}", triples.join(" ")));
    let others = commands.iter().filter(|command| !command.starts_with(ADD_TARGET)).map(ToString::to_string);
    targets.chain(others).collect()
}

fn packages(missing: &[Need], has_rustup: bool) -> Vec<&str> {
    let needed = missing.iter().filter(|need| !(has_rustup && need.rustup.is_some()));
    each_once(needed.flat_map(|need| need.packages.iter().copied()))
}

fn install_commands(packages: &[&str]) -> [String; 2] {
    let install = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    ["apt-get update".to_string(), install]
}

/// Installs what `missing` says is missing, as far as that can be done here, and says first what. A command that fails is no failure of
/// ours: what needs what is missing then says so.
pub(crate) fn install(missing: impl Fn() -> Vec<Need>) -> Result<(), Failure> {
    if on_path("rustup").is_some() {
        // One at a time: what its server does not have stands in nobody's way.
        install_by(&rustup_commands(&missing(), 1))?;
    }
    // What rustup could not bring, Debian may.
    let missing = missing();
    let packages = packages(&missing, false);
    if !packages.is_empty() && is_debian() && rustix::process::geteuid().is_root() {
        tell(format_args!("=== installing {} of Debian's packages, and what they need: some minutes", packages.len()));
        install_by(&install_commands(&packages))?;
    }
    Ok(())
}

fn install_by(commands: &[String]) -> Result<(), Failure> {
    for command in commands {
        tell(format_args!("=== installing: {command}"));
        let mut words = command.split(' ');
        let mut process = Command::new(words.next().expect("a command has a name"));
        process.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        match process::run_whole(&mut process, LIMIT, process::relay) {
            Ok(status) if status.success() => {}
            Ok(status) => tell(format_args!("=== installing failed: {status} of `{command}`")),
            Err(Failure::Run(why)) => tell(format_args!("=== installing failed: {why}")),
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

#[test]
fn each_thing_is_installed_once_and_what_rustup_has_is_no_package() {
    let miri = Need::by_rustup("Miri", "rustup x", Vec::new());
    let qemu = Need { packages: vec!["qemu-user"], ..Need::default() };
    let needs = [
        std_for("s390x-unknown-linux-gnu", vec!["rustc-web"]),
        std_for("aarch64_be-unknown-linux-gnu", vec!["rustc-web"]),
        miri.clone(),
        miri,
        qemu.clone(),
        qemu,
    ];
    let target = format!("{ADD_TARGET}s390x-unknown-linux-gnu");
    assert_eq!(rustup_commands(&needs, 1), [&target, ADD_SOURCE, "rustup x"]);
    assert_eq!(packages(&needs, true), ["qemu-user"]);
    assert_eq!(packages(&needs, false), ["qemu-user", "rustc-web"]);
}
