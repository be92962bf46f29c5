//! The options of `cargo xtask bench-matrix`.

use std::path::PathBuf;

use bench_runner::Op;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use memcpy_streaming::Backend;

use super::axes::{Sizes, Threads};
use crate::args::{self, list};
use crate::failure::Failure;
use crate::number::size;
use crate::targets::{TARGETS, Target};

const LONG_ABOUT: &str = "Measures where streaming stores win and where they lose on this machine: every backend beside libc, plain loops, other libraries that are \
    installed, and the machine's own limits, a lap of each in turn, drains included. The bytes of each are verified before it is timed.\n\n\
    Writes report.html (one file, no network), results.json and results.csv into a folder, and prints a summary. Ctrl-C keeps what was measured. \
    The whole matrix takes less than 30 minutes, --quick less than 3.\n\n\
    Other targets are built with whatever toolchain is found and run under qemu-user: their bytes and backends are checked, and figures come from the assembly, never a time. \
    --runner runs one of them, and nothing else, on real hardware, and reports that machine.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask bench-matrix --quick                        a look at this machine\n  \
    cargo xtask bench-matrix --quick --baseline old.json    did a change move anything?\n  \
    cargo xtask bench-matrix --ops copy --sizes 4K..1M --threads 1\n  \
    cargo xtask bench-matrix --targets aarch64-unknown-linux-gnu --runner 'ssh board run-it'";

/// What this machine is called among the targets.
pub(crate) const HOST: &str = "host";

/// What to run.
pub(crate) struct Options {
    pub(crate) quick: bool,
    /// Triples, or `host`.
    pub(crate) targets: Vec<String>,
    /// Empty: all that the machine has; the active one alone if quick.
    pub(crate) backends: Vec<Backend>,
    pub(crate) ops: Vec<Op>,
    pub(crate) sizes: Sizes,
    pub(crate) threads: Vec<Threads>,
    pub(crate) out: Option<PathBuf>,
    pub(crate) baseline: Option<PathBuf>,
    pub(crate) runner: Option<String>,
    pub(crate) stringzilla: bool,
    pub(crate) json: bool,
    pub(crate) list: bool,
}

/// The definition for the command line.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let option = |name: &'static str, shown: &'static str| Arg::new(name).long(name).value_name(shown);
    Command::new("bench-matrix")
        .about("Measures where streaming wins and where it loses on this machine, and reports it")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .args([
            flag("quick").help("A part of the matrix, in less than 3 minutes"),
            option("targets", "TARGET")
                .value_delimiter(',')
                .value_parser(target)
                .help("host, or targets that are emulated, separated by commas [default: host and all others; host if quick]"),
            option("backends", "NAME")
                .value_delimiter(',')
                .value_parser(str::parse::<Backend>)
                .help("Backends, separated by commas [default: all that the machine has; the active one if quick]"),
            option("ops", "NAME")
                .value_delimiter(',')
                .value_parser(str::parse::<Op>)
                .help("Operations, separated by commas: copy, batch, mix, fill, pattern, records, rows, produce, convert, writer, memmap-fsdax, memmap-devdax, extent-copy, extent-fill, extent-zeros, threads, persist, limits [default: all]"),
            option("sizes", "FROM..TO")
                .default_value("64..64MiB")
                .value_parser(sizes)
                .help("Sizes of blocks, each four times the one before"),
            option("threads", "N")
                .value_delimiter(',')
                .default_value("1,all")
                .value_parser(str::parse::<Threads>)
                .help("Numbers of threads, separated by commas; all is as many as there are cores"),
            option("out", "DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Folder for the results [default: bench-matrix in cargo's target folder]"),
            option("baseline", "FILE")
                .value_parser(value_parser!(PathBuf))
                .help("An earlier results.json of the same machine: compare, and exit with 1 if something changed by more than noise and 5 %"),
            option("runner", "CMD").help("Runs the program of the one foreign target on real hardware: its times count"),
            flag("stringzilla").help(
                "Also race the crate stringzilla. gcc 12 does not get done with its AVX-512 code; SZ_USE_ICE=0 SZ_USE_SKYLAKE=0 SZ_USE_GOLDMONT=0 \
                 SZ_USE_WESTMERE=0 in the environment leave that out",
            ),
            flag("json").help("Print results.json instead of the summary"),
            flag("list").help("Print the matrix and run nothing"),
        ])
}

/// A target's name.
fn target(name: &str) -> Result<String, String> {
    let known: Vec<_> = std::iter::once(HOST).chain(foreign_triples()).collect();
    if known.contains(&name) { Ok(name.to_string()) } else { Err(format!("known are {}", known.join(", "))) }
}

/// Targets whose programs are linked, and so can be run somewhere.
fn foreign_triples() -> impl Iterator<Item = &'static str> {
    let emulated = |target: &&Target| target.linker.is_some() && target.emulated().next().is_some();
    TARGETS.iter().filter(emulated).map(|target| target.triple)
}

fn sizes(text: &str) -> Result<Sizes, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    Sizes::new(size(from)?, size(to)?)
}

impl Options {
    /// Takes the options out of clap's hands; refuses those that contradict each other.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Self, Failure> {
        let quick = matches.get_flag("quick");
        let mut targets: Vec<String> = list(&mut matches, "targets");
        if targets.is_empty() {
            targets.push(HOST.to_string());
            if !quick {
                targets.extend(foreign_triples().map(str::to_string));
            }
        }
        let ops = list(&mut matches, "ops");
        let options = Self {
            quick,
            targets,
            backends: list(&mut matches, "backends"),
            ops: if ops.is_empty() { Op::ALL.to_vec() } else { ops },
            sizes: args::take(&mut matches, "sizes"),
            threads: list(&mut matches, "threads"),
            out: matches.remove_one("out"),
            baseline: matches.remove_one("baseline"),
            runner: matches.remove_one("runner"),
            stringzilla: matches.get_flag("stringzilla"),
            json: matches.get_flag("json"),
            list: matches.get_flag("list"),
        };
        options.check()?;
        Ok(options)
    }

    fn check(&self) -> Result<(), Failure> {
        let foreign: Vec<_> = self.foreign().collect();
        if self.runner.is_some() && (foreign.len() != 1 || self.host()) {
            return Err(Failure::input(
                "--runner runs the program of one target: name it, and no other, with --targets",
            ));
        }
        if self.runner.as_ref().is_some_and(|command| command.trim().is_empty()) {
            return Err(Failure::input("--runner needs a command that is given the program as its last argument"));
        }
        // What a board has, it says itself.
        if self.runner.is_some() {
            return Ok(());
        }
        let mut had: Vec<_> = if self.host() { Backend::available().collect() } else { Vec::new() };
        had.extend(foreign.iter().flat_map(|target| target.emulated()).flat_map(|(model, _)| model.backends));
        if let Some(missing) = self.backends.iter().find(|backend| !had.contains(backend)) {
            let names: Vec<_> = Backend::ALL.iter().filter(|known| had.contains(known)).map(|had| had.name()).collect();
            let who = if foreign.is_empty() { "this CPU has" } else { "the targets have" };
            return Err(Failure::input(format_args!("{who} no backend {missing}; known are {}", names.join(", "))));
        }
        Ok(())
    }

    /// The targets that are not this machine.
    pub(crate) fn foreign(&self) -> impl Iterator<Item = &'static Target> {
        TARGETS.iter().filter(|target| self.targets.iter().any(|name| name == target.triple))
    }

    /// Whether this machine is measured.
    pub(crate) fn host(&self) -> bool {
        self.targets.iter().any(|target| target == HOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &str) -> Result<Options, Failure> {
        let args = std::iter::once("bench-matrix").chain(args.split_whitespace());
        Options::new(command().try_get_matches_from(args).map_err(|error| Failure::input(error.to_string()))?)
    }

    fn refused(args: &str) -> String {
        match options(args) {
            Err(Failure::Input(line)) => line,
            _ => panic!("{args} was taken"),
        }
    }

    #[test]
    fn everything_unless_something_is_asked_for() {
        let all = options("").unwrap();
        assert_eq!(all.ops, Op::ALL);
        assert!(all.host() && all.targets.len() > 3);
        let quick = options("--quick --ops copy,fill,copy --threads 1").unwrap();
        assert_eq!(quick.targets, [HOST]);
        assert_eq!(quick.ops, [Op::Copy, Op::Fill]);
        assert_eq!(quick.threads, [Threads::Count(1)]);
    }

    #[test]
    fn unknown_names_say_what_is_known() {
        assert!(refused("--ops copy,move").contains("copy, batch"));
        assert!(refused("--backends avx1024").contains("avx512, avx2"));
        assert!(refused("--targets mars").contains("host, x86_64"));
        assert!(refused("--threads many").contains("all"));
    }

    #[test]
    fn sizes_and_threads_that_cannot_be() {
        for sizes in ["", "4K..", "..4K", "4K..1K", "0..4K", "64..128GiB", "1..4K", "4X", "1K...4K"] {
            refused(&format!("--sizes={sizes}"));
        }
        for threads in ["0", "-1", "few"] {
            refused(&format!("--threads={threads}"));
        }
        assert!(refused("--runner ssh").contains("--targets"));
    }
}
