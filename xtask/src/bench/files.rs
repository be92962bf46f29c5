//! The folder with the results, and the texts of its files: readable JSON, and CSV for spreadsheets.

use std::iter::zip;
use std::path::{Path, PathBuf};

use bench_runner::protocol::LIMIT_READ;
use serde::Serialize;
use serde_json::{Value, json};

use super::baseline::Comparison;
use super::report;
use super::results::{OLDEST, Run, SCHEMA};
use crate::failure::Failure;
use crate::output::{Folder, Output};
use crate::stats::{Estimate, rounded};

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
        let made = Folder::create(folder).map_err(|error| {
            Failure::input(format_args!("--out {}: {error}; name a folder that you can write to", folder.display()))
        })?;
        let names = ["report.html", "results.json", "results.csv", "baseline.csv"];
        let outputs = names[..if compared { 4 } else { 3 }].iter().map(|name| Output::create(&folder.join(name)));
        Ok(Files { folder: folder.to_path_buf(), outputs: outputs.collect::<Result<_, _>>()?, _made: made })
    }

    /// Writes them, and answers where. None takes its place before all are on the disk: what is in the folder belongs together.
    pub(crate) fn write(mut self, run: &Run, comparison: Option<&Comparison>) -> Result<PathBuf, Failure> {
        let texts = [report::html(run, comparison), json(run), csv(run)];
        for (output, text) in zip(&mut self.outputs, texts.into_iter().chain(comparison.map(Comparison::csv))) {
            output.write_all(text.as_bytes())?;
            output.complete()?;
        }
        self.outputs.into_iter().try_for_each(Output::finish)?;
        Ok(self.folder)
    }
}

/// `results.json`, with a line for each row.
pub(crate) fn json(run: &Run) -> String {
    let mut head = json!(run);
    for (value, row) in head["rows"].as_array_mut().into_iter().flatten().zip(&run.rows) {
        // Nobody is in a race whose bytes are wrong. And what readers need not compute.
        value["verified"] = true.into();
        value["gb_s"] = rounded(row.gb_s()).into();
    }
    let lists = ["rows", "foreign"].map(|name| {
        let items = head.as_object_mut().and_then(|head| head.shift_remove(name)).unwrap_or_default();
        let lines: Vec<_> = items.as_array().into_iter().flatten().map(|item| format!("    {item}")).collect();
        format!("  \"{name}\": [\n{}\n  ]", lines.join(",\n"))
    });
    format!("{},\n{}\n}}\n", format!("{head:#}").trim_end_matches("\n}"), lists.join(",\n"))
}

/// Reads `results.json`. An error is in words that follow the file's name.
pub(crate) fn read(text: &str) -> Result<Run, String> {
    let json: Value = serde_json::from_str(text).map_err(|error| format!("is not JSON of bench-matrix: {error}"))?;
    let schema = json["schema"].as_u64().ok_or("is no results.json of bench-matrix: it has no schema")?;
    if !(OLDEST..=SCHEMA).contains(&schema) {
        return Err(format!("has schema {schema}; this version reads schemas {OLDEST} to {SCHEMA}: measure again"));
    }
    let mut run: Run =
        serde_json::from_str(text).map_err(|error| format!("is not what schema {schema} is: {error}"))?;
    if run.rows.iter().any(|row| !row.ns.is_one() || row.relative.is_some_and(|relative| !relative.is_one())) {
        return Err("has an estimate that is none".to_string());
    }
    // That of schema 1 was a plain loop, which many machines read faster than.
    run.rows.retain(|row| schema > 1 || row.entrant.name != LIMIT_READ);
    run.schema = SCHEMA;
    Ok(run)
}

fn csv(run: &Run) -> String {
    let names = "target,op,size,ends,cache,reread,threads,name,kind,backend,streamed,bytes,rounds,ns,ns_low,ns_high,gb_s,\
        relative,relative_low,relative_high";
    let rows = run.rows.iter().map(|row| {
        let relative = row.relative.map_or_else(Default::default, |relative| csv_cells(relative, 4));
        let (ns, gb_s) = (csv_cells(row.ns, 0), format!("{:.3}", row.gb_s()));
        (&row.target, row.point, &row.entrant, row.bytes, row.rounds, ns, gb_s, relative)
    });
    csv_of(names, rows)
}

/// A file with a row of names and rows of as many cells.
pub(super) fn csv_of(names: &str, rows: impl Iterator<Item = impl Serialize>) -> String {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let mut written = writer.write_record(names.split(','));
    for row in rows {
        written = written.and_then(|()| writer.serialize(row));
    }
    written.expect("memory takes all of it, and all rows are as long");
    String::from_utf8(writer.into_inner().expect("memory takes all of it")).expect("text was put in")
}

/// The median and the limits, with so many decimals.
pub(super) fn csv_cells(estimate: Estimate, decimals: usize) -> [String; 3] {
    [estimate.median, estimate.low, estimate.high].map(|value| format!("{value:.decimals$}"))
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::RUN;
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_every_row_is_there() {
        let mut run = RUN.clone();
        run.rows[0].relative = None;
        let text = json(&run);
        assert!(text.lines().count() > run.rows.len() && text.ends_with("}\n"));
        assert!(text.contains("\"verified\":true,\"gb_s\":2.0}"), "{text}");
        let again = read(&text).unwrap();
        assert_eq!((again.rows.len(), json(&again)), (run.rows.len(), text));
        let first = "host,copy,256,aligned,cold-rand,no,1,avx2,ours,avx2,yes,1048576,15,524288,498074,550502,2.000,,,";
        let csv = csv(&run);
        assert_eq!((csv.lines().count(), csv.lines().nth(1)), (run.rows.len() + 1, Some(first)));
    }

    #[test]
    fn other_files_are_refused_and_what_was_no_limit_is_not_read_as_one() {
        let text = json(&RUN);
        for (from, to, mentioned) in [
            ("\"schema\": 3", "\"schema\": 0", "schema 0"),
            ("\"schema\": 3", "\"schema\": 4", "schema 4"),
            ("\"copy\"", "\"move\"", "expected one of `copy`"),
            ("\"low\":498073.6", "\"low\":1e12", "estimate"),
        ] {
            let why = read(&text.replace(from, to)).unwrap_err();
            assert!(why.contains(mentioned), "{mentioned}: {why}");
        }
        let limits = text.replace("\"limit-fill\"", "\"limit-read\"");
        let of_old = read(&limits.replace("\"schema\": 3", "\"schema\": 1")).unwrap();
        assert_eq!(read(&limits).unwrap().rows.len(), RUN.rows.len());
        assert!(of_old.rows.iter().all(|row| row.entrant.name != LIMIT_READ));
    }

    #[test]
    fn every_record_is_read() {
        let records = std::fs::read_dir(crate::cargo::workspace().join("records")).unwrap();
        let files = records.map(|entry| entry.unwrap().path().join("results.json"));
        let texts: Vec<_> = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
        assert!(texts.len() >= 3 && texts.iter().all(|text| !read(text).unwrap().rows.is_empty()));
    }
}
