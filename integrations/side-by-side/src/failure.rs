//! What can go wrong, and the exit code of it.

use std::fmt::Display;
use std::io;

/// Why a program ends early. It is not an error type itself, so that `?` takes any error for a failed run.
#[derive(Debug)]
pub enum Failure {
    /// What it was given makes no sense, or is not there: exit code 2.
    Input(String),
    /// It went wrong on the way: exit code 1.
    Run(String),
}

impl Failure {
    /// Bad input.
    pub fn input(line: impl Display) -> Failure {
        Failure::Input(line.to_string())
    }

    /// A failed run.
    pub fn run(line: impl Display) -> Failure {
        Failure::Run(line.to_string())
    }

    /// What came of opening, or of setting space aside, before anything ran: what is not there or does not fit is bad input.
    pub fn of_file(what: impl Display, error: &io::Error) -> Failure {
        Failure::input(format_args!("{what}: {error}"))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::run(error)
    }
}
