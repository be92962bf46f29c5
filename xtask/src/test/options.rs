//! The options of `cargo xtask test`.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::matrix::{self, Row, TARGETS};
use crate::failure::Failure;
use crate::kind;

const LONG_ABOUT: &str = "Builds, lints, documents and tests the workspace on this machine, and checks that README.md is in step with the records and that the \
    libraries could be published; runs the tests of the libraries under AddressSanitizer, valgrind, which must also catch errors that are planted, and Miri; compiles the libraries for some forty targets; then runs the tests of the libraries on \
    every other target and CPU model, emulated, and asserts which backends each of them has. With --all, stock Debian kernels are booted in emulated machines as well: their memmaps are compared \
    (`golden`), and our code runs in one of them (`kernel-module`).\n\n\
    Everything runs even if something fails. A table at the end says how each step and row went; exit code 1 if any failed.\n\n\
    Nothing is installed. What needs something that is missing is skipped, and one line at the end has the command that would bring all \
    of it. --all and --install run that command first, where this is Debian and we are root, and rustup's for Miri. rustup's targets are used where they are installed, else Debian's second Rust (rustc-web). \
    The emulator for AVX-512 and MOVDIR64B, Bochs, is built once, in cross-tools below cargo's target directory.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask test                                         what can run here: ten minutes to half an hour, on two cores\n  \
    cargo xtask test --all                                   all of it, 35 minutes on two cores; installs what it needs\n  \
    cargo xtask test --native                                this machine only, ten minutes\n  \
    cargo xtask test --checkers                              under AddressSanitizer, valgrind and Miri only\n  \
    cargo xtask test --targets                               that it compiles for some forty targets, three minutes\n  \
    cargo xtask test --target s390x-unknown-linux-gnu        one target, all its CPU models\n  \
    cargo xtask test --cpu Haswell --install                 one CPU model; installs its emulator";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let mut cpus: Vec<_> = matrix::rows().map(|row| row.model.name).filter(|name| !name.contains(' ')).collect();
    cpus.sort_unstable();
    cpus.dedup();
    Command::new("test")
        .about("Builds, lints, documents and tests the workspace, on every target and CPU model")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .arg(
            flag("all")
                .conflicts_with_all(["native", "checkers", "target", "cpu"])
                .help("Install all that is missing, and fail if anything was skipped for want of it"),
        )
        .arg(flag("native").conflicts_with_all(["target", "cpu"]).help("This machine only"))
        .arg(
            flag("checkers").conflicts_with_all(["native", "target", "cpu", "exhaustive"]).help(
                "The tests under AddressSanitizer, valgrind and Miri only, and the errors that are planted for them",
            ),
        )
        .arg(
            flag("targets")
                .conflicts_with_all(["all", "native", "checkers", "target", "cpu", "exhaustive"])
                .help("Only whether the libraries compile for each of some forty targets, or are refused"),
        )
        .arg(
            Arg::new("target")
                .long("target")
                .value_name("TARGET")
                .value_parser(TARGETS.iter().map(|target| target.triple).collect::<Vec<_>>())
                .help("This target only, emulated"),
        )
        .arg(
            Arg::new("cpu")
                .long("cpu")
                .value_name("MODEL")
                .value_parser(cpus)
                .help("This CPU model only, by its emulator's name"),
        )
        .arg(
            flag("exhaustive")
                .conflicts_with_all(["target", "cpu"])
                .help("On this machine, all of every grid and millions of rounds of the litmus test: six minutes more"),
        )
        .arg(
            flag("install")
                .help("Install what is missing for what was asked for: Debian's packages as root, Miri by rustup"),
        )
        .arg(flag("record").help("Enter what was executed into HARDWARE.md, if all went well"))
}

/// What the person asked for.
pub(crate) struct Options {
    /// The steps on this machine.
    pub(crate) native: bool,
    /// With the grids and the litmus test of the optimised tests at full length.
    pub(crate) exhaustive: bool,
    /// The tests under what watches memory.
    pub(crate) checkers: bool,
    /// Whether the libraries compile for every target.
    pub(crate) targets: bool,
    pub(crate) rows: Vec<Row>,
    /// The targets whose assembly is checked.
    pub(crate) asm: Vec<&'static str>,
    pub(crate) install: bool,
    /// Whether what an installation would have brought must run.
    pub(crate) all: bool,
    pub(crate) record: bool,
}

impl Options {
    /// Reads them.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Options, Failure> {
        let target: Option<String> = matches.remove_one("target");
        let cpu: Option<String> = matches.remove_one("cpu");
        let native_only: bool = kind::take(&mut matches, "native");
        let checkers_only: bool = kind::take(&mut matches, "checkers");
        let targets_only: bool = kind::take(&mut matches, "targets");
        let everything = !native_only && !checkers_only && !targets_only && target.is_none() && cpu.is_none();
        let chosen = |row: &Row| {
            !native_only
                && !checkers_only
                && !targets_only
                && target.as_ref().is_none_or(|name| name == row.target.triple)
                && cpu.as_ref().is_none_or(|name| name == row.model.name)
        };
        let rows: Vec<_> = matrix::rows().filter(chosen).collect();
        if let (true, Some(target), Some(cpu)) = (rows.is_empty(), &target, &cpu) {
            let known = matrix::rows().filter(|row| row.target.triple == target).map(|row| row.model.name);
            let known: Vec<_> = known.collect();
            return Err(Failure::input(format_args!(
                "no CPU model `{cpu}` for {target}; it has {}",
                known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            )));
        }
        let checked = |triple: &&str| match &target {
            Some(name) => name == triple,
            None if native_only => triple.split('-').next() == Some(std::env::consts::ARCH) && triple.contains("linux"),
            None => everything,
        };
        let asm = crate::asm::triples().filter(checked).collect();
        let all = kind::take(&mut matches, "all");
        Ok(Options {
            native: everything || native_only,
            checkers: everything || native_only || checkers_only,
            targets: everything || targets_only,
            exhaustive: kind::take(&mut matches, "exhaustive"),
            rows,
            asm,
            install: kind::take(&mut matches, "install") || all,
            all,
            record: kind::take(&mut matches, "record"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &str) -> Result<Options, Failure> {
        let args = std::iter::once("test").chain(args.split_whitespace());
        Options::new(command().try_get_matches_from(args).unwrap())
    }

    fn names(options: &Options) -> Vec<&str> {
        options.rows.iter().map(|row| row.model.name).collect()
    }

    #[test]
    fn everything_unless_something_is_asked_for() {
        for (args, is_all) in [("", false), ("--all", true)] {
            let whole = options(args).unwrap();
            assert!(whole.native && whole.checkers && whole.targets && !whole.record);
            assert_eq!((whole.all, whole.install), (is_all, is_all));
            assert_eq!(whole.rows.len(), matrix::rows().count());
            assert_eq!(whole.asm.len(), crate::asm::triples().count());
        }
        let native = options("--native --install").unwrap();
        assert!(native.native && native.rows.is_empty() && native.install && !native.all && !native.exhaustive);
        let exhaustive = options("--native --exhaustive").unwrap();
        assert!(exhaustive.native && exhaustive.rows.is_empty() && exhaustive.exhaustive);
        let checkers = options("--checkers").unwrap();
        assert!(native.checkers && checkers.checkers && !checkers.native && !native.targets && !checkers.targets);
        let targets = options("--targets").unwrap();
        assert!(
            targets.targets
                && !targets.native
                && !targets.checkers
                && targets.rows.is_empty()
                && targets.asm.is_empty()
        );
        assert!(checkers.rows.is_empty() && checkers.asm.is_empty());
        let arm = options("--target aarch64-unknown-linux-gnu").unwrap();
        assert!(!arm.native && !arm.checkers && !arm.targets);
        assert_eq!(names(&arm), ["cortex-a72", "max,sve=off"]);
        assert_eq!(arm.asm, ["aarch64-unknown-linux-gnu"]);
        let model = options("--cpu max,sve=off").unwrap();
        assert_eq!((names(&model), model.asm.len()), (vec!["max,sve=off"], 0));
        // One name, two targets.
        assert_eq!(names(&options("--cpu Haswell").unwrap()), ["Haswell", "Haswell"]);
    }

    #[test]
    fn a_pair_that_does_not_exist_is_refused_with_those_that_do() {
        let Err(Failure::Input(line)) = options("--target s390x-unknown-linux-gnu --cpu Haswell") else {
            panic!("it was taken");
        };
        assert_eq!(line, "no CPU model `Haswell` for s390x-unknown-linux-gnu; it has `qemu`");
    }
}
