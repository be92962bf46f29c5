//! `cargo xtask mutants`: the libraries with one thing broken at a time, and whether their tests notice.

mod instructions;
mod libraries;
pub(crate) mod options;
mod tree;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};

use crate::cargo::{cargo, require_subcommand, target_dir, workspace};
use crate::failure::{Failure, make_folder, read, tell};
use crate::interrupt::Interrupt;
use crate::process;
use libraries::{LIBRARIES, Library, Machine};
use options::Options;

/// For all mutants of a library.
const LIMIT: Duration = Duration::from_secs(6 * 60 * 60);

/// What cargo-mutants ends with if every mutant was noticed, some by a test that did not end.
const TIMED_OUT: i32 = 3;
/// What it ends with if some were not.
const MISSED: i32 = 2;

/// What became of the mutants of a library.
struct Row {
    what: String,
    caught: usize,
    missed: usize,
    unviable: usize,
    /// In mutants.toml.
    listed: usize,
}

/// The folders of a run.
struct Place {
    workspace: PathBuf,
    /// The copy that is broken.
    tree: PathBuf,
    /// For what is built and written.
    folder: PathBuf,
}

/// Runs the mutants of the libraries that were asked for, even if some are missed.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    require_subcommand("mutants")?;
    let workspace = workspace();
    require_files(options, &workspace)?;
    let target_dir = target_dir(&workspace, interrupt)?;
    let folder = target_dir.join("mutants");
    let place = Place { tree: folder.join("tree"), workspace, folder };
    let (mut rows, mut skipped) = (Vec::new(), Vec::new());
    for &library in &options.libraries {
        let machine = match library.machine(interrupt)? {
            Ok(machine) => machine,
            Err(why) => {
                skipped.push(format!("{}: {why}", library.name));
                continue;
            }
        };
        tree::make(&place.workspace, &target_dir, &place.tree, LIBRARIES.iter().map(|library| library.name))?;
        let (mut files, others) = instructions::files(library, machine.backends().as_deref(), &place.tree)?;
        skipped
            .extend(others.iter().map(|file| format!("{}: this CPU lacks its instructions", name(file, &place.tree))));
        files.retain(|file| !LIBRARIES.iter().any(|other| other.also.iter().any(|also| file.ends_with(also))));
        files.extend(library.also.iter().map(|file| place.tree.join(file)));
        files.retain(|file| options.files.is_empty() || options.files.iter().any(|name| file.ends_with(name)));
        if files.is_empty() {
            continue;
        }
        // First, because it runs the tests before anything is broken; cargo-mutants does so with those of the library's own crate.
        if library.is_assembly {
            let tally =
                instructions::run(library, &machine, &files, &place.tree, &place.folder.join(library.name), interrupt)?;
            let what = format!("{}, instructions", library.name);
            let (caught, missed, unviable) = (tally.caught, tally.missed.len(), tally.unviable);
            rows.push(Row { what, caught, missed, unviable, listed: 0 });
        }
        rows.push(functions(library, &machine, &files, &place, interrupt)?);
    }
    for line in skipped {
        tell(format_args!("SKIPPED  {line}"));
    }
    if rows.is_empty() {
        return Err(Failure::run("nothing was broken: nothing of what was asked for can run here"));
    }
    writeln!(io::stdout(), "\n{}", table(&rows)).map_err(|error| Failure::stdout(&error))?;
    match rows.iter().map(|row| row.missed).sum::<usize>() {
        0 => Ok(()),
        missed => Err(Failure::run(format_args!(
            "no test notices {missed} of them; a test should, or mutants.toml says why none can"
        ))),
    }
}

/// A name that no source file has would be noticed after an hour of nothing.
fn require_files(options: &Options, workspace: &Path) -> Result<(), Failure> {
    let mut known = Vec::new();
    for library in &options.libraries {
        known.extend(tree::sources(&workspace.join(library.name).join("src")).map_err(Failure::run)?);
        known.extend(library.also.iter().map(PathBuf::from));
    }
    match options.files.iter().find(|name| !known.iter().any(|file| file.ends_with(name))) {
        None => Ok(()),
        Some(name) => Err(Failure::input(format_args!("no source file `{name}` in these libraries; lib.rs is one"))),
    }
}

/// Runs cargo-mutants.
fn functions(
    library: &Library,
    machine: &Machine,
    files: &[PathBuf],
    place: &Place,
    interrupt: &Interrupt,
) -> Result<Row, Failure> {
    let out = place.folder.join(format!("{}.out", library.name));
    make_folder(&out)?;
    let cargo = |config: Option<&Path>| {
        let mut cargo = cargo();
        cargo.current_dir(&place.tree).args(["mutants", "--workspace", "--colors=never"]);
        match config {
            Some(config) => cargo.arg("--config").arg(config),
            None => cargo.arg("--no-config"),
        };
        for file in files {
            cargo.arg("--file").arg(name(file, &place.tree));
        }
        cargo
    };
    let config = place.workspace.join("mutants.toml");
    let count = |config: Option<&Path>| {
        let mut count = 0;
        process::run(cargo(config).arg("--list"), LIMIT, interrupt, |_| {
            count += 1;
            Ok(())
        })?;
        Ok(count)
    };
    let (all, listed): (usize, usize) = (count(None)?, count(Some(&config))?);
    let mut run = cargo(Some(&config));
    // In the tree itself there is what git ignores where the workspace is.
    run.args(["--gitignore=false", "--no-shuffle", "--timeout", machine.seconds()]);
    run.args(library.tests.iter().flat_map(|name| ["--test-package", name]));
    run.arg("--output")
        .arg(&out)
        .args(["--jobs", &std::thread::available_parallelism().map_or(1, |n| n.get().min(8)).to_string()]);
    // Examples and benchmarks notice nothing, and take as long to build as the tests.
    run.args(["--", "--lib", "--tests"]);
    machine.prepare(&mut run);
    tell(format_args!("\n=== {}: {}", library.name, process::show(&run)));
    let status = process::run(&mut run, LIMIT, interrupt, process::relay)?;
    if !status.success() && ![Some(MISSED), Some(TIMED_OUT)].contains(&status.code()) {
        return Err(Failure::run(format_args!("{status} of `{}`", process::show(&run))));
    }
    let lines = |what: &str| -> Result<usize, Failure> {
        Ok(read(&out.join("mutants.out").join(what).with_extension("txt"))?.lines().count())
    };
    Ok(Row {
        what: library.name.to_string(),
        caught: lines("caught")? + lines("timeout")?,
        missed: lines("missed")?,
        unviable: lines("unviable")?,
        listed: all - listed,
    })
}

/// A file's name in the tree.
fn name(file: &Path, tree: &Path) -> String {
    file.strip_prefix(tree).unwrap_or(file).display().to_string()
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header(["library", "caught", "missed", "not built", "listed in mutants.toml"]);
    for Row { what, caught, missed, unviable, listed } in rows {
        table.add_row([what, &caught.to_string(), &missed.to_string(), &unviable.to_string(), &listed.to_string()]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
