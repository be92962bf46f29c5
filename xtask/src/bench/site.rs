//! Where the program that measures runs: on this machine; or, with `--runner`, on real hardware that a command leads to. Its times count
//! there too, and the facts are those that it tells of where it runs. For another target it is built as `cargo xtask test` builds tests.

use std::path::PathBuf;
use std::process::Command;

use bench_runner::protocol::Hello;
use cargo_metadata::Message;

use super::options::Options;
use super::runner::Runner;
use crate::cargo::{cargo, workspace};
use crate::failure::{Failure, tell};
use crate::machine::Machine;
use crate::needs::Need;
use crate::process;
use crate::targets::Target;
use crate::toolchain::Toolchain;
use crate::{compile, install};

/// What makes glibc's memcpy and memset leave `rep movsb` and `rep stosb` alone.
const NO_REP: &str =
    "glibc.cpu.x86_rep_movsb_threshold=0x7fffffffffffffff:glibc.cpu.x86_rep_stosb_threshold=0x7fffffffffffffff";

pub(crate) struct Site<'a> {
    pub(crate) options: &'a Options,
    /// `host`, or a triple.
    pub(crate) target: &'a str,
    pub(crate) program: PathBuf,
    pub(crate) machine: Machine,
}

impl<'a> Site<'a> {
    /// Builds the program for another machine, and asks it where it runs. Fails if another answers, or if a backend is not there.
    pub(crate) fn board(options: &'a Options, target: &'a Target) -> Result<Site<'a>, Failure> {
        let (triple, arch, version) = (target.triple, target.arch(), env!("CARGO_PKG_VERSION"));
        if let Some(missing) = missing(target, []) {
            return Err(Failure::input(format_args!("cannot build for {triple}: {missing}")));
        }
        tell(format_args!("building for {triple}"));
        let program = build_foreign(target)?;
        let mut site = Site { options, target: triple, program, machine: Machine::default() };
        let started = site.start().map_err(|error| match error {
            Failure::Run(why) => Failure::run(format_args!(
                "{why}; --runner must run the program that it is given as its last argument, on its own standard input and output"
            )),
            other => other,
        })?;
        let Hello { version: its_version, machine, backends: there, .. } = &started[0].hello;
        let its_arch = &machine.arch;
        if (its_arch.as_str(), its_version.as_str()) != (arch, version) {
            return Err(Failure::run(format_args!(
                "--runner runs a program for {its_arch} of version {its_version}, not the one that it is given, for {arch} of version {version}"
            )));
        }
        if let Some(missing) = options.backends.iter().find(|backend| !there.iter().any(|it| it == backend.name())) {
            let there = there.join(", ");
            return Err(Failure::input(format_args!(
                "the machine that --runner leads to has no backend {missing}; it has {there}"
            )));
        }
        site.machine = machine.clone();
        Ok(site)
    }

    /// Starts the processes that measure: one, and for glibc another whose libc has other tunables.
    pub(crate) fn start(&self) -> Result<Vec<Runner>, Failure> {
        if let Some(runner) = &self.options.runner {
            let mut shell = Command::new("sh");
            // The command is a person's, with options and quotes; the program is its last argument.
            shell.args(["-c", &format!("{runner} \"$0\"")]).arg(&self.program);
            return Ok(vec![Runner::start(shell)?]);
        }
        let mut commands = vec![Command::new(&self.program)];
        if cfg!(all(target_arch = "x86_64", target_env = "gnu")) {
            commands.push(Command::new(&self.program));
            commands[1].env("GLIBC_TUNABLES", NO_REP);
        }
        commands.into_iter().map(Runner::start).collect()
    }
}

pub(crate) fn build_native(stringzilla: bool) -> Result<PathBuf, Failure> {
    tell("building the program that measures");
    let mut cargo = cargo();
    cargo.current_dir(workspace()).args(["build", "--release", "--locked", "--quiet", "-p", "bench-runner"]);
    if stringzilla {
        cargo.args(["--features", "bench-runner/stringzilla"]);
    }
    build(&mut cargo)
}

pub(crate) fn build_foreign(target: &Target) -> Result<PathBuf, Failure> {
    let toolchain = Toolchain::find(target).map_err(|need| Failure::run(need.what))?;
    // Optimised as what people run is: `--runner` times it.
    let mut cargo = compile::command(&["build", "--release"], target, toolchain)?;
    build(cargo.args(["--quiet", "-p", "bench-runner"]))
}

/// What is missing to build it for a target, and to run it there; and how to get that.
pub(crate) fn missing(target: &Target, to_run: impl IntoIterator<Item = Need>) -> Option<String> {
    let to_build = Toolchain::find(target).err().into_iter().chain(compile::linker_needs(target));
    let missing: Vec<_> = to_build.chain(to_run).collect();
    (!missing.is_empty()).then(|| install::told(&missing))
}

/// Runs a cargo command that builds it, and finds the program in what cargo says.
fn build(cargo: &mut Command) -> Result<PathBuf, Failure> {
    let said = process::lines(cargo.arg("--message-format=json-render-diagnostics"))?;
    let program = said.iter().rev().find_map(|line| match serde_json::from_str(line) {
        Ok(Message::CompilerArtifact(built)) => built.executable,
        _ => None,
    });
    program.map(PathBuf::from).ok_or_else(|| Failure::run(format_args!("no program from `{}`", process::show(cargo))))
}
