//! The folder with the results.

use std::fs;
use std::path::{Path, PathBuf};

use super::baseline::Comparison;
use super::results::Run;
use super::{csv, json, report};
use crate::failure::Failure;
use crate::output::Output;

/// Files that are not there until they are whole.
pub(crate) struct Files {
    folder: PathBuf,
    report: Output,
    json: Output,
    csv: Output,
    baseline: Option<Output>,
    /// The last field: it goes after what is in the folder.
    _made: Option<Made>,
}

/// A folder that we made: it goes if nothing has come into it.
struct Made(PathBuf);

impl Drop for Made {
    fn drop(&mut self) {
        // Fails if there is something in it.
        let _ = fs::remove_dir(&self.0);
    }
}

impl Files {
    /// Opens them all, so that a folder that cannot be written to is found before the work.
    pub(crate) fn create(folder: &Path, compared: bool) -> Result<Files, Failure> {
        if folder.exists() && !folder.is_dir() {
            return Err(Failure::input(format_args!("--out {}: it is a file; name a folder", folder.display())));
        }
        let made = (!folder.exists()).then(|| Made(folder.to_path_buf()));
        fs::create_dir_all(folder).map_err(|error| {
            Failure::input(format_args!("--out {}: {error}; name a folder that you can write to", folder.display()))
        })?;
        let open = |name: &str| Output::create(&folder.join(name));
        Ok(Files {
            folder: folder.to_path_buf(),
            report: open("report.html")?,
            json: open("results.json")?,
            csv: open("results.csv")?,
            baseline: compared.then(|| open("baseline.csv")).transpose()?,
            _made: made,
        })
    }

    /// Writes them, and answers where.
    pub(crate) fn write(self, run: &Run, comparison: Option<&Comparison>) -> Result<PathBuf, Failure> {
        let write = |mut output: Output, text: String| {
            output.write_all(text.as_bytes())?;
            output.finish()
        };
        write(self.json, json::text(run))?;
        write(self.csv, csv::write(run))?;
        write(self.report, report::html(run, comparison))?;
        if let (Some(output), Some(comparison)) = (self.baseline, comparison) {
            write(output, comparison.csv())?;
        }
        Ok(self.folder)
    }
}
