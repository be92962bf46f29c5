//! `cargo xtask readme-tables`: the tables of README.md, from the newest record of each machine.

mod copies;
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
use crate::output::Output;
use crate::targets;
use records::Records;

const LONG_ABOUT: &str = "Writes the tables of README.md between their marks (<!-- copies --> and <!-- /copies -->) from the records that records/shown.toml lists, the newest of each machine:\n  \
    copies, peers, memmap: results.json of `cargo xtask bench-matrix`\n  \
    rebind: rebind.json of `cargo xtask rebind --json`\n\n\
    One is not from the records: targets, from the table that `cargo xtask test --step targets` checks.\n\
    What is not between marks stays as it is.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask readme-tables              after a new record; then commit README.md with it\n  \
    cargo xtask readme-tables --check      what `cargo xtask test` asks";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("readme-tables")
        .about("Writes the tables of README.md from the newest record of each machine, or checks that they are in step")
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

/// Fails unless README.md is as the records make it.
pub(crate) fn check() -> Result<String, Failure> {
    let Tables { now, then, records } = Tables::read()?;
    if now == then {
        return Ok(format!("README.md is in step with {records}"));
    }
    Err(Failure::run(format_args!(
        "README.md is not in step with {records}; run `cargo xtask readme-tables` and commit it"
    )))
}

fn write() -> Result<String, Failure> {
    let Tables { now, then, records } = Tables::read()?;
    if now == then {
        return Ok(format!("README.md was in step with {records}"));
    }
    let mut output = Output::create(&workspace().join("README.md"))?;
    output.write_all(now.as_bytes())?;
    output.finish()?;
    Ok(format!("README.md now has the figures of {records}"))
}

/// The README as it is, and as it is to be.
struct Tables {
    now: String,
    then: String,
    /// Where the figures are from.
    records: String,
}

impl Tables {
    fn read() -> Result<Tables, Failure> {
        let workspace = workspace();
        let records = Records::read(&workspace.join("records"))?;
        let then = fs::read_to_string(workspace.join("README.md"))
            .map_err(|error| Failure::input(format_args!("cannot read README.md: {error}")))?;
        let mut now = then.clone();
        for name in marks::names(&then) {
            let table = match name {
                "copies" => Some(copies::copies(&records.0)),
                "peers" => Some(copies::peers(&records.0)),
                "memmap" => Some(memmaps::memmap(&records.0)),
                "rebind" => Some(memmaps::rebind(&records.0)?),
                "targets" => Some(targets::block()),
                _ => None,
            };
            if let Some(table) = table {
                now = marks::replace(&now, name, &table).map_err(Failure::run)?;
            }
        }
        Ok(Tables { now, then, records: records.names() })
    }
}
