//! `cargo xtask fuzz`: runs the fuzz targets; and what those do with their bytes that test xtask itself. The others are a crate of their own,
//! `fuzz-bodies`.

mod inspect;
mod parsers;

use std::time::Duration;

use clap::{ArgMatches, Command, CommandFactory, value_parser};
use memcpy_streaming::Backend;

use crate::args;
use crate::cargo::{cargo, require_subcommand, target_dir, workspace};
use crate::failure::{Failure, make_folder, tell};
use crate::process::{self, LIMIT};
use crate::test::this_machine::{self, EXPECT};
pub use inspect::memmap_inspect;
pub use parsers::parsers;

/// Nothing watches memory: the library then has its real backends, and the targets guard bytes around what may be written.
const NONE: &str = "none";
/// AddressSanitizer: under it, the library has nothing but the portable backend.
const ADDRESS: &str = "address";

/// The programs in `fuzz/fuzz_targets`, and what watches memory unless something else is asked for, as cargo-fuzz knows it. Where the
/// point is what backends do, they are the real ones.
const TARGETS: [(&str, &str); 6] = [
    ("copy_family", NONE),
    ("writer", NONE),
    ("pattern_fill", NONE),
    ("page_layouts", ADDRESS),
    ("memmap_inspect", ADDRESS),
    ("parsers", ADDRESS),
];

/// Longer inputs of the copies do nothing new, and take longer.
const LONGEST: usize = 1024;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask fuzz\n  \
    cargo xtask fuzz writer parsers --seconds 1800\n  \
    cargo xtask fuzz copy_family --sanitizer address";

/// Runs the fuzz targets
///
/// One after the other: random operations against plain loops, random configurations, random input. Each starts with what is in fuzz/corpus, and leaves
/// what it finds in fuzz/corpus of cargo's target directory. A failing input is kept in fuzz/artifacts.
///
/// The copies run without a sanitizer, and so by every backend of this CPU, which is asserted; the others under AddressSanitizer.
///
/// It needs cargo-fuzz. The corpora by themselves are among the tests, which need nothing.
#[derive(clap::Parser)]
#[command(name = "fuzz", after_help = EXAMPLES)]
struct Options {
    /// These only [default: all]
    #[arg(value_parser = TARGETS.map(|(name, _)| name))]
    target: Vec<String>,
    // libFuzzer takes an int, and 0 for no limit.
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, allow_negative_numbers = true)]
    #[arg(value_parser = value_parser!(u64).range(1..=i32::MAX as u64))]
    seconds: u64,
    /// What watches memory: none or address [default: what suits the target]
    #[arg(long, value_name = "NAME", value_parser = [NONE, ADDRESS])]
    sanitizer: Option<String>,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// Runs the targets that were asked for, even if one fails.
pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    let options: Options = args::options(&matches);
    require_subcommand("fuzz")?;
    let fuzz = target_dir()?.join("fuzz");
    let mut failed = Vec::new();
    let is_asked = |name: &str| options.target.is_empty() || options.target.iter().any(|asked| asked == name);
    for (name, usual) in TARGETS.into_iter().filter(|(name, _)| is_asked(name)) {
        let sanitizer = options.sanitizer.as_deref().unwrap_or(usual);
        tell(format_args!("\n=== {name}, sanitizer {sanitizer}"));
        let found = fuzz.join("corpus").join(name);
        make_folder(&found)?;
        let mut cargo = cargo();
        cargo.current_dir(workspace()).args(["fuzz", "run", "--sanitizer", sanitizer]);
        // One for each: they are built with other flags.
        cargo.arg("--target-dir").arg(fuzz.join(sanitizer)).arg(name);
        // What is new goes into the first one.
        cargo.arg(found).arg(workspace().join("fuzz/corpus").join(name)).args(["--", "-print_final_stats=1"]);
        cargo.arg(format!("-max_total_time={}", options.seconds)).arg(format!("-max_len={LONGEST}"));
        // Coverage and sanitizers are unstable options, of a compiler that may be a stable one.
        cargo.env("RUSTC_BOOTSTRAP", "1").env_remove("MEMCPY_STREAMING_BACKEND");
        let expected = match sanitizer {
            NONE => this_machine::expected_backends(),
            _ => Backend::Portable.to_string(),
        };
        cargo.env(EXPECT, expected);
        match process::run(&mut cargo, LIMIT + Duration::from_secs(options.seconds), process::relay) {
            Ok(status) if status.success() => {}
            Ok(status) => failed.push(format!("{name} ({status}; see fuzz/artifacts/{name})")),
            Err(Failure::Run(why)) => failed.push(format!("{name} ({why})")),
            Err(other) => return Err(other),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::run(format_args!("failed: {}", failed.join("; ")))) }
}

/// Each target has a program. The corpora of two are run again; those of the others are tests of `fuzz-bodies`.
#[test]
fn inputs_of_the_corpora() {
    let files = |folder: &str| {
        let entries = workspace().join("fuzz").join(folder).read_dir().unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<std::collections::BTreeSet<_>>()
    };
    let programs = TARGETS.map(|(name, _)| workspace().join(format!("fuzz/fuzz_targets/{name}.rs")));
    assert_eq!(files("fuzz_targets"), programs.into());
    for (name, body) in [("memmap_inspect", memmap_inspect as fn(&[u8])), ("parsers", parsers)] {
        let corpus = files(&format!("corpus/{name}"));
        assert!(corpus.len() >= 20, "{name}");
        for path in corpus {
            let input = std::fs::read(&path).unwrap();
            let done = std::panic::catch_unwind(|| body(&input));
            assert!(done.is_ok(), "failed: {}", path.display());
        }
    }
}
