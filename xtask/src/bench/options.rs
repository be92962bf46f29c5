//! The options of `cargo xtask bench-matrix`.

use std::iter;
use std::path::PathBuf;

use bench_runner::Op;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{ArgMatches, Command, CommandFactory};
use memcpy_streaming::Backend;

use crate::args;
use crate::failure::Failure;
use crate::number::size;
use crate::targets::{TARGETS, Target};

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask bench-matrix --quick                        a look at this machine\n  \
    cargo xtask bench-matrix --quick --baseline old.json    did a change move anything?\n  \
    cargo xtask bench-matrix --ops copy --sizes 4K..1M --threads 1\n  \
    cargo xtask bench-matrix --targets aarch64-unknown-linux-gnu --runner 'ssh board run-it'";

/// What this machine is called among the targets.
pub(crate) const HOST: &str = "host";
pub(crate) const ALL: usize = usize::MAX;

/// Measures where streaming wins and where it loses on this machine, and reports it
///
/// Every backend is measured beside libc, plain loops, other libraries that are installed, and the machine's own limits, a lap of each in turn, drains
/// included. The bytes of each are verified before it is timed.
///
/// Writes report.html (one file, no network), results.json and results.csv into a folder, and prints a summary. Ctrl-C keeps what was measured. The
/// whole matrix takes less than 30 minutes, --quick less than 3.
///
/// Other targets are built with whatever toolchain is found and run under qemu-user: their bytes and backends are checked, and figures come from the
/// assembly, never a time. --runner runs one of them, and nothing else, on real hardware, and reports that machine.
#[derive(clap::Parser)]
#[command(name = "bench-matrix", after_help = EXAMPLES)]
pub(crate) struct Options {
    /// A part of the matrix, in less than 3 minutes
    #[arg(long)]
    pub(crate) quick: bool,
    /// host, or targets that are emulated, separated by commas [default: host and all others; host if quick]
    #[arg(long, value_name = "TARGET", value_delimiter = ',', hide_possible_values = true)]
    #[arg(value_parser = PossibleValuesParser::new(iter::once(HOST).chain(foreign_triples())))]
    pub(crate) targets: Vec<String>,
    /// Backends, separated by commas [default: all that the machine has; the active one if quick]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) backends: Vec<Backend>,
    /// Operations, separated by commas: copy, batch, mix, fill, pattern, records, rows, produce, convert, writer, memmap-fsdax, memmap-devdax,
    /// extent-copy, extent-fill, extent-zeros, threads, persist, limits [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',', default_values_t = Op::ALL.to_vec(), hide_default_value = true)]
    pub(crate) ops: Vec<Op>,
    /// Sizes of blocks, each four times the one before
    #[arg(long, value_name = "FROM..TO", default_value = "64..64MiB", value_parser = sizes)]
    pub(crate) sizes: std::vec::Vec<u64>,
    /// Numbers of threads, separated by commas; all is as many as there are cores
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1,all", value_parser = threads)]
    pub(crate) threads: Vec<usize>,
    /// Folder for the results [default: bench-matrix in cargo's target folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// An earlier results.json of the same machine: compare, and exit with 1 if something changed by more than noise and 5 %
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Runs the program of the one foreign target on real hardware: its times count
    #[arg(long, value_name = "CMD", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) runner: Option<String>,
    /// Also race the crate stringzilla. gcc 12 does not get done with its AVX-512 code; SZ_USE_ICE=0 SZ_USE_SKYLAKE=0 SZ_USE_GOLDMONT=0
    /// SZ_USE_WESTMERE=0 in the environment leave that out
    #[arg(long)]
    pub(crate) stringzilla: bool,
    /// Print results.json instead of the summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the matrix and run nothing
    #[arg(long)]
    pub(crate) list: bool,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// Targets whose programs are linked, and so can be run somewhere.
fn foreign_triples() -> impl Iterator<Item = &'static str> {
    let emulated = |target: &&Target| target.linker.is_some() && target.emulated().next().is_some();
    TARGETS.iter().filter(emulated).map(|target| target.triple)
}

fn sizes(text: &str) -> Result<Vec<u64>, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (size(from)?, size(to)?);
    // From a line to what an arena is twice a multiple of.
    if from < 64 || to < from || 1 << 30 < to {
        return Err("write FROM..TO, smaller first, from 64 to 1GiB".to_string());
    }
    Ok(iter::successors(Some(from), |size| Some(4 * size)).take_while(|size| *size <= to).collect())
}

fn threads(text: &str) -> Result<usize, &'static str> {
    match text.parse::<u32>() {
        _ if text == "all" => Ok(ALL),
        Ok(count @ 1..) => Ok(count as usize),
        _ => Err("write a number from 1 on, or all"),
    }
}

impl Options {
    /// Refuses those that contradict each other.
    pub(crate) fn new(matches: ArgMatches) -> Result<Self, Failure> {
        let mut options = args::options::<Self>(&matches);
        if options.targets.is_empty() {
            let foreign = foreign_triples().filter(|_| !options.quick);
            options.targets = iter::once(HOST).chain(foreign).map(str::to_string).collect();
        }
        if options.runner.is_some() {
            // What a board has, it says itself.
            let is_one = !options.host() && options.foreign().count() == 1;
            let why = "--runner runs the program of one target: name it, and no other, with --targets";
            return if is_one { Ok(options) } else { Err(Failure::input(why)) };
        }
        let emulated = options.foreign().flat_map(Target::emulated).flat_map(|(model, _)| model.backends).copied();
        let had: Vec<_> = Backend::available().filter(|_| options.host()).chain(emulated).collect();
        let Some(missing) = options.backends.iter().find(|backend| !had.contains(backend)) else { return Ok(options) };
        let names: Vec<_> = Backend::ALL.iter().filter(|known| had.contains(known)).map(|had| had.name()).collect();
        let who = if options.foreign().next().is_none() { "this CPU has" } else { "the targets have" };
        Err(Failure::input(format_args!("{who} no backend {missing}; known are {}", names.join(", "))))
    }

    /// The targets that are not this machine.
    pub(crate) fn foreign(&self) -> impl Iterator<Item = &'static Target> {
        TARGETS.iter().filter(|target| self.targets.iter().any(|name| name == target.triple))
    }

    pub(crate) fn host(&self) -> bool {
        self.targets.iter().any(|target| target == HOST)
    }

    /// Whether anything is timed: this machine, or the one behind `--runner`.
    pub(crate) fn is_timed(&self) -> bool {
        self.host() || self.runner.is_some()
    }
}
