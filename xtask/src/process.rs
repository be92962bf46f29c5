//! Running other programs: with a time limit, their output relayed line by line, and nothing left running behind.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::lane::labelled;

/// For what takes minutes, the first time with all dependencies to compile, on a busy machine: longer, and it hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(30 * 60);

/// How often a person's Ctrl-C and the time limit are looked at.
const TICK: Duration = Duration::from_millis(100);

/// How long a program that was asked to stop may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// Runs `command` to its end and hands each line of its standard output to `line`.
///
/// # Errors
/// If it cannot be started, runs longer than `limit`, or the person interrupts. It is then gone, and with it every program
/// that it has started.
pub(crate) fn run(
    command: &mut Command,
    limit: Duration,
    interrupt: &Interrupt,
    line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ExitStatus, Failure> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let output = child.0.stdout.take().expect("it is piped");
    attend(child, output, &show(command), limit, interrupt, line)
}

/// The same with both of its outputs, their lines in the order in which they were written.
pub(crate) fn run_whole(
    command: &mut Command,
    limit: Duration,
    interrupt: &Interrupt,
    line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ExitStatus, Failure> {
    let (output, writer) = io::pipe().map_err(|error| Failure::run(format_args!("no pipe: {error}")))?;
    let child = start(command.stdout(writer.try_clone().map_err(Failure::run)?).stderr(writer));
    // Ours are closed: the output ends when the program does.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    attend(child?, output, &show(command), limit, interrupt, line)
}

fn start(command: &mut Command) -> Result<Running, Failure> {
    // A group of its own, so that all of it can be stopped. Without standard input: nobody is asked anything.
    let child = command.process_group(0).stdin(Stdio::null()).spawn();
    child.map(Running).map_err(|error| Failure::run(format_args!("cannot run `{}`: {error}", show(command))))
}

/// Hands over each line until the child's end.
fn attend(
    mut child: Running,
    output: impl Read + Send + 'static,
    shown: &str,
    limit: Duration,
    interrupt: &Interrupt,
    mut line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ExitStatus, Failure> {
    let lines = lines(output);
    let deadline = Instant::now() + limit;
    let mut open = true;
    loop {
        interrupt.check()?;
        if Instant::now() > deadline {
            return Err(Failure::run(format_args!("still running after {} s, stopped: `{shown}`", limit.as_secs())));
        }
        if !open {
            if let Some(status) = child.0.try_wait().map_err(Failure::run)? {
                return Ok(status);
            }
            thread::sleep(TICK);
            continue;
        }
        match lines.recv_timeout(TICK) {
            Ok(text) => line(&text)?,
            // What a program leaves in the background may keep its output open for longer than the program lives.
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = child.0.try_wait().map_err(Failure::run)? {
                    // On a busy machine its last words may still be on their way.
                    while let Ok(text) = lines.recv_timeout(GRACE) {
                        line(&text)?;
                    }
                    return Ok(status);
                }
            }
            Err(RecvTimeoutError::Disconnected) => open = false,
        }
    }
}

/// Runs a command whose output nobody needs unless it fails: then its last line is in the error.
pub(crate) fn quiet(command: &mut Command, limit: Duration, interrupt: &Interrupt) -> Result<(), Failure> {
    let shown = show(command);
    let (status, said) = errors_of(command, limit, interrupt)?;
    if status.success() {
        return Ok(());
    }
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    Err(Failure::run(format_args!("{status} of `{shown}`: {last}")))
}

/// Runs a command, and gives what it has written to its standard error.
pub(crate) fn errors_of(
    command: &mut Command,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<(ExitStatus, String), Failure> {
    let errors = tempfile::tempfile().map_err(|error| Failure::run(format_args!("no temporary file: {error}")))?;
    let mut kept = errors.try_clone().map_err(Failure::run)?;
    let status = run(command.stderr(errors), limit, interrupt, |_| Ok(()))?;
    let mut said = Vec::new();
    io::Seek::rewind(&mut kept).and_then(|()| kept.read_to_end(&mut said)).map_err(Failure::run)?;
    Ok((status, String::from_utf8_lossy(&said).into_owned()))
}

/// Prints a line that another program has written.
pub(crate) fn relay(line: &str) -> Result<(), Failure> {
    io::stdout().write_all(labelled(line).as_bytes()).map_err(|error| Failure::stdout(&error))
}

/// The command as a person would type it, less what it inherits.
pub(crate) fn show(command: &Command) -> String {
    let env = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut words: Vec<_> =
        env.map(|(name, value)| format!("{}={}", name.display(), quote(&value.to_string_lossy()))).collect();
    words.push(quote(&command.get_program().to_string_lossy()));
    words.extend(command.get_args().map(|arg| quote(&arg.to_string_lossy())));
    words.join(" ")
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The lines of a pipe, read by a thread of their own.
fn lines(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|len| len > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_string();
            if sender.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
    receiver
}

/// A child that does not outlive its handle, nor do its own children.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.0.try_wait(), Ok(None)) {
            return;
        }
        let group = Pid::from_child(&self.0);
        // It may end in the meantime: then there is nothing left to stop.
        let _ = kill_process_group(group, Signal::TERM);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(TICK);
        }
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn run_for(command: &mut Command, limit: Duration) -> (Result<ExitStatus, Failure>, Vec<String>) {
        let mut seen = Vec::new();
        let result = run(command, limit, &Interrupt::never(), |line| {
            seen.push(line.to_string());
            Ok(())
        });
        (result, seen)
    }

    #[test]
    fn lines_and_status() {
        let (status, lines) = run_for(&mut sh("printf 'one\\r\\ntwo\\nthree'; exit 3"), Duration::from_secs(60));
        assert_eq!(status.unwrap().code(), Some(3));
        assert_eq!(lines, ["one", "two", "three"]);
    }

    #[test]
    fn both_outputs_in_their_order() {
        let mut seen = Vec::new();
        let status =
            run_whole(&mut sh("echo 1; echo 2 >&2; echo 3"), Duration::from_secs(60), &Interrupt::never(), |line| {
                seen.push(line.to_string());
                Ok(())
            });
        assert!(status.unwrap().success());
        assert_eq!(seen, ["1", "2", "3"]);
    }

    #[test]
    fn a_hang_ends_with_the_command_that_hung() {
        let (status, lines) = run_for(&mut sh("echo begun; while :; do :; done"), Duration::from_millis(500));
        let Err(Failure::Run(line)) = status else { panic!("it should have been stopped") };
        assert!(line.starts_with("still running after 0 s, stopped: `sh -c 'echo begun"), "{line}");
        assert_eq!(lines, ["begun"]);
    }

    #[test]
    fn what_it_leaves_in_the_background_is_not_waited_for() {
        let (status, lines) = run_for(&mut sh("while :; do :; done & echo $!"), Duration::from_secs(60));
        assert!(status.unwrap().success());
        let pid = Pid::from_raw(lines[0].parse().unwrap()).unwrap();
        rustix::process::kill_process(pid, Signal::KILL).unwrap();
    }

    #[test]
    fn a_missing_program_and_a_failed_one() {
        let second = Duration::from_secs(60);
        let missing = quiet(&mut Command::new("no-such-program-here"), second, &Interrupt::never());
        assert!(matches!(missing, Err(Failure::Run(line)) if line.starts_with("cannot run `no-such-program-here`")));
        let failed = quiet(&mut sh("echo why >&2; exit 9"), second, &Interrupt::never());
        assert!(matches!(failed, Err(Failure::Run(line)) if line.ends_with(": why") && line.contains("9")));
    }

    #[test]
    fn commands_are_shown_as_they_are_typed() {
        let mut command = Command::new("cargo");
        command.args(["test", "--cpu", "max,sve=off", "", "it's"]).env("RUSTFLAGS", "-D warnings");
        assert_eq!(show(&command), r"RUSTFLAGS='-D warnings' cargo test --cpu max,sve=off '' 'it'\''s'");
    }
}
