//! The folder `records`: measurements as data, a folder for each machine and day, and the list of those that the README shows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::value::{Date, Datetime};

use super::source;
use crate::bench::files;
use crate::bench::results::Run;
use crate::cargo::workspace;
use crate::failure::Failure;
use crate::integrations::Measured;
use crate::rebind::results::Document;

/// The list: folders, and what their machines are called.
const LIST: &str = "shown.toml";

pub(super) struct Record {
    /// As the README links to it.
    pub(super) folder: String,
    pub(super) machine: String,
    pub(super) run: Run,
}

impl Record {
    /// Where the figures of `run` are from.
    pub(super) fn source(&self) -> String {
        source(&self.run.machine, &self.folder)
    }

    pub(super) fn rebind(&self) -> Result<Document, Failure> {
        let path = workspace().join(&self.folder).join("rebind.json");
        let text = text(&path, &format!("; make it with `cargo xtask rebind --json {}`", path.display()))?;
        serde_json::from_str(&text).map_err(|error| wrong(&path, error))
    }

    /// What an integration has measured, if it was measured there.
    pub(super) fn integration(&self, name: &str) -> Result<Option<Measured>, Failure> {
        let path = workspace().join(&self.folder).join(format!("integrations/{name}.json"));
        if path.exists() { Measured::read(&path).map(Some) } else { Ok(None) }
    }
}

/// The newest record of each machine, in the order of their names.
pub(super) fn read() -> Result<Vec<Record>, Failure> {
    let records = workspace().join("records");
    let list = records.join(LIST);
    let newest = newest(&text(&list, "")?).map_err(|why| wrong(&list, why))?;
    let read = |(name, machine)| {
        let path = records.join(&name);
        let results = path.join("results.json");
        let make = format!("cargo xtask bench-matrix --out {}", path.display());
        let text = text(&results, &format!("; make it with `{make}`, or take it out of {LIST}"))?;
        let run = files::read(&text).map_err(|error| Failure::input(format_args!("{} {error}", results.display())))?;
        Ok(Record { folder: format!("records/{name}"), machine, run })
    };
    newest.into_iter().map(read).collect()
}

fn text(path: &Path, remedy: &str) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::input(format_args!("cannot read {}: {error}{remedy}", path.display())))
}

fn wrong(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::input(format_args!("{}: {why}", path.display()))
}

/// Folder and machine of the newest record of each machine that a list has.
fn newest(list: &str) -> Result<Vec<(String, String)>, String> {
    let table: BTreeMap<String, String> = toml::from_str(list).map_err(|error| error.message().to_string())?;
    let mut newest: Vec<(String, String)> = Vec::new();
    for (name, machine) in table {
        if date(&name).is_none() || name.contains(['/', '\\']) {
            return Err(format!("`{name}`: write the folder's name, which ends with a date (-2026-01-31)"));
        }
        match newest.iter_mut().find(|(_, other)| *other == machine) {
            Some((other, _)) if date(&name) >= date(other) => *other = name,
            Some(_) => {}
            None => newest.push((name, machine)),
        }
    }
    if newest.is_empty() {
        return Err("it names no record; make one with `cargo xtask bench-matrix --out records/NAME`".to_string());
    }
    Ok(newest)
}

/// `2026-01-31` at the end of a folder's name.
fn date(name: &str) -> Option<Date> {
    name.get(name.len().checked_sub(10)?..)?.parse::<Datetime>().ok()?.date
}
