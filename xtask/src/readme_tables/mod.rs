//! `cargo xtask readme-tables`: the tables of the READMEs, from the newest record of each machine.

mod copies;
mod integrations;
mod markdown;
pub(crate) mod marks;
mod memmaps;
mod records;

use std::fs;
use std::io::{self, Write};

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::args;
use crate::cargo::workspace;
use crate::failure::Failure;
use crate::integrations::NAMES;
use crate::output::Output;
use crate::targets;
use records::Records;

const LONG_ABOUT: &str = "Writes the tables of README.md, and of those in integrations, between their marks (<!-- copies --> and <!-- /copies -->) from the records that records/shown.toml lists, the newest of each machine:\n  \
    copies, peers, memmap: results.json of `cargo xtask bench-matrix`\n  \
    rebind: rebind.json of `cargo xtask rebind --json`\n  \
    integrations, and the name of each: the folder integrations of `cargo xtask integrations --measure --record`\n\n\
    One is not from the records: targets, from the table that `cargo xtask test --step targets` checks.\n\
    What is not between marks stays as it is.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask readme-tables              after a new record; then commit the READMEs with it\n  \
    cargo xtask readme-tables --check      what `cargo xtask test` asks";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("readme-tables")
        .about(
            "Writes the tables of the READMEs from the newest record of each machine, or checks that they are in step",
        )
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Write nothing; exit with 1 if they are not in step"),
        )
}

/// Runs it.
pub(crate) fn run(mut matches: ArgMatches) -> Result<(), Failure> {
    let said = if args::take(&mut matches, "check") { check()? } else { write()? };
    writeln!(io::stdout(), "{said}").map_err(|error| Failure::stdout(&error))
}

/// Fails unless the READMEs are as the records make them.
pub(crate) fn check() -> Result<String, Failure> {
    let Tables { stale, records } = Tables::read()?;
    if stale.is_empty() {
        return Ok(format!("the READMEs are in step with {records}"));
    }
    let files: Vec<_> = stale.into_iter().map(|(file, _)| file).collect();
    Err(Failure::run(format_args!(
        "not in step with {records}: {}; run `cargo xtask readme-tables` and commit it",
        files.join(", ")
    )))
}

fn write() -> Result<String, Failure> {
    let Tables { stale, records } = Tables::read()?;
    if stale.is_empty() {
        return Ok(format!("the READMEs were in step with {records}"));
    }
    let mut files = Vec::new();
    for (file, now) in stale {
        let mut output = Output::create(&workspace().join(&file))?;
        output.write_all(now.as_bytes())?;
        output.finish()?;
        files.push(file);
    }
    Ok(format!("{} now have the figures of {records}", files.join(", ")))
}

/// The READMEs that are not as they are to be.
struct Tables {
    /// Each with what it is to be.
    stale: Vec<(String, String)>,
    /// Where the figures are from.
    records: String,
}

impl Tables {
    fn read() -> Result<Tables, Failure> {
        let workspace = workspace();
        let records = Records::read(&workspace.join("records"))?;
        let pages = NAMES.iter().map(|name| format!("integrations/{name}/README.md"));
        let mut files = vec!["README.md".to_string(), "integrations/README.md".to_string()];
        files.extend(pages);
        // A tree without the integrations has no pages of them.
        files.retain(|file| file == "README.md" || workspace.join(file).exists());
        let mut stale = Vec::new();
        for file in files {
            let then = fs::read_to_string(workspace.join(&file))
                .map_err(|error| Failure::input(format_args!("cannot read {file}: {error}")))?;
            let mut now = then.clone();
            for name in marks::names(&then) {
                let table = match name {
                    "copies" => Some(copies::copies(&records.0)),
                    "peers" => Some(copies::peers(&records.0)),
                    "memmap" => Some(memmaps::memmap(&records.0)),
                    "rebind" => Some(memmaps::rebind(&records.0)?),
                    "targets" => Some(targets::block()),
                    _ => integrations::table(name, &records.0)?,
                };
                if let Some(table) = table {
                    now = marks::replace(&now, name, &table).map_err(Failure::run)?;
                }
            }
            if now != then {
                stale.push((file, now));
            }
        }
        Ok(Tables { stale, records: records.names() })
    }
}
