//! `cargo xtask readme-tables`: the tables of the READMEs, from the newest record of each machine.

mod records;
mod tables;

use std::borrow::Borrow;
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
    args::say(&format!("{}\n", bring_in_step(!args::options::<Options>(matches).check)?))
}

/// Fails unless the READMEs are as the records make them, or writes them so. What there is to say of it.
pub(crate) fn bring_in_step(is_written: bool) -> Result<String, Failure> {
    let records = records::read()?;
    let pages = NAMES.iter().map(|name| format!("integrations/{name}/README.md"));
    let files = ["README.md", "integrations/README.md"].map(String::from).into_iter().chain(pages);
    let mut stale = Vec::new();
    // A tree without the integrations has no pages of them.
    for file in files.filter(|file| file == "README.md" || workspace().join(file).exists()) {
        let then = fs::read_to_string(workspace().join(&file))
            .map_err(|error| Failure::input(format_args!("cannot read {file}: {error}")))?;
        let now = fill(&then, |name| match name {
            "copies" => Ok(Some(tables::copies(&records))),
            "peers" => Ok(Some(tables::peers(&records))),
            "memmap" => Ok(Some(tables::memmap(&records))),
            "rebind" => tables::rebind(&records).map(Some),
            "targets" => Ok(Some(targets::block())),
            _ => tables::integrations(name, &records),
        })?;
        if now != then {
            stale.push((file, now));
        }
    }
    let records = records.iter().map(|record| record.folder.as_str()).collect::<Vec<_>>().join(", ");
    let files = stale.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>().join(", ");
    if stale.is_empty() {
        return Ok(format!("the READMEs are in step with {records}"));
    }
    if !is_written {
        return Err(Failure::run(format_args!(
            "not in step with {records}: {files}; run `cargo xtask readme-tables` and commit it"
        )));
    }
    for (file, now) in &stale {
        Output::create(&workspace().join(file))?.finish_with(now.as_bytes())?;
    }
    Ok(format!("{files} now have the figures of {records}"))
}

fn table<R: AsRef<[String]>>(names: &[impl Borrow<str>], rows: impl IntoIterator<Item = R>) -> String {
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

/// Puts tables between their marks, `<!-- name -->` and `<!-- /name -->`, each on a line of its own. A mark without an end gets one;
/// one that is there twice is refused: what is between them is not a table.
pub(crate) fn fill(
    text: &str,
    mut table: impl FnMut(&str) -> Result<Option<String>, Failure>,
) -> Result<String, Failure> {
    let (mut filled, mut lines) = (String::new(), text.lines());
    while let Some(line) = lines.next() {
        filled += &format!("{line}\n");
        let Some(name) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let Some(table) = table(name)? else { continue };
        if lines.clone().any(|other| other == line) {
            return Err(Failure::run(format_args!("the file must have the mark `{line}` once")));
        }
        let end = format!("<!-- /{name} -->");
        filled += &format!("{}\n{end}\n", table.trim_end());
        if lines.clone().any(|line| line == end) {
            lines.find(|line| *line == end);
        }
    }
    Ok(filled)
}

#[test]
fn marks_that_are_there_twice_are_refused_and_remarks_are_none() {
    let table = |name: &str| Ok((name == "copies").then(|| "| 1 |\n".to_string()));
    for (text, expected) in [
        ("a\n<!-- A remark. -->\n x <!-- copies -->\n", "a\n<!-- A remark. -->\n x <!-- copies -->\n"),
        ("a\n<!-- copies -->\n\nb\n", "a\n<!-- copies -->\n| 1 |\n<!-- /copies -->\n\nb\n"),
        ("<!-- copies -->\n2\n\n<!-- /copies -->\nb\n", "<!-- copies -->\n| 1 |\n<!-- /copies -->\nb\n"),
    ] {
        assert_eq!(fill(text, table).unwrap(), expected);
    }
    assert!(fill("<!-- copies -->\n<!-- copies -->\n<!-- /copies -->\n", table).is_err());
}
