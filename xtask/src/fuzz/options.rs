//! The options of `cargo xtask fuzz`.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::targets::{Sanitizer, TARGETS, Target};
use crate::args;
use crate::failure::Failure;
use crate::number::number;

const LONG_ABOUT: &str = "Runs the fuzz targets, one after the other: random operations against plain loops, random configurations, random input. \
    Each starts with what is in fuzz/corpus, and leaves what it finds in fuzz/corpus of cargo's target directory. \
    A failing input is kept in fuzz/artifacts.\n\n\
    The copies run without a sanitizer, and so by every backend of this CPU, which is asserted; the others under AddressSanitizer.\n\n\
    It needs cargo-fuzz. The corpora by themselves are among the tests, which need nothing.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask fuzz\n  \
    cargo xtask fuzz writer parsers --seconds 1800\n  \
    cargo xtask fuzz copy_family --sanitizer address";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("fuzz").about("Runs the fuzz targets").long_about(LONG_ABOUT).after_help(EXAMPLES).args([
        Arg::new("target")
            .value_name("TARGET")
            .action(ArgAction::Append)
            .value_parser(TARGETS.map(|target| target.name))
            .help("These only [default: all]"),
        args::number_arg("seconds", "N").default_value("60").value_parser(number).help("How long each target runs"),
        Arg::new("sanitizer")
            .long("sanitizer")
            .value_name("NAME")
            .value_parser(str::parse::<Sanitizer>)
            .help("What watches memory: none or address [default: what suits the target]"),
    ])
}

/// What the person asked for.
pub(crate) struct Options {
    pub(super) targets: Vec<(&'static Target, Sanitizer)>,
    pub(super) seconds: u64,
}

impl Options {
    /// Reads them.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Options, Failure> {
        let names: Vec<String> = args::list(&mut matches, "target");
        let sanitizer: Option<Sanitizer> = matches.remove_one("sanitizer");
        let seconds: u64 = args::take(&mut matches, "seconds");
        // libFuzzer takes an int, and 0 for no limit.
        if !(1..=i32::MAX as u64).contains(&seconds) {
            return Err(Failure::input(format_args!("--seconds {seconds}: from 1 to {}", i32::MAX)));
        }
        let chosen = TARGETS.iter().filter(|target| names.is_empty() || names.iter().any(|name| name == target.name));
        let targets = chosen.map(|target| (target, sanitizer.unwrap_or(target.sanitizer))).collect();
        Ok(Options { targets, seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &str) -> Result<Options, Failure> {
        let args = std::iter::once("fuzz").chain(args.split_whitespace());
        Options::new(command().try_get_matches_from(args).unwrap())
    }

    #[test]
    fn all_of_them_unless_some_are_named() {
        let all = options("").unwrap();
        assert_eq!((all.targets.len(), all.seconds), (TARGETS.len(), 60));
        let some = options("parsers writer --sanitizer address --seconds 5").unwrap();
        let some: Vec<_> = some.targets.iter().map(|(target, sanitizer)| (target.name, *sanitizer)).collect();
        assert_eq!(some, [("writer", Sanitizer::Address), ("parsers", Sanitizer::Address)]);
        assert!(options("--seconds 0").is_err() && options("--seconds 2147483648").is_err());
    }
}
