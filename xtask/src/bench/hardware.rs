//! `--runner`: a target's program on real hardware, through a command that runs it there. Its times count, and the facts are those
//! that the program tells of where it runs.

use std::path::PathBuf;
use std::process::Command;

use memcpy_streaming::Backend;
use serde_json::Value;

use super::build::Build;
use super::facts::{self, Caches};
use super::place::Place;
use super::runner::{Hello, Runner};
use crate::failure::{Failure, tell};
use crate::install;
use crate::interrupt::Interrupt;
use crate::needs;
use crate::targets::Target;

/// The machine at the other end.
pub(crate) struct Board<'a> {
    pub(crate) target: &'a Target,
    command: &'a str,
    program: PathBuf,
    hello: Hello,
}

impl<'a> Board<'a> {
    /// Builds the program, and asks it where it runs.
    pub(crate) fn reach(
        target: &'a Target,
        command: &'a str,
        build: &Build<'_>,
        interrupt: &Interrupt,
    ) -> Result<Board<'a>, Failure> {
        let missing = build.missing(target);
        if !missing.is_empty() {
            let (why, fix) = (needs::describe(&missing), install::fix(&missing));
            return Err(Failure::input(format_args!("cannot build for {}: {why}; to build it: {fix}", target.triple)));
        }
        tell(format_args!("building for {}", target.triple));
        let program = build.program(target, interrupt)?;
        let mut board = Board { target, command, program, hello: Hello::default() };
        let hello = board.start(interrupt).and_then(|mut runner| runner.hello());
        board.hello = hello.map_err(|error| match error {
            Failure::Run(why) => Failure::run(format_args!(
                "{why}; --runner must run the program that it is given as its last argument, on its own standard input and output"
            )),
            other => other,
        })?;
        board.check()?;
        Ok(board)
    }

    /// The backend that it uses by itself.
    pub(crate) fn active(&self) -> Result<Backend, Failure> {
        let name = &self.hello.active;
        name.parse().map_err(|_| Failure::run(format_args!("--runner: the program there uses a backend `{name}`")))
    }

    /// Fails if one of the backends that were asked for is not there.
    pub(crate) fn has(&self, asked: &[Backend]) -> Result<(), Failure> {
        let there = &self.hello.backends;
        match asked.iter().find(|backend| !there.iter().any(|name| name == backend.name())) {
            None => Ok(()),
            Some(missing) => Err(Failure::input(format_args!(
                "the machine that --runner leads to has no backend {missing}; it has {}",
                there.join(", ")
            ))),
        }
    }

    /// Starts the program there.
    pub(crate) fn start<'i>(&self, interrupt: &'i Interrupt) -> Result<Runner<'i>, Failure> {
        let mut shell = Command::new("sh");
        // The command is a person's, with options and quotes; the program is its last argument.
        shell.args(["-c", &format!("{} \"$0\"", self.command)]).arg(&self.program);
        Runner::start(shell, interrupt)
    }

    /// Fails if another program answers than the one that was built.
    fn check(&self) -> Result<(), Failure> {
        let (arch, version) = (self.target.arch(), env!("CARGO_PKG_VERSION"));
        if (self.hello.arch.as_str(), self.hello.version.as_str()) == (arch, version) {
            return Ok(());
        }
        Err(Failure::run(format_args!(
            "--runner runs a program for {} of version {}, not the one that it is given, for {arch} of version {version}",
            self.hello.arch, self.hello.version
        )))
    }

    /// Its cores and caches.
    pub(crate) fn place(&self) -> Place {
        let bytes = |name: &str| self.fact(name)?.parse().ok();
        Place { cores: self.hello.threads.max(1), caches: Caches::new(bytes("l2_bytes"), bytes("l3_bytes")) }
    }

    /// What is known of it; `built` has what is known of the program.
    pub(crate) fn facts(&self, built: &Value) -> Value {
        let place = self.place();
        let mut json = facts::of_program(built);
        json["cpu"] = self.fact("cpu").unwrap_or(&self.hello.arch).into();
        json["arch"] = self.hello.arch.as_str().into();
        json["cores"] = place.cores.into();
        json["kernel"] = self.fact("kernel").into();
        json["l2_bytes"] = place.caches.l2.into();
        json["l3_bytes"] = place.caches.l3.into();
        json["runner"] = self.command.into();
        json
    }

    fn fact(&self, name: &str) -> Option<&str> {
        self.hello.facts.iter().find(|(fact, _)| fact == name).map(|(_, value)| value.as_str())
    }
}
