//! `cargo xtask readme-tables`: the tables of the READMEs, from the newest record of each machine.

mod records;
mod tables;

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
    let (stale, records) = stale()?;
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

/// The READMEs that are not as they are to be, each with what it is to be; and where the figures are from.
fn stale() -> Result<(Vec<(String, String)>, String), Failure> {
    let records = records::read()?;
    let pages = NAMES.iter().map(|name| format!("integrations/{name}/README.md"));
    let files = ["README.md", "integrations/README.md"].map(String::from).into_iter().chain(pages);
    let mut stale = Vec::new();
    // A tree without the integrations has no pages of them.
    for file in files.filter(|file| file == "README.md" || workspace().join(file).exists()) {
        let then = fs::read_to_string(workspace().join(&file))
            .map_err(|error| Failure::input(format_args!("cannot read {file}: {error}")))?;
        let mut now = then.clone();
        for name in marks(&then) {
            let table = match name {
                "copies" => Some(tables::copies(&records)),
                "peers" => Some(tables::peers(&records)),
                "memmap" => Some(tables::memmap(&records)),
                "rebind" => Some(tables::rebind(&records)?),
                "targets" => Some(targets::block()),
                _ => tables::integrations(name, &records)?,
            };
            if let Some(table) = table {
                now = replace(&now, name, &table).map_err(Failure::run)?;
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

/// The names of the marks that begin a table, in order: `<!-- name -->`, on a line of its own; its end is `<!-- /name -->`.
fn marks(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let name = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
        name.bytes().all(|c| c.is_ascii_lowercase() || c == b'-').then_some(name)
    })
}

/// Puts `table` between the marks of `name`. A mark without an end gets one; one that is there twice is refused.
pub(crate) fn replace(text: &str, name: &str, table: &str) -> Result<String, String> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let lines: Vec<_> = text.lines().collect();
    let places = |mark: &str| -> Vec<usize> { (0..lines.len()).filter(|&line| lines[line] == mark).collect() };
    let (&[start], ends) = (places(&begin).as_slice(), places(&end)) else {
        return Err(format!("the file must have the mark `{begin}` once"));
    };
    let rest = match ends[..] {
        [] => start + 1,
        [end] if end > start => end + 1,
        _ => return Err(format!("the file must have the mark `{end}` once, below `{begin}`")),
    };
    let mut new = lines[..=start].join("\n");
    new += &format!("\n{}\n{end}\n", table.trim_end());
    new += &lines[rest..].join("\n");
    Ok(new.trim_end().to_string() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_are_there_twice_are_refused_and_remarks_are_none() {
        let text = "a\n<!-- A remark. -->\n x <!-- memmap -->\n<!-- copies -->\n\nb\n";
        assert_eq!(marks(&replace(text, "copies", "| 1 |\n").unwrap()).collect::<Vec<_>>(), ["copies"]);
        for refused in ["<!-- a -->\n<!-- a -->\n", "<!-- /a -->\n<!-- a -->\n"] {
            assert!(replace(refused, "a", "").is_err());
        }
    }
}
