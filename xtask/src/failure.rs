//! How a command ends when it does not end well: one line for a person, and an exit code for a script.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::lane::labelled;

/// Says on standard error what is going on. Unlike `eprintln!` it does not panic where nobody can hear it: that is no reason to
/// stop measuring.
pub(crate) fn tell(line: impl fmt::Display) {
    let _ = io::stderr().write_all(labelled(line).as_bytes());
}

#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for cannot be done: exit code 2.
    Input(String),
    /// It was tried and went wrong: exit code 1.
    Run(String),
    /// Ctrl-C or a request to terminate: exit code 130, as shells have it for SIGINT.
    Interrupted,
    /// The same, after something was left on purpose: what it is. Exit code 130.
    Partial(String),
    /// The reader of standard output went away (`| head`): silent, exit code 141, as shells have it for SIGPIPE.
    ClosedPipe,
}

impl Failure {
    /// Input that cannot be used; control characters (a newline in a file name) are escaped so that it stays one line.
    pub(crate) fn input(message: impl fmt::Display) -> Self {
        Self::Input(one_line(message))
    }

    pub(crate) fn run(message: impl fmt::Display) -> Self {
        Self::Run(one_line(message))
    }

    pub(crate) fn stdout(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::run(format_args!("cannot write to standard output: {error}")),
        }
    }

    /// Tells the person, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (code, kind, message) = match self {
            Self::Run(message) => (1, "error", &**message),
            Self::Input(message) => (2, "error", &**message),
            Self::Interrupted => (130, "interrupted", "nothing was left behind"),
            Self::Partial(what) => (130, "interrupted", &**what),
            Self::ClosedPipe => return ExitCode::from(141),
        };
        tell(format_args!("{kind}: {message}"));
        ExitCode::from(code)
    }
}

fn one_line(message: impl fmt::Display) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    message.to_string().chars().map(escaped).collect()
}

/// What a failure with a file is told as: `.map_err(cannot("read", path))`.
pub(crate) fn cannot<E: fmt::Display>(what: &str, path: &Path) -> impl Fn(E) -> Failure {
    move |error| Failure::run(format_args!("cannot {what} `{}`: {error}", path.display()))
}

pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(cannot("read", path))
}

pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(cannot("make", path))
}

#[test]
fn a_newline_in_a_name_does_not_make_a_second_line() {
    assert!(matches!(Failure::input("no file `a\nb`"), Failure::Input(message) if message == "no file `a\\nb`"));
}
