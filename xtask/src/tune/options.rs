//! The options of `cargo xtask tune`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::args::{self, take};
use crate::failure::Failure;

const LONG_ABOUT: &str = "Finds the sizes and distances that suit this machine: what a copy prefetches and how far ahead, whether long copies take several pages in turn, and \
    from which sizes on it pays to stream. Prints what it found as a tuning, what that wins over the one in use at each size, and the line for the crate's table.\n\n\
    Everybody who is compared takes turns, lap by lap; drains are part of the time. What does not win by more than the noise is not recommended. \
    It takes 1 GiB of memory and wants a machine that does nothing else.\n\n\
    A program uses what was found without a new release of the crate: by `Tuning::from_env` (the variable MEMCPY_STREAMING_TUNING, which all commands here \
    read), or by parsing the text itself.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask tune                         five minutes on a quiet machine\n  \
    cargo xtask tune --json tuning.json      the figures, too\n  \
    cargo xtask tune --seconds 60            a rough look";

/// What the person asked for.
pub(crate) struct Options {
    pub(crate) seconds: u32,
    pub(crate) json: Option<PathBuf>,
}

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("tune")
        .about("Finds the sizes and distances that suit this machine")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .args([
            args::number_arg("seconds", "N")
                .default_value("300")
                .value_parser(value_parser!(u32).range(1..=86_400))
                .help("How long to measure: 1 to 86400 seconds. The longer, the narrower the limits"),
            Arg::new("json")
                .long("json")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Also write all figures to this file; replaced only once the run is over"),
        ])
}

impl Options {
    /// Takes the options out of clap's hands.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Self, Failure> {
        Ok(Self { seconds: take(&mut matches, "seconds"), json: matches.remove_one("json") })
    }
}
