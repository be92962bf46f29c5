//! The program that measures: run as a child, talked to line by line.

use std::io::{BufRead, BufReader, Read, Write};
use std::num::NonZero;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use bench_runner::Point;
use bench_runner::protocol::{END, ERROR, Entrant, HELLO, READY};
use memcpy_streaming::Backend;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::failure::Failure;
use crate::interrupt;
use crate::process;

/// For an answer. An emulator takes its time to fill an arena.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// How often a person's Ctrl-C is looked at.
const TICK: Duration = Duration::from_millis(100);
/// For it to end once nobody asks any more, or once it has closed its output.
const GRACE: Duration = Duration::from_secs(1);
/// No answer has a longer line, nor as many of them at a time; what is no answer may have.
const LONGEST: u64 = 64 << 10;
const LINES: usize = 1 << 10;

/// What the program says of itself: keys and values. Its number of threads is one.
pub(crate) struct Hello(pub(crate) Vec<(String, String)>);

impl Hello {
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn backends(&self) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == "backend").map(|(_, name)| name.as_str()).collect()
    }
}

pub(crate) struct Runner {
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
    shown: String,
    /// Of the race that is ready.
    entrants: usize,
}

impl Runner {
    pub(crate) fn start(mut command: Command) -> Result<Runner, Failure> {
        let shown = process::show(&command);
        // Of a page's granularity libpmem2 would call msync.
        command.env("PMEM2_FORCE_GRANULARITY", "CACHE_LINE");
        // A group of its own: Ctrl-C is for us.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Failure::run(format_args!("cannot run `{shown}`: {error}")))?;
        let requests = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, answers) = mpsc::sync_channel(LINES);
        thread::spawn(move || {
            let mut line = Vec::new();
            while let Ok(1..) = output.by_ref().take(LONGEST).read_until(b'\n', &mut line)
                && sender.send(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_string()).is_ok()
            {
                line.clear();
            }
        });
        Ok(Runner { child, requests, answers, shown, entrants: 0 })
    }

    /// What its memory is made of: of this machine's processes only.
    pub(crate) fn page_mode(&self) -> String {
        bench_runner::memory::page_mode(&self.child.id().to_string())
    }

    pub(crate) fn hello(&mut self) -> Result<Hello, Failure> {
        let mut said = Vec::new();
        let mut line = self.ask("hello")?;
        while line != END {
            match line.split('\t').collect::<Vec<_>>()[..] {
                [HELLO, key, value] if key != "threads" || value.parse::<usize>().is_ok() => {
                    said.push((key.to_string(), value.to_string()));
                }
                _ => return Err(self.broken(&line)),
            }
            line = self.line()?;
        }
        Ok(Hello(said))
    }

    pub(crate) fn arena(&mut self, bytes: u64, l2: u64) -> Result<(), Failure> {
        let line = self.ask(&format!("arena {bytes} {l2}"))?;
        if line == READY { Ok(()) } else { Err(self.broken(&line)) }
    }

    /// Sets a race up; all entrants are verified then. They, and the bytes of a lap.
    pub(crate) fn race(&mut self, ours: &[Backend], peers: &str, at: &Point) -> Result<(Vec<Entrant>, u64), Failure> {
        let ours: Vec<_> = ours.iter().map(|backend| backend.name()).collect();
        let ours = if ours.is_empty() { "none".to_string() } else { ours.join(",") };
        let mut line = self.ask(&format!("race {ours} {peers} {at}"))?;
        let mut entrants = Vec::new();
        loop {
            if let Some((READY, bytes)) = line.split_once('\t') {
                self.entrants = entrants.len();
                return Ok((entrants, bytes.parse().map_err(|_| self.broken(&line))?));
            }
            entrants.push(Entrant::parse(&line).map_err(|_| self.broken(&line))?);
            line = self.line()?;
        }
    }

    /// A lap of each; nanoseconds.
    pub(crate) fn round(&mut self) -> Result<Vec<f64>, Failure> {
        let line = self.ask("round")?;
        // Whole numbers, none of which is 0.
        let times = line.split_terminator(' ').map(|time| Some(time.parse::<NonZero<u64>>().ok()?.get() as f64));
        let times: Option<Vec<_>> = times.collect();
        times.filter(|times| times.len() == self.entrants).ok_or_else(|| self.broken(&line))
    }

    fn ask(&mut self, request: &str) -> Result<String, Failure> {
        interrupt::check()?;
        let requests = self.requests.as_mut().expect("open until it is dropped");
        writeln!(requests, "{request}").map_err(|_| self.gone("it has closed its standard input"))?;
        self.line()
    }

    fn line(&self) -> Result<String, Failure> {
        let deadline = Instant::now() + ANSWER_LIMIT;
        loop {
            let answer = self.answers.recv_timeout(TICK);
            if let Ok(line) = answer {
                return Ok(line);
            }
            // A terminal's Ctrl-C may have reached what it runs on the other side.
            interrupt::check()?;
            if answer == Err(RecvTimeoutError::Disconnected) {
                return Err(self.gone("it has closed its standard output"));
            }
            // What it has left in the background may keep its output open.
            if self.ended(Duration::ZERO).is_some() {
                return self.answers.recv_timeout(GRACE).map_err(|_| self.gone("unknown"));
            }
            if Instant::now() > deadline {
                return Err(Failure::run(format_args!("`{}` does not answer any more", self.shown)));
            }
        }
    }

    /// An answer that is an error, or none at all.
    fn broken(&self, line: &str) -> Failure {
        if let Some((ERROR, why)) = line.split_once('\t') {
            return Failure::run(why);
        }
        let rest = if line.chars().count() > 80 { "..." } else { "" };
        Failure::run(format_args!("`{}` answered `{line:.80}{rest}`", self.shown))
    }

    fn gone(&self, otherwise: &str) -> Failure {
        let how = self.ended(GRACE).unwrap_or_else(|| otherwise.to_string());
        Failure::run(format_args!("`{}` ended by itself: {how}", self.shown))
    }

    /// How it ended, if it does so within a while. It stays a zombie, so that nobody else gets its number.
    fn ended(&self, within: Duration) -> Option<String> {
        let deadline = Instant::now() + within;
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        loop {
            match waitid(WaitId::Pid(Pid::from_child(&self.child)), options) {
                Ok(Some(status)) => {
                    let signal = || format!("signal {}", status.terminating_signal().unwrap_or_default());
                    return Some(status.exit_status().map_or_else(signal, |code| format!("exit status {code}")));
                }
                Ok(None) if Instant::now() >= deadline => return None,
                Ok(None) => thread::sleep(Duration::from_millis(5)),
                Err(error) => return Some(error.to_string()),
            }
        }
    }
}

/// It ends when nobody asks any more; if it does not, it is ended, and whatever it has started.
impl Drop for Runner {
    fn drop(&mut self) {
        drop(self.requests.take());
        self.ended(GRACE);
        // The whole group: a person's command may have started more, and it may be gone already.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_and_one_for_each() {
        // A program that answers so to a race of two entrants.
        let round = |answer: &str| {
            let mut shell = Command::new("sh");
            let entrants = r"entrant\tavx2\tours\tavx2\tyes\nentrant\tlibc\tpeer\t\t\n";
            shell.args(["-c", &format!("read a; printf '{entrants}ready\\t64\\n'; read b; printf '{answer}\\n'")]);
            let mut runner = Runner::start(shell).unwrap();
            let point = "writer 64 aligned cold-seq no 1".parse().unwrap();
            let (entrants, bytes) = runner.race(&[Backend::Avx2], "all", &point).unwrap();
            assert_eq!((entrants.len(), bytes), (2, 64));
            runner.round().map_err(|error| format!("{error:?}"))
        };
        assert_eq!(round("10 20").unwrap(), [10.0, 20.0]);
        for answer in ["10", "10 20 30", "10 0", "10 -20", "10 NaN", "10 2e1", "", "10  20"] {
            assert!(round(answer).unwrap_err().contains("answered"), "{answer}");
        }
        assert!(round(r"error\tno race").unwrap_err().contains("no race"));
    }
}
