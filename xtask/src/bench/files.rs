//! The folder with the results.

use std::iter::zip;
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
    /// report.html, results.json, results.csv, and with a baseline baseline.csv.
    outputs: Vec<Output>,
    /// The last field: it goes after what is in the folder.
    _made: Folder,
}

impl Files {
    /// Opens them all, so that a folder that cannot be written to is found before the work.
    pub(crate) fn create(folder: &Path, compared: bool) -> Result<Files, Failure> {
        let shown = folder.display();
        if folder.exists() && !folder.is_dir() {
            return Err(Failure::input(format_args!("--out {shown}: it is a file; name a folder")));
        }
        let made = Folder::create(folder).map_err(|error| {
            Failure::input(format_args!("--out {shown}: {error}; name a folder that you can write to"))
        })?;
        let names =
            ["report.html", "results.json", "results.csv"].into_iter().chain(compared.then_some("baseline.csv"));
        let outputs = names.map(|name| Output::create(&folder.join(name))).collect::<Result<_, _>>()?;
        Ok(Files { folder: folder.to_path_buf(), outputs, _made: made })
    }

    /// Writes them, and answers where. None takes its place before all are on the disk: what is in the folder belongs together.
    pub(crate) fn write(mut self, run: &Run, comparison: Option<&Comparison>) -> Result<PathBuf, Failure> {
        let texts = [report::html(run, comparison), json::text(run), csv::text(run)];
        for (output, text) in zip(&mut self.outputs, texts.into_iter().chain(comparison.map(Comparison::csv))) {
            output.write_all(text.as_bytes())?;
            output.complete()?;
        }
        self.outputs.into_iter().try_for_each(Output::finish)?;
        Ok(self.folder)
    }
}
