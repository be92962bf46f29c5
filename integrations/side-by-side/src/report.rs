//! What came of it: a table to read, and a file of data.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use memcpy_streaming::Streamer;
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use crate::Failure;
use crate::stats::Summary;

/// The lock file that all programs here are built by.
const LOCK: &str = include_str!("../../Cargo.lock");

/// A rival beside ours.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What was measured.
    pub what: &'static str,
    /// In which unit; less is better.
    pub unit: &'static str,
    /// What a user has without us.
    pub rival: &'static str,
    pub(crate) theirs: Summary,
    pub(crate) ours: Summary,
    pub(crate) ratio: Summary,
}

impl Row {
    /// What the interval of the ratio says.
    pub fn verdict(&self) -> &'static str {
        self.ratio.verdict(1.0, "ours is better", "OURS IS WORSE")
    }
}

/// All that a program measured.
#[derive(Debug)]
pub struct Report {
    /// The folder of the program.
    pub integration: &'static str,
    /// The crates that are not ours, whose versions go with the figures.
    pub crates: &'static [&'static str],
    /// What was measured.
    pub rows: Vec<Row>,
    /// What could not be measured here, and why.
    pub skipped: Option<String>,
}

impl Report {
    /// The rows as text.
    pub fn table(&self) -> String {
        let mut table = format!("{:?}; less is better, ratio = theirs / ours, 99 % limits\n", Streamer::new());
        for row in &self.rows {
            let (low, high) = row.ratio.interval;
            let Row { what, unit, rival, .. } = row;
            let (theirs, ours) = (row.theirs.shown(2), row.ours.shown(2));
            let ratio = format!("{:.2} ({low:.2}..{high:.2})", row.ratio.median);
            _ = writeln!(table, "{what}, {unit}\n  {rival:<34} {theirs} ours {ours} {ratio}  {}", row.verdict());
        }
        if let Some(why) = &self.skipped {
            _ = writeln!(table, "SKIPPED: {why}");
        }
        table
    }

    pub(crate) fn write(&self, file: NamedTempFile, path: &Path, quick: bool) -> Result<(), Failure> {
        let mut out = BufWriter::new(file.as_file());
        serde_json::to_writer_pretty(&mut out, &self.json(quick))?;
        writeln!(out)?;
        out.flush()?;
        drop(out);
        file.persist(path)?;
        Ok(())
    }

    fn json(&self, quick: bool) -> Value {
        let versions: Map<_, _> = self.crates.iter().map(|name| ((*name).to_string(), locked(name).into())).collect();
        let rows = self.rows.iter().map(|row| {
            let (low, high) = row.ratio.interval;
            json!({
                "what": row.what, "unit": row.unit, "rival": row.rival, "theirs": row.theirs.median, "ours": row.ours.median,
                "ratio": row.ratio.median, "low": low, "high": high, "verdict": row.verdict(),
            })
        });
        json!({
            "schema": 1, "integration": self.integration, "quick": quick, "backend": Streamer::new().backend().name(),
            "versions": versions, "rows": rows.collect::<Vec<_>>(), "skipped": self.skipped,
        })
    }
}

/// Where results will be: beside the file that they become.
pub(crate) fn open(path: &Path) -> Result<NamedTempFile, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Temporary files are private otherwise.
    let file = tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder);
    file.map_err(|error| Failure::of_file(format_args!("cannot write --json {}", path.display()), &error))
}

/// The version of a crate in the lock file.
fn locked(name: &str) -> &'static str {
    let at = LOCK.split_once(&format!("name = \"{name}\"\nversion = \"")).map(|(_, rest)| rest);
    at.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{name} is not in the lock file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_appear_whole_and_name_versions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.json");
        let flat = Summary::of([1.0; 12]);
        let row = Row { what: "time", unit: "s", rival: "libc", theirs: flat, ours: flat, ratio: flat };
        let report = Report { integration: "none", crates: &["lexopt"], rows: vec![row], skipped: None };
        let file = open(&path).unwrap();
        assert!(!path.exists());
        report.write(file, &path, true).unwrap();
        let json: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!((&json["rows"][0]["ratio"], &json["quick"]), (&json!(1.0), &json!(true)));
        assert!(json["versions"]["lexopt"].as_str().unwrap().starts_with("0."), "{json}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(open(Path::new("/no/such/folder/file")), Err(Failure::Input(_))));
    }
}
