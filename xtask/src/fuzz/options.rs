//! The options of `cargo xtask fuzz`.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::targets::{ADDRESS, NONE, TARGETS, Target};
use crate::args;

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
        // libFuzzer takes an int, and 0 for no limit.
        args::number_arg("seconds", "N")
            .default_value("60")
            .value_parser(value_parser!(u64).range(1..=i32::MAX as u64))
            .help("How long each target runs"),
        Arg::new("sanitizer")
            .long("sanitizer")
            .value_name("NAME")
            .value_parser([NONE, ADDRESS])
            .help("What watches memory: none or address [default: what suits the target]"),
    ])
}

/// What the person asked for.
pub(crate) struct Options {
    /// The targets, and what watches memory.
    pub(super) targets: Vec<(&'static Target, String)>,
    pub(super) seconds: u64,
}

impl Options {
    /// Reads them.
    pub(crate) fn new(mut matches: ArgMatches) -> Options {
        let names: Vec<String> = args::list(&mut matches, "target");
        let sanitizer: Option<String> = matches.remove_one("sanitizer");
        let chosen = TARGETS.iter().filter(|target| names.is_empty() || names.iter().any(|name| name == target.name));
        let watched = |target: &Target| sanitizer.clone().unwrap_or_else(|| target.sanitizer.to_string());
        Options {
            targets: chosen.map(|target| (target, watched(target))).collect(),
            seconds: args::take(&mut matches, "seconds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_them_unless_some_are_named() {
        let options = |args: &str| {
            let args = std::iter::once("fuzz").chain(args.split_whitespace());
            Options::new(command().try_get_matches_from(args).unwrap())
        };
        let all = options("");
        assert_eq!((all.targets.len(), all.seconds), (TARGETS.len(), 60));
        let some = options("parsers writer --sanitizer address --seconds 5");
        let some: Vec<_> = some.targets.iter().map(|(target, sanitizer)| (target.name, &**sanitizer)).collect();
        assert_eq!(some, [("writer", ADDRESS), ("parsers", ADDRESS)]);
    }
}
