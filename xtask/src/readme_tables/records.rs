//! The folder `records`: measurements as data, a folder for each machine and day.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tables;
use crate::bench::json;
use crate::bench::results::Run;
use crate::failure::Failure;

/// A folder of records.
pub(super) struct Record {
    pub(super) name: String,
    folder: PathBuf,
    run: Run,
}

impl Record {
    /// The one with the latest date.
    pub(super) fn newest(records: &Path) -> Result<Record, Failure> {
        let failed = |error: io::Error| Failure::input(format_args!("cannot read {}: {error}", records.display()));
        let mut all = Vec::new();
        for entry in fs::read_dir(records).map_err(failed)? {
            let folder = entry.map_err(failed)?.path();
            if folder.join("results.json").is_file() {
                all.push(Record::read(folder)?);
            }
        }
        let newest = all.into_iter().max_by_key(|record| (record.date(), record.name.clone()));
        newest.ok_or_else(|| {
            Failure::input(
                "no folder of records has a results.json; make one with `cargo xtask bench-matrix --out records/NAME`",
            )
        })
    }

    fn read(folder: PathBuf) -> Result<Record, Failure> {
        let path = folder.join("results.json");
        let text = fs::read_to_string(&path)
            .map_err(|error| Failure::input(format_args!("cannot read {}: {error}", path.display())))?;
        let run = json::read(&text).map_err(|error| Failure::input(format_args!("{} {error}", path.display())))?;
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Record { name, folder, run })
    }

    fn date(&self) -> String {
        self.run.machine["date"].as_str().unwrap_or_default().to_string()
    }

    /// The table of a mark; None if no table is called so.
    pub(super) fn table(&self, name: &str) -> Result<Option<String>, Failure> {
        Ok(match name {
            "copies" => Some(tables::copies(&self.run, &self.name)),
            "peers" => Some(tables::peers(&self.run, &self.name)),
            "memmap" => Some(tables::memmap(&self.run, &self.name)),
            "rebind" => Some(tables::rebind(&self.rebind()?, &self.name)?),
            _ => None,
        })
    }

    fn rebind(&self) -> Result<Value, Failure> {
        let path = self.folder.join("rebind.json");
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::input(format_args!(
                "cannot read {}: {error}; make it with `cargo xtask rebind --json {}`",
                path.display(),
                path.display()
            ))
        })?;
        serde_json::from_str(&text).map_err(|error| Failure::input(format_args!("{}: {error}", path.display())))
    }
}
