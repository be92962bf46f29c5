//! The options of `cargo xtask mutants`.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::libraries::{LIBRARIES, Library};
use crate::args;

const LONG_ABOUT: &str = "Breaks the libraries in one place after the other, and runs their tests each time: what no test notices is printed.\n\n\
    cargo-mutants breaks functions and operators. It passes over unsafe functions, which most of a copy library is, so it is given a copy of the \
    workspace in which they are not marked as such. It does not look into assembly: there, each instruction is left out in turn, but for \
    prefetches and vzeroupper, whose absence no test can notice, but `cargo xtask asm` does.\n\n\
    What changes nothing that a test could notice is listed in mutants.toml, with the reason. Instructions that this CPU lacks are passed over, and named. \
    memcpy-streaming-arm is built for aarch64 and run by qemu.\n\n\
    All of it takes an hour or two on two cores. It needs cargo-mutants, 4 GB below cargo's target directory, and is not part of `cargo xtask test`.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask mutants\n  \
    cargo xtask mutants memcpy-streaming-x86\n  \
    cargo xtask mutants memmap-template --file flags.rs,slow.rs";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("mutants")
        .about("Breaks the libraries, to see whether their tests notice")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .args([
            Arg::new("library")
                .value_name("LIBRARY")
                .action(ArgAction::Append)
                .value_parser(LIBRARIES.map(|library| library.name))
                .help("These only [default: all]"),
            Arg::new("file")
                .long("file")
                .value_name("NAME")
                .value_delimiter(',')
                .help("Source files of these names only, such as raw.rs"),
        ])
}

/// What the person asked for.
pub(crate) struct Options {
    pub(super) libraries: Vec<&'static Library>,
    /// Names of source files; none for all of them.
    pub(super) files: Vec<String>,
}

impl Options {
    /// Reads them.
    pub(crate) fn new(mut matches: ArgMatches) -> Options {
        let names: Vec<String> = args::list(&mut matches, "library");
        let chosen =
            LIBRARIES.iter().filter(|library| names.is_empty() || names.iter().any(|name| name == library.name));
        Options { libraries: chosen.collect(), files: args::list(&mut matches, "file") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_them_unless_some_are_named() {
        let options = |args: &str| {
            let args = std::iter::once("mutants").chain(args.split_whitespace());
            Options::new(command().try_get_matches_from(args).unwrap())
        };
        assert_eq!(options("").libraries.len(), LIBRARIES.len());
        let some = options("memmap-template --file flags.rs,slow.rs");
        assert_eq!((some.libraries[0].name, some.libraries.len()), ("memmap-template", 1));
        assert_eq!(some.files, ["flags.rs", "slow.rs"]);
    }
}
