//! `cargo xtask readme-tables`: the tables of the READMEs, from the newest record of each machine.

mod copies;
pub(crate) mod marks;
mod others;
mod records;

use std::fs;

use clap::{ArgMatches, Command, CommandFactory};
use serde_json::Value;

use crate::args;
use crate::cargo::workspace;
use crate::failure::Failure;
use crate::integrations::NAMES;
use crate::output::Output;
use crate::targets;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask readme-tables              after a new record; then commit the READMEs with it\n  \
    cargo xtask readme-tables --check      what `cargo xtask test` asks";

/// Writes the tables of the READMEs from the newest record of each machine, or checks that they are in step
///
/// They stand in README.md, and in those of integrations, between their marks (<!-- copies --> and <!-- /copies -->). The records are those that
/// records/shown.toml lists, the newest of each machine. What is not between marks stays as it is.
///
/// copies, peers and memmap are made of results.json (`cargo xtask bench-matrix`), rebind of rebind.json (`cargo xtask rebind --json`), integrations and
/// the name of each of the folder integrations (`cargo xtask integrations --measure --record`). One is not from the records: targets, of the table that
/// `cargo xtask test --step targets` checks.
#[derive(clap::Parser)]
#[command(name = "readme-tables", after_help = EXAMPLES)]
struct Options {
    /// Write nothing; exit with 1 if they are not in step
    #[arg(long)]
    check: bool,
}

pub(crate) fn command() -> Command {
    Options::command()
}

pub(crate) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    if args::options::<Options>(matches).check {
        return args::say(&(check()? + "\n"));
    }
    let (stale, records) = stale()?;
    for (file, now) in &stale {
        let mut output = Output::create(&workspace().join(file))?;
        output.write_all(now.as_bytes())?;
        output.finish()?;
    }
    match names(&stale) {
        files if files.is_empty() => args::say(&format!("the READMEs were in step with {records}\n")),
        files => args::say(&format!("{files} now have the figures of {records}\n")),
    }
}

/// Fails unless the READMEs are as the records make them.
pub(crate) fn check() -> Result<String, Failure> {
    let (stale, records) = stale()?;
    match names(&stale) {
        files if files.is_empty() => Ok(format!("the READMEs are in step with {records}")),
        files => Err(Failure::run(format_args!(
            "not in step with {records}: {files}; run `cargo xtask readme-tables` and commit it"
        ))),
    }
}

fn names(stale: &[(String, String)]) -> String {
    stale.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>().join(", ")
}

/// The READMEs that are not as they are to be, each with what it is to be; and where the figures are from.
fn stale() -> Result<(Vec<(String, String)>, String), Failure> {
    let records = records::read(&workspace().join("records"))?;
    let pages = NAMES.iter().map(|name| format!("integrations/{name}/README.md"));
    let files = ["README.md", "integrations/README.md"].map(String::from).into_iter().chain(pages);
    let mut stale = Vec::new();
    // A tree without the integrations has no pages of them.
    for file in files.filter(|file| file == "README.md" || workspace().join(file).exists()) {
        let then = fs::read_to_string(workspace().join(&file))
            .map_err(|error| Failure::input(format_args!("cannot read {file}: {error}")))?;
        let mut now = then.clone();
        for name in marks::names(&then) {
            let table = match name {
                "copies" => Some(copies::copies(&records)),
                "peers" => Some(copies::peers(&records)),
                "memmap" => Some(others::memmap(&records)),
                "rebind" => Some(others::rebind(&records)?),
                "targets" => Some(targets::block()),
                _ => others::integrations(name, &records)?,
            };
            if let Some(table) = table {
                now = marks::replace(&now, name, &table).map_err(Failure::run)?;
            }
        }
        if now != then {
            stale.push((file, now));
        }
    }
    let folders: Vec<_> = records.iter().map(|record| record.folder.as_str()).collect();
    Ok((stale, folders.join(", ")))
}

fn table<R: AsRef<[String]>>(names: &[impl AsRef<str>], rows: impl IntoIterator<Item = R>) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    let mut table = format!("| {} |\n|{}\n", names.join(" | "), "--|".repeat(names.len()));
    for row in rows {
        table += &format!("| {} |\n", row.as_ref().join(" | "));
    }
    table
}

/// Where figures are from: the machine, what it ran, at which commit if that is known, and the record.
fn source(machine: &Value, folder: &str) -> String {
    let fact = |name: &str| machine[name].as_str().unwrap_or("unknown");
    let commit = machine["commit"].as_str().map(|commit| format!(", commit {commit}")).unwrap_or_default();
    format!("{}, {}, {}{commit}; [record]({folder})", fact("cpu"), fact("kernel"), fact("libc"))
}
