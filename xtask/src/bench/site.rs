//! Where the program that measures runs: on this machine; or, with `--runner`, on real hardware that a command leads to. Its times count
//! there too, and the facts are those that it tells of where it runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use memcpy_streaming::Backend;
use serde_json::{Value, json};

use super::build;
use super::facts::{Caches, Place};
use super::options::HOST;
use super::runner::{Hello, Runner};
use crate::compile;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::targets::Target;

/// What makes glibc's memcpy and memset leave `rep movsb` and `rep stosb` alone.
const NO_REP: &str =
    "glibc.cpu.x86_rep_movsb_threshold=0x7fffffffffffffff:glibc.cpu.x86_rep_stosb_threshold=0x7fffffffffffffff";

pub(crate) struct Site<'a> {
    /// `host`, or a triple.
    pub(crate) target: &'a str,
    pub(crate) place: Place,
    pub(crate) facts: Value,
    program: PathBuf,
    /// What leads to another machine.
    runner: Option<&'a str>,
}

impl<'a> Site<'a> {
    pub(crate) fn here(
        place: Place,
        facts: Value,
        workspace: &Path,
        stringzilla: bool,
        interrupt: &Interrupt,
    ) -> Result<Site<'a>, Failure> {
        let program = build::native(workspace, stringzilla, interrupt)?;
        Ok(Site { target: HOST, place, facts, program, runner: None })
    }

    /// Builds the program for another machine, and asks it where it runs. `built` has what is known of the program.
    pub(crate) fn board(
        target: &'a Target,
        runner: &'a str,
        asked: &[Backend],
        built: &Value,
        place: &compile::Place<'_>,
        interrupt: &Interrupt,
    ) -> Result<Site<'a>, Failure> {
        if let Some(missing) = build::missing(target, []) {
            return Err(Failure::input(format_args!("cannot build for {}: {missing}", target.triple)));
        }
        let program = build::foreign(place, target, interrupt)?;
        let place = Place::here();
        let mut site = Site { target: target.triple, place, facts: Value::Null, program, runner: Some(runner) };
        let hello = site.start(interrupt).and_then(|mut runners| runners[0].hello());
        let hello = hello.map_err(|error| match error {
            Failure::Run(why) => Failure::run(format_args!(
                "{why}; --runner must run the program that it is given as its last argument, on its own standard input and output"
            )),
            other => other,
        })?;
        check(&hello, target.arch(), asked)?;
        let fact = |name: &str| hello.get(&format!("fact {name}"));
        let bytes = |name: &str| fact(name)?.parse().ok();
        let cores = hello.get("threads").and_then(|count| count.parse().ok()).unwrap_or(1).max(1);
        site.place = Place { cores, caches: Caches::new(bytes("l2_bytes"), bytes("l3_bytes")) };
        site.facts = json!({
            "commit": built["commit"],
            "modified": built["modified"],
            "date": built["date"],
            "cpu": fact("cpu").unwrap_or(target.arch()),
            "arch": target.arch(),
            "cores": cores,
            "kernel": fact("kernel"),
            "l2_bytes": site.place.caches.l2,
            "l3_bytes": site.place.caches.l3,
            "runner": runner,
        });
        Ok(site)
    }

    /// Starts the processes that measure: one, and for glibc another whose libc has other tunables.
    pub(crate) fn start<'i>(&self, interrupt: &'i Interrupt) -> Result<Vec<Runner<'i>>, Failure> {
        let Some(runner) = self.runner else {
            let mut runners = vec![Runner::start(Command::new(&self.program), interrupt)?];
            if cfg!(all(target_arch = "x86_64", target_env = "gnu")) {
                let mut tuned = Command::new(&self.program);
                tuned.env("GLIBC_TUNABLES", NO_REP);
                runners.push(Runner::start(tuned, interrupt)?);
            }
            return Ok(runners);
        };
        let mut shell = Command::new("sh");
        // The command is a person's, with options and quotes; the program is its last argument.
        shell.args(["-c", &format!("{runner} \"$0\"")]).arg(&self.program);
        Ok(vec![Runner::start(shell, interrupt)?])
    }
}

/// Fails if another program answers than the one that was built, or a backend that was asked for is not there.
fn check(hello: &Hello, arch: &str, asked: &[Backend]) -> Result<(), Failure> {
    let version = env!("CARGO_PKG_VERSION");
    let (its_arch, its_version) = (hello.get("arch").unwrap_or_default(), hello.get("version").unwrap_or_default());
    if (its_arch, its_version) != (arch, version) {
        return Err(Failure::run(format_args!(
            "--runner runs a program for {its_arch} of version {its_version}, not the one that it is given, for {arch} of version {version}"
        )));
    }
    let there = hello.backends();
    match asked.iter().find(|backend| !there.contains(&backend.name())) {
        None => Ok(()),
        Some(missing) => Err(Failure::input(format_args!(
            "the machine that --runner leads to has no backend {missing}; it has {}",
            there.join(", ")
        ))),
    }
}
