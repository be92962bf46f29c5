//! The program that measures: built by cargo, run as a child, talked to line by line.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use bench_runner::Point;
use bench_runner::protocol::{END, ERROR, Entrant, HELLO, READY};
use memcpy_streaming::Backend;
use serde_json::Value;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::test::{compile, process};

/// For cargo; a peer's C code may be part of it.
const BUILD_LIMIT: Duration = Duration::from_secs(60 * 60);
/// For an answer. An emulator takes its time to fill an arena.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// How often a person's Ctrl-C is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Builds it for this machine.
pub(crate) fn build_native(workspace: &Path, stringzilla: bool, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let mut cargo = compile::cargo();
    cargo.current_dir(workspace).args(["build", "--release", "--locked", "--quiet", "-p", "bench-runner"]);
    if stringzilla {
        cargo.args(["--features", "bench-runner/stringzilla"]);
    }
    build(&mut cargo, interrupt)
}

/// Runs a cargo command that builds it, and finds the program in what cargo says.
pub(crate) fn build(cargo: &mut Command, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    cargo.arg("--message-format=json-render-diagnostics");
    let mut program = None;
    let status = process::run(cargo, BUILD_LIMIT, interrupt, |line| {
        let message: Value = serde_json::from_str(line).unwrap_or_default();
        if message["target"]["name"] == "bench-runner" {
            program = message["executable"].as_str().map(PathBuf::from).or(program.take());
        }
        Ok(())
    })?;
    match program {
        Some(program) if status.success() => Ok(program),
        _ => Err(Failure::run(format_args!("{status} of `{}`", process::show(cargo)))),
    }
}

/// What the program says of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hello {
    pub(crate) arch: String,
    pub(crate) version: String,
    pub(crate) active: String,
    pub(crate) backends: Vec<String>,
    /// Names and versions.
    pub(crate) peers: Vec<(String, String)>,
}

/// A race that is ready.
pub(crate) struct Ready {
    pub(crate) entrants: Vec<Entrant>,
    /// Of a lap.
    pub(crate) bytes: u64,
}

/// A running program.
pub(crate) struct Runner<'a> {
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
    interrupt: &'a Interrupt,
    shown: String,
}

impl<'a> Runner<'a> {
    /// Starts `command`.
    pub(crate) fn start(mut command: Command, interrupt: &'a Interrupt) -> Result<Runner<'a>, Failure> {
        let shown = process::show(&command);
        // Of a page's granularity libpmem2 would call msync.
        command.env("PMEM2_FORCE_GRANULARITY", "CACHE_LINE");
        // A group of its own: Ctrl-C is for us.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Failure::run(format_args!("cannot run `{shown}`: {error}")))?;
        let requests = child.stdin.take();
        let output = child.stdout.take().expect("it is piped");
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Runner { child, requests, answers, interrupt, shown })
    }

    /// The process, to ask the system about.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn hello(&mut self) -> Result<Hello, Failure> {
        self.request("hello")?;
        let mut hello = Hello::default();
        loop {
            let line = self.line()?;
            if line == END {
                return Ok(hello);
            }
            let fields: Vec<_> = line.split('\t').collect();
            let [HELLO, key, value] = fields[..] else {
                return Err(self.broken(&line));
            };
            match key.strip_prefix("peer ") {
                Some(peer) => hello.peers.push((peer.to_string(), value.to_string())),
                None if key == "arch" => hello.arch = value.to_string(),
                None if key == "version" => hello.version = value.to_string(),
                None if key == "active" => hello.active = value.to_string(),
                None if key == "backend" => hello.backends.push(value.to_string()),
                None => {}
            }
        }
    }

    /// Makes it map and write the memory.
    pub(crate) fn arena(&mut self, bytes: u64, l2: u64) -> Result<(), Failure> {
        self.request(&format!("arena {bytes} {l2}"))?;
        let line = self.line()?;
        if line == READY { Ok(()) } else { Err(self.broken(&line)) }
    }

    /// Sets a race up; all entrants are verified then.
    pub(crate) fn race(&mut self, backends: &[Backend], peers: &str, point: &Point) -> Result<Ready, Failure> {
        let names: Vec<_> = backends.iter().map(|backend| backend.name()).collect();
        let names = if names.is_empty() { "none".to_string() } else { names.join(",") };
        self.request(&format!("race {names} {peers} {point}"))?;
        let mut entrants = Vec::new();
        loop {
            let line = self.line()?;
            match line.split_once('\t') {
                Some((READY, bytes)) => {
                    let bytes = bytes.parse().map_err(|_| self.broken(&line))?;
                    return Ok(Ready { entrants, bytes });
                }
                _ => entrants.push(Entrant::parse(&line).map_err(|_| self.broken(&line))?),
            }
        }
    }

    /// A lap of each; nanoseconds.
    pub(crate) fn round(&mut self) -> Result<Vec<f64>, Failure> {
        self.request("round")?;
        let line = self.line()?;
        let times: Result<Vec<f64>, _> = line.split(' ').map(str::parse).collect();
        times.map_err(|_| self.broken(&line))
    }

    fn request(&mut self, line: &str) -> Result<(), Failure> {
        let requests = self.requests.as_mut().expect("open until it is dropped");
        writeln!(requests, "{line}").map_err(|error| Failure::run(format_args!("`{}` has ended: {error}", self.shown)))
    }

    fn line(&mut self) -> Result<String, Failure> {
        let deadline = Instant::now() + ANSWER_LIMIT;
        loop {
            match self.answers.recv_timeout(TICK) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
                    return Err(Failure::run(format_args!("`{}` ended by itself: {status}", self.shown)));
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.interrupt.check()?;
                    if Instant::now() > deadline {
                        return Err(Failure::run(format_args!("`{}` does not answer any more", self.shown)));
                    }
                }
            }
        }
    }

    /// An answer that is an error, or none at all.
    fn broken(&self, line: &str) -> Failure {
        match line.split_once('\t') {
            Some((ERROR, why)) => Failure::run(why),
            _ => Failure::run(format_args!("`{}` answered `{line}`", self.shown)),
        }
    }
}

/// It ends when nobody asks any more; if it does not, it is ended.
impl Drop for Runner<'_> {
    fn drop(&mut self) {
        drop(self.requests.take());
        let deadline = Instant::now() + Duration::from_secs(1);
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                // It may end in the meantime: then there is nothing left to end.
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}
