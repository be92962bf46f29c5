//! The file of `--json`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use super::results::Row;
use crate::stats::Summary;

/// All of it. Files of before arm64 was known have neither `arch` nor `page_size`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) machine: Value,
    pub(crate) backend: String,
    pub(crate) kernel: String,
    pub(crate) arch: Option<String>,
    pub(crate) page_size: Option<u64>,
    pub(crate) size_bytes: u64,
    pub(crate) map: String,
    pub(crate) rebinds: u32,
    pub(crate) huge_pages: bool,
    pub(crate) struct_page_bytes: u64,
    pub(crate) prefault: String,
    /// Of the fewest threads, usually one.
    pub(crate) limit_gb_s: f64,
    pub(crate) limit_gb_s_spread: Summary,
    pub(crate) ordinary_gb_s: f64,
    pub(crate) results: Vec<Row>,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Document, String> {
        let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if document.results.is_empty() { Err("it has no results".to_string()) } else { Ok(document) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_read_and_written_as_it_is() {
        let records = crate::cargo::workspace().join("records");
        let folders = std::fs::read_dir(records).unwrap().map(|entry| entry.unwrap().path());
        let files = folders.flat_map(|folder| [folder.join("rebind.json"), folder.join("tuned/rebind.json")]);
        let files: Vec<_> = files.filter(|file| file.exists()).collect();
        assert!(files.len() >= 4, "{files:?}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let document = Document::read(&text).unwrap_or_else(|why| panic!("{file:?}: {why}"));
            let mut written = serde_json::to_value(&document).unwrap();
            let read: Value = serde_json::from_str(&text).unwrap();
            written.as_object_mut().unwrap().retain(|name, value| !value.is_null() || read.get(name).is_some());
            assert_eq!(written, read, "{file:?}");
        }
        assert!(Document::read("{}").unwrap_err().contains("missing field"));
    }
}
