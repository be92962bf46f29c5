//! `cargo xtask mutants`: the libraries with one thing broken at a time, and whether their tests notice.

mod instructions;
mod libraries;
mod tree;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Command, CommandFactory};

use crate::args::{self, say};
use crate::bench::table::Table;
use crate::cargo::{cargo, require_subcommand, target_dir, workspace};
use crate::failure::{Failure, cannot, make_folder, read, tell};
use crate::process;
use libraries::{ALSO, ARM, LIBRARIES, Library, Machine};
pub(crate) use tree::files;

/// For all mutants of a library.
const LIMIT: Duration = Duration::from_secs(6 * 60 * 60);

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask mutants\n  \
    cargo xtask mutants memcpy-streaming-x86\n  \
    cargo xtask mutants memmap-template --file flags.rs,slow.rs";

/// Breaks the libraries, to see whether their tests notice
///
/// Breaks the libraries in one place after the other, and runs their tests each time: what no test notices is printed.
///
/// cargo-mutants breaks functions and operators. It passes over unsafe functions, which most of a copy library is, so it is given a copy of the workspace
/// in which they are not marked as such. It does not look into assembly: there, each instruction is left out in turn, but for prefetches and vzeroupper,
/// whose absence no test can notice, but `cargo xtask asm` does.
///
/// What changes nothing that a test could notice is listed in mutants.toml, with the reason. Instructions that this CPU lacks are passed over, and named.
/// memcpy-streaming-arm is built for aarch64 and run by qemu.
///
/// All of it takes an hour or two on two cores. It needs cargo-mutants, 4 GB below cargo's target directory, and is not part of `cargo xtask test`.
#[derive(clap::Parser)]
#[command(name = "mutants", after_help = EXAMPLES)]
struct Options {
    /// These only [default: all]
    #[arg(value_name = "LIBRARY", value_parser = PossibleValuesParser::new(LIBRARIES.map(|library| library.name)))]
    library: Vec<String>,
    /// Source files of these names only, such as raw.rs
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    file: Vec<String>,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// What became of the mutants of a library.
#[derive(Default)]
struct Row {
    what: String,
    caught: usize,
    missed: usize,
    /// Without which nothing is built.
    unviable: usize,
    /// In mutants.toml.
    listed: usize,
}

/// Runs the mutants of the libraries that were asked for, even if some are missed.
pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    let Options { library: names, file: asked } = args::options(&matches);
    let is_asked = |library: &&Library| names.is_empty() || names.iter().any(|name| name == library.name);
    let libraries: Vec<_> = LIBRARIES.iter().filter(is_asked).collect();
    require_subcommand("mutants")?;
    // A name that no source file has would be noticed after an hour of nothing.
    let mut known = Vec::new();
    for library in &libraries {
        known.extend(sources(library, None, workspace())?.0);
    }
    if let Some(name) = asked.iter().find(|name| !known.iter().any(|file| file.ends_with(name))) {
        return Err(Failure::input(format_args!("no source file `{name}` in these libraries; lib.rs is one")));
    }
    let target_dir = target_dir()?;
    // The copy that is broken. Beside it is what is built and written.
    let tree = &target_dir.join("mutants/tree");
    let (mut rows, mut skipped) = (Vec::new(), Vec::new());
    for library in libraries {
        let machine = match library.machine() {
            Err(Failure::Input(why)) => {
                skipped.push(format!("{}: {why}", library.name));
                continue;
            }
            machine => machine?,
        };
        tree::make(workspace(), target_dir, tree).map_err(cannot("copy to", tree))?;
        let (mut files, others) = sources(library, Some(&machine.backends), tree)?;
        let lacks = |file: &PathBuf| format!("{}: this CPU lacks its instructions", name(file, tree));
        skipped.extend(others.iter().map(lacks));
        files.retain(|file| asked.is_empty() || asked.iter().any(|name| file.ends_with(name)));
        if files.is_empty() {
            continue;
        }
        // First, because it runs the tests before anything is broken; cargo-mutants does so with those of the library's own crate.
        if library.triple.is_some() {
            rows.push(instructions::run(library, &machine, &files, tree)?);
        }
        rows.push(functions(library, &machine, &files, tree)?);
    }
    for line in skipped {
        tell(format_args!("SKIPPED  {line}"));
    }
    if rows.is_empty() {
        return Err(Failure::run("nothing was broken: nothing of what was asked for can run here"));
    }
    let names = ["library", "caught", "missed", "not built", "listed in mutants.toml"];
    let cells = |Row { what, caught, missed, unviable, listed }: &Row| {
        [what as &dyn ToString, caught, missed, unviable, listed].map(ToString::to_string)
    };
    say(&format!("\n{}\n", Table::new("", 1, names, rows.iter().map(cells)).text()))?;
    match rows.iter().map(|row| row.missed).sum::<usize>() {
        0 => Ok(()),
        missed => Err(Failure::run(format_args!(
            "no test notices {missed} of them; a test should, or mutants.toml says why none can"
        ))),
    }
}

/// A library's source files: those that can run, and those with assembly of backends that are not there.
fn sources(library: &Library, backends: Option<&str>, tree: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let folder = tree.join(library.name).join("src");
    let mut files = files(&folder, &|_| false).map_err(cannot("read", &folder))?;
    files.retain(|file| !file.ends_with(ALSO));
    files.extend((library.name == ARM).then(|| tree.join(ALSO)));
    Ok(files.into_iter().partition(|file| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let is_backend = name.parse::<memcpy_streaming::Backend>().is_ok();
        !is_backend || backends.is_none_or(|backends| backends.split(", ").any(|backend| backend == name))
    }))
}

/// Runs cargo-mutants.
fn functions(library: &Library, machine: &Machine, files: &[PathBuf], tree: &Path) -> Result<Row, Failure> {
    let out = tree.with_file_name(format!("{}.out", library.name));
    make_folder(&out)?;
    let cargo = |config: &[&Path]| {
        let mut cargo = cargo();
        cargo.current_dir(tree).args(["mutants", "--workspace", "--colors=never"]).args(config);
        cargo.args(files.iter().flat_map(|file| ["--file".to_string(), name(file, tree)]));
        cargo
    };
    let listed = workspace().join("mutants.toml");
    let with_config = ["--config".as_ref(), &*listed];
    let count = |config: &[&Path]| Ok::<_, Failure>(process::lines(cargo(config).arg("--list"))?.len());
    let listed = count(&["--no-config".as_ref()])? - count(&with_config)?;
    let mut run = cargo(&with_config);
    let jobs = thread::available_parallelism().map_or(1, |n| n.get().min(8)).to_string();
    // In the tree itself there is what git ignores where the workspace is.
    run.args(["--gitignore=false", "--no-shuffle", "--timeout", machine.seconds, "--jobs", &jobs]);
    run.args(library.tests().flat_map(|name| ["--test-package", name])).arg("--output").arg(&out);
    // Examples and benchmarks notice nothing, and take as long to build as the tests.
    run.args(["--", "--lib", "--tests"]);
    machine.prepare(&mut run);
    tell(format_args!("\n=== {}: {}", library.name, process::show(&run)));
    let status = process::run(&mut run, LIMIT, process::relay)?;
    // 2 if some mutants were not noticed, 3 if some were by a test that did not end.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(Failure::run(format_args!("{status} of `{}`", process::show(&run))));
    }
    let lines = |what: &str| Ok(read(&out.join(format!("mutants.out/{what}.txt")))?.lines().count());
    Ok(Row {
        what: library.name.to_string(),
        caught: lines("caught")? + lines("timeout")?,
        missed: lines("missed")?,
        unviable: lines("unviable")?,
        listed,
    })
}

/// A file's name in the tree.
fn name(file: &Path, tree: &Path) -> String {
    file.strip_prefix(tree).unwrap_or(file).display().to_string()
}
