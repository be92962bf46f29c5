//! The folder with the results.

use std::path::{Path, PathBuf};

use super::baseline::Comparison;
use super::results::Run;
use super::{csv, json, report};
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::Output;

/// Files that are not there until they are whole.
pub(crate) struct Files {
    folder: PathBuf,
    report: Output,
    json: Output,
    csv: Output,
    baseline: Option<Output>,
    /// The last field: it goes after what is in the folder.
    _made: Folder,
}

impl Files {
    /// Opens them all, so that a folder that cannot be written to is found before the work.
    pub(crate) fn create(folder: &Path, compared: bool) -> Result<Files, Failure> {
        if folder.exists() && !folder.is_dir() {
            return Err(Failure::input(format_args!("--out {}: it is a file; name a folder", folder.display())));
        }
        let made = Folder::create(folder).map_err(|error| {
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

    /// Writes them, and answers where. None takes its place before all are on the disk: what is in the folder belongs together.
    pub(crate) fn write(self, run: &Run, comparison: Option<&Comparison>) -> Result<PathBuf, Failure> {
        let mut texts = vec![
            (self.json, json::text(run)),
            (self.csv, csv::write(run)),
            (self.report, report::html(run, comparison)),
        ];
        if let (Some(output), Some(comparison)) = (self.baseline, comparison) {
            texts.push((output, comparison.csv()));
        }
        for (output, text) in &mut texts {
            output.write_all(text.as_bytes())?;
            output.complete()?;
        }
        for (output, _) in texts {
            output.finish()?;
        }
        Ok(self.folder)
    }
}
