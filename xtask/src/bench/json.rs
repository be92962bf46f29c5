//! `results.json`, written and read: what its fields are is said in `results.rs`.

use bench_runner::protocol::LIMIT_READ;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::results::{Row, Run, SCHEMA};
use crate::stats::rounded;

const OLDEST: u64 = 1;

fn value(of: impl Serialize) -> Value {
    serde_json::to_value(of).expect("it has names and numbers")
}

/// A row, and what readers need not compute.
fn row(row: &Row) -> Value {
    let mut value = value(row);
    // Nobody is in a race whose bytes are wrong.
    value["verified"] = true.into();
    // Of the figures beside it, so that a reader comes to the same.
    value["gb_s"] = rounded(row.bytes as f64 / rounded(row.ns.median)).into();
    value
}

/// The text of the file: readable, with a line for each row.
pub(crate) fn text(run: &Run) -> String {
    let mut head = value(Run { rows: Vec::new(), foreign: Vec::new(), ..run.clone() });
    head.as_object_mut().expect("a run is an object").retain(|name, _| name != "rows" && name != "foreign");
    let list = |name: &str, items: Vec<Value>| {
        let lines: Vec<_> = items.iter().map(|item| format!("    {item}")).collect();
        format!("  \"{name}\": [\n{}\n  ]", lines.join(",\n"))
    };
    let rows = list("rows", run.rows.iter().map(row).collect());
    let foreign = list("foreign", run.foreign.iter().map(value).collect());
    format!("{},\n{rows},\n{foreign}\n}}\n", format!("{head:#}").trim_end_matches("\n}"))
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
    use super::super::results::tests::run;
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let run = run();
        let text = text(&run);
        assert!(text.lines().count() > run.rows.len() && text.ends_with("}\n"));
        assert!(text.contains("\"verified\":true,\"gb_s\":2.0}"), "{text}");
        let again = read(&text).unwrap();
        assert_eq!((again.rows.len(), super::text(&again)), (run.rows.len(), text));
    }

    #[test]
    fn other_files_are_refused_and_what_was_no_limit_is_not_read_as_one() {
        let changed = |change: fn(&mut Value)| {
            let mut value = value(run());
            change(&mut value);
            read(&value.to_string()).map(|run| run.rows.len())
        };
        for (change, mentioned) in [
            ((|value| value["schema"] = 0.into()) as fn(&mut Value), "schema 0"),
            (|value| value["schema"] = 4.into(), "schema 4"),
            (|value| value["rows"][0]["op"] = "move".into(), "expected one of `copy`"),
            (|value| value["rows"][1]["ns"]["low"] = 1e12.into(), "estimate"),
        ] {
            let why = changed(change).unwrap_err();
            assert!(why.contains(mentioned), "{mentioned}: {why}");
        }
        let as_limit = |value: &mut Value| value["rows"][0]["name"] = LIMIT_READ.into();
        assert_eq!(changed(as_limit).unwrap(), run().rows.len());
        let of_old = |value: &mut Value| {
            value["rows"][0]["name"] = LIMIT_READ.into();
            value["schema"] = 1.into();
        };
        assert_eq!(changed(of_old).unwrap(), run().rows.len() - 1);
    }

    #[test]
    fn every_record_is_read() {
        let records = std::fs::read_dir(crate::cargo::workspace().join("records")).unwrap();
        let texts =
            records.filter_map(|entry| std::fs::read_to_string(entry.unwrap().path().join("results.json")).ok());
        let rows: Vec<_> = texts.map(|text| read(&text).unwrap().rows.len()).collect();
        assert!(rows.len() >= 3 && rows.iter().all(|rows| *rows > 0), "{rows:?}");
    }
}
