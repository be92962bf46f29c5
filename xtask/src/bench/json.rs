//! `results.json`, written and read: what its fields are is said in `results.rs`.

use bench_runner::protocol::LIMIT_READ;
use serde::{Deserialize, Serialize};

use super::results::{Row, Run, SCHEMA};
use crate::stats::rounded;

/// The oldest schema that is read.
const OLDEST: u64 = 1;

/// A row, and what readers need not compute.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    row: &'a Row,
    /// Nobody is in a race whose bytes are wrong.
    verified: bool,
    gb_s: f64,
}

impl Written<'_> {
    fn new(row: &Row) -> Written<'_> {
        // Of the figures beside it, so that a reader comes to the same.
        Written { row, verified: true, gb_s: rounded(row.bytes as f64 / rounded(row.ns.median)) }
    }
}

/// The text of the file: readable, with a line for each row.
pub(crate) fn text(run: &Run) -> String {
    let head = Run { rows: Vec::new(), foreign: Vec::new(), ..run.clone() };
    let mut head = serde_json::to_value(head).expect("a run has names and numbers");
    let lists = head.as_object_mut().expect("a run is an object");
    lists.retain(|name, _| name != "rows" && name != "foreign");
    let rows = list("rows", run.rows.iter().map(Written::new));
    let foreign = list("foreign", run.foreign.iter());
    format!("{},\n{rows},\n{foreign}\n}}\n", format!("{head:#}").trim_end_matches("\n}"))
}

fn list(name: &str, items: impl Iterator<Item = impl Serialize>) -> String {
    let lines = items.map(|item| format!("    {}", serde_json::to_string(&item).expect("it has names and numbers")));
    format!("  \"{name}\": [\n{}\n  ]", lines.collect::<Vec<_>>().join(",\n"))
}

/// Reads a file.
///
/// # Errors
/// What is wrong with it, in words that follow the file's name.
pub(crate) fn read(text: &str) -> Result<Run, String> {
    #[derive(Deserialize)]
    struct Version {
        schema: Option<u64>,
    }
    let version: Version =
        serde_json::from_str(text).map_err(|error| format!("is not JSON of bench-matrix: {error}"))?;
    let schema = version.schema.ok_or("is no results.json of bench-matrix: it has no schema")?;
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::results::tests::run;
    use super::*;

    fn value(run: &Run) -> Value {
        serde_json::from_str(&text(run)).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let run = run();
        let text = text(&run);
        assert!(text.lines().count() > run.rows.len() && text.ends_with("}\n"));
        assert!(text.contains("\"verified\":true,\"gb_s\":2.0}"), "{text}");
        let again = read(&text).unwrap();
        assert_eq!(value(&again), value(&run));
        assert_eq!((again.rows.len(), again.foreign), (run.rows.len(), run.foreign));
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        let refused = |change: fn(&mut Value)| {
            let mut value = value(&run());
            change(&mut value);
            read(&value.to_string()).unwrap_err()
        };
        assert!(refused(|value| value["schema"] = 0.into()).contains("schema 0"));
        assert!(refused(|value| value["schema"] = 4.into()).contains("schema 4"));
        assert!(read("{}").unwrap_err().contains("no schema"));
        assert!(read("nonsense").unwrap_err().contains("not JSON"));
        assert!(refused(|value| value["rows"][0]["op"] = "move".into()).contains("expected one of `copy`"));
        assert!(refused(|value| value["rows"] = Value::Null).contains("expected a sequence"));
        assert!(refused(|value| value["rows"][1]["ns"]["low"] = 1e12.into()).contains("estimate"));
    }

    #[test]
    fn every_record_is_read() {
        let records = crate::cargo::workspace().join("records");
        let folders = std::fs::read_dir(records).unwrap().map(|entry| entry.unwrap().path().join("results.json"));
        let files: Vec<_> = folders.filter(|file| file.exists()).collect();
        assert!(files.len() >= 3, "{files:?}");
        for file in files {
            let run = read(&std::fs::read_to_string(&file).unwrap()).unwrap_or_else(|why| panic!("{file:?} {why}"));
            assert!(!run.rows.is_empty());
        }
    }

    #[test]
    fn what_was_no_limit_is_not_read_as_one() {
        let mut run = run();
        let mut limit = run.rows.last().unwrap().clone();
        limit.entrant.name = LIMIT_READ.to_string();
        run.rows.push(limit);
        let mut value = value(&run);
        assert_eq!(read(&value.to_string()).unwrap().rows.len(), run.rows.len());
        value["schema"] = 1.into();
        assert_eq!(read(&value.to_string()).unwrap().rows.len(), run.rows.len() - 1);
    }
}
