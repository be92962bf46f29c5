//! `cargo xtask integrations`: the library in other people's programs, built and tested; and, where that is asked for, measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::{ArgMatches, CommandFactory};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cargo::{cargo, workspace};
use crate::failure::{Failure, cannot, read, tell};
use crate::machine::{self, Machine};
use crate::output::{Folder, Output};
use crate::process::{self, LIMIT};

/// Their folders; the package of each is `with-` and that.
pub(crate) const NAMES: [&str; 6] = ["allocator", "arrow", "direct-io", "redb", "sqlite", "vm-memory"];

/// Of what the programs write.
const SCHEMA: u64 = 1;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask integrations                                    builds and tests all of them; some minutes the first time\n  \
    cargo xtask integrations redb --measure                     one of them, and a table of it\n  \
    cargo xtask integrations --measure --record records/NAME    all of them, for the tables of the READMEs";

/// Other people's programs with this library in them: builds, tests, measures
///
/// They are in the folder integrations: redb, vm-memory, arrow, SQLite and others. They are a workspace of their own, whose crates are downloaded at first.
///
/// --measure then measures each beside what one would have without us, for about a minute, and prints a table. Close other programs.
#[derive(clap::Parser)]
#[command(name = "integrations", after_help = EXAMPLES)]
struct Options {
    /// This one only [default: all]
    #[arg(value_parser = NAMES)]
    name: Option<String>,
    /// Measure as well, a minute each
    #[arg(long)]
    measure: bool,
    /// Write the results into this machine's folder of records, as integrations/NAME.json
    #[arg(long, value_name = "DIR", requires = "measure")]
    record: Option<PathBuf>,
}

pub(crate) fn command() -> clap::Command {
    Options::command()
}

/// What a program has measured, and where.
#[derive(Serialize, Deserialize)]
pub(crate) struct Measured {
    schema: u64,
    pub(crate) integration: String,
    quick: bool,
    pub(crate) backend: String,
    /// Of the crates that are not ours.
    pub(crate) versions: Map<String, Value>,
    pub(crate) rows: Vec<Row>,
    /// Why there is nothing.
    pub(crate) skipped: Option<String>,
    #[serde(default)]
    pub(crate) machine: Value,
}

/// A rival beside ours: less is better, and a ratio is theirs to ours.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: String,
    pub(crate) rival: String,
    pub(crate) theirs: f64,
    pub(crate) ours: f64,
    pub(crate) ratio: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) verdict: String,
}

impl Measured {
    /// Reads what was written.
    pub(crate) fn parse(text: &str) -> Result<Measured, String> {
        let json: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if json["schema"] != SCHEMA {
            let again = "write it again by `cargo xtask integrations --measure --record`";
            return Err(format!("it has schema {}, and {SCHEMA} is read; {again}", json["schema"]));
        }
        serde_json::from_value(json).map_err(|error| error.to_string())
    }
}

pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    let Options { name, measure: is_measured, record } = crate::args::options(&matches);
    if let Some(folder) = record.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(Failure::input(format_args!(
            "--record {}: no such folder; it is this machine's in records, which `cargo xtask bench-matrix --out` makes",
            folder.display()
        )));
    }
    let packages = name.as_ref().map_or(vec!["--workspace".to_string()], |name| vec!["-p".to_string(), package(name)]);
    succeed(tests().args(packages))?;
    let is_asked = |known: &&str| name.as_deref().is_none_or(|name| name == *known);
    for name in NAMES.into_iter().filter(is_asked).filter(|_| is_measured) {
        measure(name, record.as_deref())?;
    }
    Ok(())
}

/// The command that tests them. Only what is measured is optimised, which takes minutes.
pub(crate) fn tests() -> Command {
    in_integrations(&["test", "--no-fail-fast"])
}

fn in_integrations(args: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(workspace().join("integrations")).args(args).arg("--locked");
    cargo
}

fn package(name: &str) -> String {
    format!("with-{name}")
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    tell(format_args!("\n=== {}", process::show(command)));
    process::succeed(command, LIMIT, process::relay)
}

/// Measures one, and writes what it gave into the folder of records.
fn measure(name: &str, record: Option<&Path>) -> Result<(), Failure> {
    let temporary = tempfile::tempdir().map_err(cannot("write to", &std::env::temp_dir()))?;
    let results = temporary.path().join("results.json");
    let output = record.map(|record| open(&record.join("integrations"), name)).transpose()?;
    succeed(in_integrations(&["run", "--release", "-p", &package(name)]).args(["--", "--json"]).arg(&results))?;
    let mut measured = Measured::parse(&read(&results)?).map_err(Failure::run)?;
    let Some((_folder, output)) = output else { return Ok(()) };
    measured.machine = machine::facts(&Machine::read(), Some("as the program asked"));
    let text = serde_json::to_string_pretty(&measured).expect("names and numbers");
    output.finish_with(format!("{text}\n").as_bytes())
}

/// The file of an integration. The folder goes if nothing comes into it.
fn open(folder: &Path, name: &str) -> Result<(Folder, Output), Failure> {
    let made = Folder::create(folder);
    let made = made.map_err(|error| Failure::input(format_args!("cannot make {}: {error}", folder.display())))?;
    Ok((made, Output::create(&folder.join(format!("{name}.json")))?))
}

#[test]
fn each_is_a_package_with_a_page_and_results_of_another_schema_are_refused() {
    for name in NAMES {
        let folder = workspace().join("integrations").join(name);
        for (file, part) in
            [("Cargo.toml", format!("\"{}\"", package(name))), ("README.md", format!("<!-- {name} -->"))]
        {
            assert!(read(&folder.join(file)).unwrap().contains(&part), "{name}");
        }
    }
    for (text, mentioned) in
        [("{\"schema\": 2}", "schema 2"), ("{}", "schema null"), ("", "EOF"), ("{\"schema\": 1}", "integration")]
    {
        let Err(line) = Measured::parse(text) else { panic!("{text} was taken") };
        assert!(line.contains(mentioned) && !line.contains('\n'), "{line}");
    }
}
