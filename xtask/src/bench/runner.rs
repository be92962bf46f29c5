//! The program that measures: run as a child, talked to line by line.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use bench_runner::protocol::{Hello, Request};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::failure::Failure;
use crate::interrupt;
use crate::process;

/// For an answer. An emulator takes its time to fill an arena.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// How often a person's Ctrl-C is looked at.
const TICK: Duration = Duration::from_millis(100);
/// For it to end once nobody asks any more, or once it has closed its output.
const GRACE: Duration = Duration::from_secs(1);
/// No answer has a longer line, nor does anybody wait for more of them; what is no answer may have both.
const LONGEST: u64 = 64 << 10;
const LINES: usize = 1 << 10;

pub(crate) struct Runner {
    child: Child,
    answers: Receiver<String>,
    shown: String,
    pub(crate) hello: Hello,
}

impl Runner {
    /// Starts it, and asks who it is.
    pub(crate) fn start(mut command: Command) -> Result<Runner, Failure> {
        let shown = process::show(&command);
        // Of a page's granularity libpmem2 would call msync.
        command.env("PMEM2_FORCE_GRANULARITY", "CACHE_LINE");
        // A group of its own: Ctrl-C is for us.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Failure::run(format_args!("cannot run `{shown}`: {error}")))?;
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
        let mut runner = Runner { child, answers, shown, hello: Hello::default() };
        runner.hello = runner.ask(&Request::Hello)?;
        Ok(runner)
    }

    /// What its memory is made of: of this machine's processes only.
    pub(crate) fn page_mode(&self) -> String {
        bench_runner::memory::page_mode(&self.child.id().to_string())
    }

    /// Asks for what is answered by a `T`.
    pub(crate) fn ask<T: DeserializeOwned>(&mut self, request: &Request) -> Result<T, Failure> {
        interrupt::check()?;
        let requests = self.child.stdin.as_mut().expect("open until it is dropped");
        writeln!(requests, "{}", json!(request)).map_err(|_| self.gone("it has closed its standard input"))?;
        let line = self.line()?;
        let Ok(answer) = serde_json::from_str::<Result<T, String>>(&line) else {
            let rest = if line.chars().count() > 80 { "..." } else { "" };
            return Err(Failure::run(format_args!("`{}` answered `{line:.80}{rest}`", self.shown)));
        };
        answer.map_err(Failure::run)
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
        drop(self.child.stdin.take());
        self.ended(GRACE);
        // The whole group: a person's command may have started more, and it may be gone already.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;

    #[test]
    fn an_answer_is_what_was_asked_for_or_says_why_there_is_none() {
        let answered = |answer: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("read hello; echo '{{\"Ok\":{{}}}}'; read round; echo '{answer}'")]);
            let answer = Runner::start(shell).unwrap().ask::<Vec<NonZero<u64>>>(&Request::Round);
            answer.map_err(|error| format!("{error:?}"))
        };
        assert!(answered(r#"{"Ok":[10,20]}"#).unwrap().iter().map(|time| time.get()).eq([10, 20]));
        for (answer, why) in [
            (r#"{"Ok":[10,0]}"#, "answered"),
            (r#"{"Ok":[10,2e1]}"#, "answered"),
            ("10 20", "answered"),
            (r#"{"Err":"no race"}"#, "no race"),
        ] {
            assert!(answered(answer).unwrap_err().contains(why), "{answer}");
        }
    }
}
