//! The options of `cargo xtask test`.

use std::env::consts::ARCH;

use clap::{ArgMatches, Command, CommandFactory};

use super::steps::Step;
use crate::failure::Failure;
use crate::targets::{self, Row, TARGETS};
use crate::{args, asm};

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask test                                         on this machine, five minutes on two cores\n  \
    cargo xtask test --all                                   all of it, 25 minutes on two cores; installs what it needs\n  \
    cargo xtask test --step lint,tests                       some of the steps\n  \
    cargo xtask test --step valgrind --install               a step that a plain run leaves out; installs what it needs\n  \
    cargo xtask test --target s390x-unknown-linux-gnu        one target, all its CPU models\n  \
    cargo xtask test --cpu Haswell --install                 one CPU model; installs its emulator\n  \
    cargo xtask test --exhaustive                            optimised, with all of every grid, twelve minutes";

/// What must hold before a change lands: five minutes on this machine, or all of it
///
/// As far as it can be seen on this machine in five minutes: format, lints, documentation, all tests with this
/// machine's backends and the corpora of the fuzz targets, the tables and listings that are kept, the C library, this machine's assembly. Nothing is
/// installed.
///
/// --all runs the rest as well: optimised tests, AddressSanitizer and valgrind, which must also catch errors that are planted, Miri, some forty targets
/// that the libraries must compile for, the tests on every other target and CPU model, emulated, each with the backends that it must have, stock Debian
/// kernels in emulated machines, whose memmaps are compared (`golden`) and one of which runs our code (`kernel-module`), and the tests of other people's
/// programs (`integrations`). First it installs what it lacks, and says what: rustup's targets and toolchains, and, on Debian and as root, packages. It
/// leaves some gigabytes in `target`, and in rustup's folder. Emulators and checkers run two at a time: each of their lines begins with the name of the
/// step or target.
///
/// Everything runs even if something fails. A table at the end says how each step and row went, and a line what did not run and how to run it; exit code
/// 1 if any failed. The emulator for AVX-512 and MOVDIR64B, Bochs, is built once, in cross-tools below cargo's target directory.
#[derive(clap::Parser)]
#[command(name = "test", after_help = EXAMPLES)]
struct Options {
    /// All of it: install what is missing, and fail if anything was skipped for want of it
    #[arg(long, conflicts_with_all = ["named", "target", "cpu"])]
    all: bool,
    /// These steps only
    #[arg(long = "step", value_name = "STEP", value_delimiter = ',', conflicts_with_all = ["target", "cpu"])]
    named: Vec<Step>,
    /// This target only, emulated, and its assembly
    #[arg(long, value_parser = TARGETS.iter().map(|target| target.triple).collect::<Vec<_>>())]
    target: Option<String>,
    /// This CPU model only, by its emulator's name
    #[arg(long, value_name = "MODEL", value_parser = args::once(targets::rows().map(|row| row.model.name)))]
    cpu: Option<String>,
    /// The optimised tests, with all of every grid and millions of rounds of the litmus test; with --all, as a part of it
    #[arg(long, conflicts_with_all = ["named", "target", "cpu"])]
    exhaustive: bool,
    /// Install what is missing for what was asked for: rustup's targets and toolchains, Debian's packages as root
    #[arg(long)]
    install: bool,
    /// Enter what was executed into HARDWARE.md, and how long it took into TESTING.md, if all went well
    #[arg(long)]
    record: bool,
}

pub(crate) fn command() -> Command {
    Options::command()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What fits into five minutes.
    Short,
    /// Everything; and what an installation would have brought must run.
    All,
    /// Something that was named.
    Part,
}

/// What is to run, and how.
pub(crate) struct Plan {
    pub(super) extent: Extent,
    pub(super) exhaustive: bool,
    pub(super) install: bool,
    pub(super) record: bool,
    pub(super) steps: Vec<Step>,
    pub(super) rows: Vec<Row>,
    /// The targets whose assembly is checked.
    pub(super) asm: Vec<&'static str>,
}

pub(crate) fn plan(matches: &ArgMatches) -> Result<Plan, Failure> {
    let Options { all, named, target, cpu, exhaustive, install, record } = args::options(matches);
    let (extent, steps) = match () {
        () if all => (Extent::All, Step::all().collect()),
        () if cpu.is_some() => (Extent::Part, Vec::new()),
        () if target.is_some() => (Extent::Part, vec![Step::Assembly]),
        () if exhaustive => (Extent::Part, vec![Step::Optimised]),
        () if named.is_empty() => (Extent::Short, Step::all().filter(|step| step.is_short()).collect()),
        () => (Extent::Part, Step::all().filter(|step| named.contains(step)).collect()),
    };
    let is_target = |triple: &str| target.as_ref().is_none_or(|name| name == triple);
    let is_cpu = |row: &Row| cpu.as_ref().is_none_or(|name| name == row.model.name);
    let rows: Vec<_> = targets::rows().filter(|row| is_target(row.target.triple)).collect();
    if let (Some(target), Some(cpu), false) = (&target, &cpu, rows.iter().any(is_cpu)) {
        let known: Vec<_> = rows.iter().map(|row| format!("`{}`", row.model.name)).collect();
        let known = known.join(", ");
        return Err(Failure::input(format_args!("no CPU model `{cpu}` for {target}; it has {known}")));
    }
    let any = all || target.is_some() || cpu.is_some();
    let rows = rows.into_iter().filter(|row| any && is_cpu(row)).collect();
    let is_here = |triple: &str| triple.split('-').next() == Some(ARCH) && triple.contains("linux");
    let asm = asm::triples().filter(|triple| steps.contains(&Step::Assembly) && is_target(triple));
    let asm = asm.filter(|triple| extent != Extent::Short || is_here(triple)).collect();
    Ok(Plan { extent, exhaustive, install, record, steps, rows, asm })
}

#[test]
fn what_is_named_runs_alone_and_in_its_order() {
    let plan = |args: &str| {
        let args = std::iter::once("test").chain(args.split_whitespace());
        plan(&command().try_get_matches_from(args).unwrap()).unwrap()
    };
    let (steps, asm, rows) = (Step::all().count(), asm::triples().count(), targets::rows().count());
    let here = plan("").asm.len();
    assert!(here <= 1);
    for (args, extent, expected) in [
        ("", Extent::Short, [10, here, 0]),
        ("--all", Extent::All, [steps, asm, rows]),
        ("--all --exhaustive", Extent::All, [steps, asm, rows]),
        ("--step assembly", Extent::Part, [1, asm, 0]),
        ("--exhaustive", Extent::Part, [1, 0, 0]),
        ("--target s390x-unknown-linux-gnu", Extent::Part, [1, 1, 1]),
        ("--target x86_64-unknown-none", Extent::Part, [1, 1, 0]),
        ("--cpu max,sve=off", Extent::Part, [0, 0, 1]),
        // One name, two targets.
        ("--cpu Haswell", Extent::Part, [0, 0, 2]),
    ] {
        let Plan { extent: found, steps, rows, asm, .. } = plan(args);
        assert_eq!((found, [steps.len(), asm.len(), rows.len()]), (extent, expected), "{args}");
    }
    assert_eq!(plan("--step miri,lint --install").steps, [Step::Lint, Step::Miri]);
}
