//! The folder `records`: measurements as data, a folder for each machine and day, and the list of those that the README shows.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::path::Path;

use toml_datetime::{Date, Datetime};

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
        let remedy = format!("; make it with `cargo xtask rebind --json {}`", path.display());
        parse(&path, &remedy, |text| serde_json::from_str(text))
    }

    /// What an integration has measured, if it was measured there.
    pub(super) fn integration(&self, name: &str) -> Result<Option<Measured>, Failure> {
        let path = workspace().join(&self.folder).join(format!("integrations/{name}.json"));
        if path.exists() { parse(&path, "", Measured::parse).map(Some) } else { Ok(None) }
    }
}

/// The newest record of each machine, in the order of their names.
pub(super) fn read() -> Result<Vec<Record>, Failure> {
    let records = workspace().join("records");
    let newest = parse(&records.join(LIST), "", newest)?;
    let read = |(name, machine)| {
        let path = records.join(&name);
        let make = format!("cargo xtask bench-matrix --out {}", path.display());
        let remedy = format!("; make it with `{make}`, or take it out of {LIST}");
        let run = parse(&path.join("results.json"), &remedy, files::read)?;
        Ok(Record { folder: format!("records/{name}"), machine, run })
    };
    newest.into_iter().map(read).collect()
}

fn parse<T, E: Display>(path: &Path, remedy: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| Failure::input(format_args!("cannot read {shown}: {error}{remedy}")))?;
    parse(&text).map_err(|why| Failure::input(format_args!("{shown}: {why}")))
}

/// Folder and machine of the newest record of each machine that a list has.
fn newest(list: &str) -> Result<Vec<(String, String)>, String> {
    let table: BTreeMap<String, String> = basic_toml::from_str(list).map_err(|error| error.to_string())?;
    if let Some(name) = table.keys().find(|name| date(name).is_none() || name.contains(['/', '\\'])) {
        return Err(format!("`{name}`: write the folder's name, which ends with a date (-2026-01-31)"));
    }
    if table.is_empty() {
        return Err("it names no record; make one with `cargo xtask bench-matrix --out records/NAME`".to_string());
    }
    // The last of a machine, by its date and its name.
    let is_newest = |(name, machine): &(&String, &String)| {
        table.iter().all(|(other, of)| of != *machine || (date(other), other) <= (date(name), *name))
    };
    Ok(table.iter().filter(is_newest).map(|(name, machine)| (name.clone(), machine.clone())).collect())
}

/// `2026-01-31` at the end of a folder's name.
fn date(name: &str) -> Option<Date> {
    name.get(name.len().checked_sub(10)?..)?.parse::<Datetime>().ok()?.date
}
