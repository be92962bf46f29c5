//! The folder `records`: measurements as data, a folder for each machine and day, and the list of those that the README shows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::bench::json;
use crate::bench::results::Run;
use crate::failure::Failure;
use crate::integrations::Measured;
use crate::rebind::json::Document;

/// The list: folders, and what their machines are called.
const LIST: &str = "shown.toml";

/// A folder of records.
pub(super) struct Record {
    pub(super) name: String,
    /// What its machine is called.
    pub(super) machine: String,
    pub(super) run: Run,
    folder: PathBuf,
}

impl Record {
    fn read(records: &Path, name: &str, machine: &str) -> Result<Record, Failure> {
        let folder = records.join(name);
        let path = folder.join("results.json");
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::input(format_args!(
                "cannot read {}: {error}; make it with `cargo xtask bench-matrix --out {}`, or take it out of {LIST}",
                path.display(),
                folder.display()
            ))
        })?;
        let run = json::read(&text).map_err(|error| Failure::input(format_args!("{} {error}", path.display())))?;
        Ok(Record { name: name.to_string(), machine: machine.to_string(), run, folder })
    }

    /// What `rebind` has written.
    pub(super) fn rebind(&self) -> Result<Document, Failure> {
        let path = self.folder.join("rebind.json");
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::input(format_args!(
                "cannot read {}: {error}; make it with `cargo xtask rebind --json {}`",
                path.display(),
                path.display()
            ))
        })?;
        Document::read(&text).map_err(|why| Failure::input(format_args!("{}: {why}", path.display())))
    }

    /// What an integration has measured, if it was measured there.
    pub(super) fn integration(&self, name: &str) -> Result<Option<Measured>, Failure> {
        let path = self.folder.join("integrations").join(format!("{name}.json"));
        if path.exists() { Measured::read(&path).map(Some) } else { Ok(None) }
    }
}

/// The newest record of each machine, in the order of their names.
pub(super) struct Records(pub(super) Vec<Record>);

impl Records {
    pub(super) fn read(records: &Path) -> Result<Records, Failure> {
        let path = records.join(LIST);
        let text = fs::read_to_string(&path)
            .map_err(|error| Failure::input(format_args!("cannot read {}: {error}", path.display())))?;
        let newest = newest(&text).map_err(|why| Failure::input(format_args!("{}: {why}", path.display())))?;
        let read = newest.iter().map(|(name, machine)| Record::read(records, name, machine));
        Ok(Records(read.collect::<Result<_, _>>()?))
    }

    /// Their folders.
    pub(super) fn names(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|record| format!("records/{}", record.name)).collect();
        names.join(", ")
    }
}

/// Folder and machine of the newest record of each machine that a list has.
fn newest(list: &str) -> Result<Vec<(String, String)>, String> {
    let table: BTreeMap<String, toml::Value> = toml::from_str(list).map_err(|error| first_line(&error.to_string()))?;
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

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A record of what was once written, on a machine that is called so.
    pub(crate) fn record(machine: &str) -> Record {
        Record {
            name: format!("{machine}-2026-01-31"),
            machine: machine.to_string(),
            run: json::read(include_str!("../bench/fixed.json")).unwrap(),
            folder: PathBuf::new(),
        }
    }

    #[test]
    fn the_newest_of_each_machine_is_shown() {
        let list =
            "# Records.\nb-2026-02-01 = \"B\"\na-2026-03-01 = \"A\"\na-2025-12-31 = \"A\"\nz-2026-01-31 = \"B\"\n";
        let pair = |name: &str, machine: &str| (name.to_string(), machine.to_string());
        assert_eq!(newest(list).unwrap(), [pair("a-2026-03-01", "A"), pair("b-2026-02-01", "B")]);
    }

    #[test]
    fn lists_that_cannot_be_are_refused() {
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
