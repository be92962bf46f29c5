//! Running other programs: with a time limit, their output relayed line by line, and nothing left running behind.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::failure::Failure;
use crate::interrupt;
use crate::lane::labelled;

/// For what takes minutes, the first time with all dependencies to compile, on a busy machine: longer, and it hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(30 * 60);

/// How often a person's Ctrl-C and the time limit are looked at.
const TICK: Duration = Duration::from_millis(100);

/// How long a program that was asked to stop may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// Runs `command` to its end and hands each line of its standard output to `line`. If it runs longer than `limit`, or the person
/// interrupts, it is gone then, and with it every program that it has started.
pub(crate) fn run(
    command: &mut Command,
    limit: Duration,
    line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ExitStatus, Failure> {
    attend(command, false, limit, line)
}

/// The same with both of its outputs, their lines in the order in which they were written.
pub(crate) fn run_whole(
    command: &mut Command,
    limit: Duration,
    line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ExitStatus, Failure> {
    attend(command, true, limit, line)
}

fn attend(
    command: &mut Command,
    is_whole: bool,
    limit: Duration,
    mut line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ExitStatus, Failure> {
    let (output, writer) = io::pipe().map_err(|error| Failure::run(format_args!("no pipe: {error}")))?;
    if is_whole {
        command.stderr(writer.try_clone().map_err(Failure::run)?);
    }
    // A group of its own, so that all of it can be stopped. Without standard input: nobody is asked anything.
    let child = command.process_group(0).stdin(Stdio::null()).stdout(writer).spawn();
    // Our ends are closed: the output ends when the program does.
    command.stdout(Stdio::null());
    if is_whole {
        command.stderr(Stdio::null());
    }
    let shown = show(command);
    let mut child = child.map(Running).map_err(|error| Failure::run(format_args!("cannot run `{shown}`: {error}")))?;

    let (sender, lines) = mpsc::channel();
    // It ends with the output, or when nobody asks for lines any more.
    thread::spawn(move || {
        let mut lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
        lines.try_for_each(|line| sender.send(String::from_utf8_lossy(&line).trim_end_matches('\r').to_string()))
    });
    let deadline = Instant::now() + limit;
    loop {
        interrupt::check()?;
        if Instant::now() > deadline {
            let limit = limit.as_secs();
            return Err(Failure::run(format_args!("still running after {limit} s, stopped: `{shown}`")));
        }
        let silent = match lines.recv_timeout(TICK) {
            Ok(text) => {
                line(&text)?;
                continue;
            }
            Err(silent) => silent,
        };
        // What a program leaves in the background may keep its output open for longer than the program lives.
        if let Some(status) = child.0.try_wait().map_err(Failure::run)? {
            // On a busy machine its last words may still be on their way.
            while let Ok(text) = lines.recv_timeout(GRACE) {
                line(&text)?;
            }
            return Ok(status);
        }
        if silent == RecvTimeoutError::Disconnected {
            thread::sleep(TICK);
        }
    }
}

/// The same of a command that must end well.
pub(crate) fn succeed(
    command: &mut Command,
    limit: Duration,
    line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let status = run(command, limit, line)?;
    if status.success() { Ok(()) } else { Err(Failure::run(format_args!("{status} of `{}`", show(command)))) }
}

/// Its standard output.
pub(crate) fn lines(command: &mut Command) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    succeed(command, LIMIT, |line| {
        lines.push(line.to_string());
        Ok(())
    })?;
    Ok(lines)
}

/// Both outputs of a command, line by line, however it ends.
pub(crate) fn whole(command: &mut Command) -> Result<(ExitStatus, Vec<String>), Failure> {
    let mut lines = Vec::new();
    let status = run_whole(command, LIMIT, |line| {
        lines.push(line.to_string());
        Ok(())
    })?;
    Ok((status, lines))
}

/// Runs a command whose output nobody needs unless it fails: then its last line is in the error.
pub(crate) fn quiet(command: &mut Command) -> Result<(), Failure> {
    let (status, said) = whole(command)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::run(format_args!("{status} of `{}`: {}", show(command), last_words(&said.join("\n")))))
}

/// What a program answers at once, less the end of the line; None if it is missing or fails, as git does outside of a repository.
pub(crate) fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

pub(crate) fn last_words(said: &str) -> &str {
    said.lines().rfind(|line| !line.trim().is_empty()).map_or("it said nothing", str::trim)
}

pub(crate) fn relay(line: &str) -> Result<(), Failure> {
    io::stdout().write_all(labelled(line).as_bytes()).map_err(|error| Failure::stdout(&error))
}

/// The command as a person would type it, less what it inherits.
pub(crate) fn show(command: &Command) -> String {
    let env = command.get_envs().filter_map(|(name, value)| Some((name, value?.to_string_lossy())));
    let env = env.map(|(name, value)| format!("{}={}", name.display(), quote(&value)));
    let words = [command.get_program()].into_iter().chain(command.get_args());
    env.chain(words.map(|word| quote(&word.to_string_lossy()))).collect::<Vec<_>>().join(" ")
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
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

#[test]
fn lines_of_both_outputs_and_the_status() {
    let (status, lines) =
        whole(Command::new("sh").args(["-c", "printf 'one\r\ntwo\n'; echo three >&2; printf four; exit 3"])).unwrap();
    assert_eq!((status.code(), lines.join(" ")), (Some(3), "one two three four".to_string()));
    let mut lines = Vec::new();
    let mut endless = Command::new("sh");
    let ended = run(endless.args(["-c", "echo begun; while :; do :; done"]), Duration::from_millis(500), |line| {
        lines.push(line.to_string());
        Ok(())
    });
    let said = format!("{:?}", ended.expect_err("a hang was stopped"));
    assert!(said.contains("still running after 0 s, stopped: `sh -c 'echo begun") && lines == ["begun"], "{said}");
    // What is left in the background is not waited for.
    let (status, lines) = whole(Command::new("sh").args(["-c", "while :; do :; done & echo $!"])).unwrap();
    let pid = Pid::from_raw(lines[0].parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, Signal::KILL).unwrap();
    assert!(status.success());
}

#[test]
fn failures_show_commands_as_they_are_typed_and_their_last_words() {
    let mut command = Command::new("sh");
    command.args(["-c", "echo one >&2; echo why >&2; exit 9", "", "max,sve=off", "it's"]).env("FLAGS", "-D x");
    let shown = r"FLAGS='-D x' sh -c 'echo one >&2; echo why >&2; exit 9' '' max,sve=off 'it'\''s'";
    let failed = |command: &mut Command| quiet(command).map_err(|failure| format!("{failure:?}")).unwrap_err();
    assert_eq!(failed(&mut command), format!("Run({:?})", format!("exit status: 9 of `{shown}`: why")));
    assert!(failed(&mut Command::new("no-such-program")).contains("cannot run `no-such-program`"));
}
