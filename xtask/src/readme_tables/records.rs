//! The folder `records`: measurements as data, a folder for each machine and day, and the list of those that the README shows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::bench::files;
use crate::bench::results::Run;
use crate::cargo::workspace;
use crate::failure::Failure;
use crate::integrations::Measured;
use crate::rebind::results::Document;

/// The list: folders, and what their machines are called.
const LIST: &str = "shown.toml";

/// A folder of records.
pub(super) struct Record {
    /// As the README links to it.
    pub(super) folder: String,
    /// What its machine is called.
    pub(super) machine: String,
    pub(super) run: Run,
}

impl Record {
    /// What `rebind` has written.
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
    let read = newest.into_iter().map(|(name, machine)| {
        let path = records.join(&name);
        let results = path.join("results.json");
        let make = format!("cargo xtask bench-matrix --out {}", path.display());
        let text = text(&results, &format!("; make it with `{make}`, or take it out of {LIST}"))?;
        let run = files::read(&text).map_err(|error| Failure::input(format_args!("{} {error}", results.display())))?;
        Ok(Record { folder: format!("records/{name}"), machine, run })
    });
    read.collect()
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
    let table: BTreeMap<String, toml::Value> =
        toml::from_str(list).map_err(|error| error.to_string().lines().next().unwrap_or_default().to_string())?;
    let mut newest: Vec<(String, String)> = Vec::new();
    for (name, machine) in table {
        let is_folder = date(&name).is_some() && !name.contains(['/', '\\']);
        let Some(machine) = machine.as_str().filter(|_| is_folder) else {
            return Err(format!(
                "`{name}`: write the folder's name, which ends with a date (-2026-01-31) = \"the machine's\""
            ));
        };
        match newest.iter_mut().find(|(_, other)| other == machine) {
            Some((other, _)) if date(&name) >= date(other) => *other = name,
            Some(_) => {}
            None => newest.push((name, machine.to_string())),
        }
    }
    if newest.is_empty() {
        return Err("it names no record; make one with `cargo xtask bench-matrix --out records/NAME`".to_string());
    }
    Ok(newest)
}

/// `2026-01-31` at the end of a folder's name.
fn date(name: &str) -> Option<&str> {
    let date = name.get(name.len().checked_sub(10)?..)?;
    let is_date =
        date.bytes().enumerate().all(|(at, c)| if at == 4 || at == 7 { c == b'-' } else { c.is_ascii_digit() });
    is_date.then_some(date)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A record of what was once written, on a machine that is called so.
    pub(crate) fn record(machine: &str) -> Record {
        Record {
            folder: format!("records/{machine}-2026-01-31"),
            machine: machine.to_string(),
            run: files::read(include_str!("../bench/fixed.json")).unwrap(),
        }
    }

    #[test]
    fn the_newest_of_each_machine_is_shown_and_other_lists_are_refused() {
        let list = "b-2026-02-01 = \"B\"\na-2026-03-01 = \"A\"\na-2025-12-31 = \"A\"\nz-2026-01-31 = \"B\"\n";
        let shown: Vec<_> = newest(list).unwrap().into_iter().map(|(name, machine)| name + &machine).collect();
        assert_eq!(shown, ["a-2026-03-01A", "b-2026-02-01B"]);
        for (list, mentioned) in [
            ("", "no record"),
            ("a = \"A\"", "a date"),
            ("a-2026-01-31 = 3", "a-2026-01-31"),
            ("\"../a-2026-01-31\" = \"A\"", "../a"),
            ("a-2026-01-31", "TOML"),
        ] {
            let why = newest(list).unwrap_err();
            assert!(why.contains(mentioned) && why.lines().count() == 1, "{why}");
        }
    }
}
