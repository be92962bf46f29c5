//! The options of `cargo xtask test`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::steps::Step;
use crate::args;
use crate::failure::Failure;
use crate::targets::{self, Row, TARGETS};

const LONG_ABOUT: &str = "What must hold before a change lands, as far as it can be seen on this machine in five minutes: format, lints, documentation, all tests with \
    this machine's backends and the corpora of the fuzz targets, the tables and listings that are kept, the C library, this machine's assembly. Nothing is installed.\n\n\
    --all runs the rest as well: optimised tests, AddressSanitizer and valgrind, which must also catch errors that are planted, Miri, some forty targets that the libraries must \
    compile for, the tests on every other target and CPU model, emulated, each with the backends that it must have, stock Debian kernels in emulated machines, \
     whose memmaps are compared (`golden`) and one of which runs our code (`kernel-module`), and the tests of other people's programs (`integrations`). First it installs what it lacks, and says what: \
    rustup's targets and toolchains, and, on Debian and as root, packages. It leaves some gigabytes in `target`, and in rustup's folder. \
    Emulators and checkers run two at a time: each of their lines begins with the name of the step or target.\n\n\
    Everything runs even if something fails. A table at the end says how each step and row went, and a line what did not run and how to run it; exit code 1 if any failed. \
    The emulator for AVX-512 and MOVDIR64B, Bochs, is built once, in cross-tools below cargo's target directory.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask test                                         on this machine, five minutes on two cores\n  \
    cargo xtask test --all                                   all of it, some three quarters of an hour on two cores; installs what it needs\n  \
    cargo xtask test --step lint,tests                       some of the steps\n  \
    cargo xtask test --step valgrind --install               a step that a plain run leaves out; installs what it needs\n  \
    cargo xtask test --target s390x-unknown-linux-gnu        one target, all its CPU models\n  \
    cargo xtask test --cpu Haswell --install                 one CPU model; installs its emulator\n  \
    cargo xtask test --exhaustive                            optimised, with all of every grid, twelve minutes";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let mut cpus: Vec<_> = targets::rows().map(|row| row.model.name).filter(|name| !name.contains(' ')).collect();
    cpus.sort_unstable();
    cpus.dedup();
    let step = |name: String| Step::ALL.into_iter().find(|step| step.name() == name).expect("it is one of the names");
    Command::new("test")
        .about("What must hold before a change lands: five minutes on this machine, or all of it")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .arg(
            flag("all")
                .conflicts_with_all(["step", "target", "cpu"])
                .help("All of it: install what is missing, and fail if anything was skipped for want of it"),
        )
        .arg(
            Arg::new("step")
                .long("step")
                .value_name("STEP")
                .value_delimiter(',')
                .value_parser(PossibleValuesParser::new(Step::ALL.map(Step::name)).map(step))
                .conflicts_with_all(["target", "cpu"])
                .help("These steps only"),
        )
        .arg(
            Arg::new("target")
                .long("target")
                .value_name("TARGET")
                .value_parser(TARGETS.iter().map(|target| target.triple).collect::<Vec<_>>())
                .help("This target only, emulated, and its assembly"),
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
                .conflicts_with_all(["step", "target", "cpu"])
                .help("The optimised tests, with all of every grid and millions of rounds of the litmus test; with --all, as a part of it"),
        )
        .arg(
            flag("install")
                .help("Install what is missing for what was asked for: rustup's targets and toolchains, Debian's packages as root"),
        )
        .arg(flag("record").help("Enter what was executed into HARDWARE.md, and how long it took into TESTING.md, if all went well"))
}

/// What the person asked for.
pub(crate) struct Options {
    pub(crate) steps: Vec<Step>,
    pub(crate) rows: Vec<Row>,
    /// The targets whose assembly is checked.
    pub(crate) asm: Vec<&'static str>,
    /// With the grids and the litmus test of the optimised tests at full length.
    pub(crate) exhaustive: bool,
    pub(crate) install: bool,
    pub(crate) extent: Extent,
    pub(crate) record: bool,
}

/// How much was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What fits into five minutes.
    Short,
    /// Everything; and what an installation would have brought must run.
    All,
    /// Something that was named.
    Part,
}

impl Options {
    /// Reads them.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Options, Failure> {
        let target: Option<String> = matches.remove_one("target");
        let cpu: Option<String> = matches.remove_one("cpu");
        let named: Vec<Step> = args::list(&mut matches, "step");
        let (all, exhaustive) = (args::take(&mut matches, "all"), args::take(&mut matches, "exhaustive"));
        let has_row = target.is_some() || cpu.is_some();
        let extent = match (all, has_row || exhaustive || !named.is_empty()) {
            (true, _) => Extent::All,
            (false, true) => Extent::Part,
            (false, false) => Extent::Short,
        };
        let steps: Vec<_> = match extent {
            Extent::All => Step::ALL.to_vec(),
            Extent::Short => Step::short().collect(),
            Extent::Part if exhaustive => vec![Step::Optimised],
            Extent::Part if target.is_some() && cpu.is_none() => vec![Step::Assembly],
            Extent::Part => Step::ALL.into_iter().filter(|step| named.contains(step)).collect(),
        };
        let chosen = |row: &Row| {
            target.as_ref().is_none_or(|name| name == row.target.triple)
                && cpu.as_ref().is_none_or(|name| name == row.model.name)
        };
        let rows: Vec<_> = targets::rows().filter(|row| (all || has_row) && chosen(row)).collect();
        if let (true, Some(target), Some(cpu)) = (rows.is_empty(), &target, &cpu) {
            let known = targets::rows().filter(|row| row.target.triple == target).map(|row| row.model.name);
            let known: Vec<_> = known.collect();
            return Err(Failure::input(format_args!(
                "no CPU model `{cpu}` for {target}; it has {}",
                known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            )));
        }
        let checked = |triple: &&str| match (&target, extent) {
            (Some(name), _) => name == triple,
            (None, Extent::Short) => {
                triple.split('-').next() == Some(std::env::consts::ARCH) && triple.contains("linux")
            }
            (None, _) => true,
        };
        let asm = crate::asm::triples().filter(|_| steps.contains(&Step::Assembly)).filter(checked).collect();
        Ok(Options {
            install: args::take(&mut matches, "install") || all,
            record: args::take(&mut matches, "record"),
            steps,
            rows,
            asm,
            exhaustive,
            extent,
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
    fn a_plain_run_is_short_and_installs_nothing() {
        let short = options("").unwrap();
        assert_eq!((short.extent, short.install, short.rows.len()), (Extent::Short, false, 0));
        assert!(short.steps.contains(&Step::Tests) && !short.steps.contains(&Step::Valgrind));
        assert!(short.asm.len() <= 1);
        let all = options("--all").unwrap();
        assert_eq!((all.extent, all.install, all.rows.len()), (Extent::All, true, targets::rows().count()));
        assert_eq!((all.steps.len(), all.asm.len()), (Step::ALL.len(), crate::asm::triples().count()));
    }

    #[test]
    fn what_is_named_runs_alone() {
        let steps = options("--step miri,lint --install").unwrap();
        assert_eq!((steps.steps, steps.rows.len(), steps.install), (vec![Step::Lint, Step::Miri], 0, true));
        let assembly = options("--step assembly").unwrap();
        assert_eq!(assembly.asm.len(), crate::asm::triples().count());
        let exhaustive = options("--exhaustive").unwrap();
        assert!(exhaustive.exhaustive && exhaustive.steps == [Step::Optimised]);
        assert!(options("--all --exhaustive").unwrap().exhaustive);
        let z = options("--target s390x-unknown-linux-gnu").unwrap();
        assert_eq!(names(&z), ["qemu"]);
        assert_eq!((z.asm, z.steps), (vec!["s390x-unknown-linux-gnu"], vec![Step::Assembly]));
        let model = options("--cpu max,sve=off").unwrap();
        assert_eq!((names(&model), model.steps.len()), (vec!["max,sve=off"], 0));
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
