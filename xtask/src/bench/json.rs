//! `results.json`, written and read.
//!
//! Schema 2. `schema`: 2. `quick`, `partial`: booleans. `seconds`: how long it took. `machine`: facts. `active`: the backend that the
//! machine uses by itself. `versions`: who took part. `rows`: an object each with the `target` (`host`, or a triple that ran on
//! real hardware), the point (`op`, `size` in bytes, `ends`, `cache`, `reread`, `threads`), who (`name`, `kind`: ours, peer or limit,
//! `backend`: asserted, or the loop of a limit, `streamed`: yes, no or unknown), `verified`: true, the `bytes` and the nanoseconds of a lap (`ns`, median with
//! the 95 % limits `low` and `high`, over `rounds` laps), `gb_s`: 10^9 bytes a second, and `relative`: how many times as fast as the
//! geometric mean of the peers and the streaming fill of the point, in the same round. `foreign`: targets that were emulated, or are missing; no times.
//!
//! A reader must refuse a schema that it does not know. A field may be added within one.
//!
//! Schema 1 had neither `limit-copy` nor extents, and its `limit-read` was a plain loop, which many machines read faster than. It is
//! read as what it is: without these rows.

use bench_runner::Point;
use bench_runner::protocol::{Entrant, LIMIT_READ};
use serde_json::{Value, json};

use super::estimate::Estimate;
use super::results::{Code, Foreign, Row, Run};

/// The version of the format.
pub(crate) const SCHEMA: u64 = 2;
/// The oldest that is read.
const OLDEST: u64 = 1;

/// The text of the file: readable, with a line for each row.
pub(crate) fn text(run: &Run) -> String {
    let mut json = write(run);
    let mut lists = String::new();
    for name in ["rows", "foreign"] {
        let list = json.as_object_mut().and_then(|object| object.remove(name)).unwrap_or_default();
        let lines: Vec<_> = list.as_array().into_iter().flatten().map(|item| format!("    {item}")).collect();
        lists += &format!(",\n  \"{name}\": [\n{}\n  ]", lines.join(",\n"));
    }
    let head = format!("{json:#}");
    format!("{}{lists}\n}}\n", head.trim_end_matches("\n}"))
}

/// The whole file.
fn write(run: &Run) -> Value {
    let versions: serde_json::Map<_, _> =
        run.versions.iter().map(|(name, version)| (name.clone(), Value::from(version.as_str()))).collect();
    json!({
        "schema": SCHEMA,
        "quick": run.quick,
        "partial": run.partial,
        "seconds": run.seconds.round(),
        "machine": run.machine,
        "active": run.active,
        "versions": versions,
        "rows": run.rows.iter().map(row).collect::<Vec<_>>(),
        "foreign": run.foreign.iter().map(foreign).collect::<Vec<_>>(),
    })
}

fn row(row: &Row) -> Value {
    let Point { op, size, ends, cache, reread, threads } = row.point;
    json!({
        "target": row.target,
        "op": op.name(),
        "size": size,
        "ends": ends.name(),
        "cache": cache.name(),
        "reread": reread.name(),
        "threads": threads,
        "name": row.entrant.name,
        "kind": row.entrant.kind.name(),
        "backend": row.entrant.backend,
        "streamed": row.entrant.streamed,
        "verified": true,
        "bytes": row.bytes,
        "rounds": row.rounds,
        "ns": estimate(row.ns),
        // Of the figure beside it, so that a reader comes to the same.
        "gb_s": rounded(row.bytes as f64 / rounded(row.ns.median)),
        "relative": row.relative.map(estimate),
    })
}

fn foreign(foreign: &Foreign) -> Value {
    let code = foreign.code.iter().map(|code| {
        json!({
            "function": code.function,
            "instructions_per_line": code.instructions,
            "streaming_stores_per_line": code.streaming_stores,
        })
    });
    json!({
        "target": foreign.target,
        "cpu": foreign.cpu,
        "backend": foreign.backend,
        "points_verified": foreign.verified,
        "code": code.collect::<Vec<_>>(),
        "missing": foreign.missing,
    })
}

fn estimate(of: Estimate) -> Value {
    json!({ "median": rounded(of.median), "low": rounded(of.low), "high": rounded(of.high) })
}

/// Five digits: more are noise.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let scale = 10_f64.powi(4 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

/// Reads a file.
///
/// # Errors
/// What is wrong with it, in words that follow the file's name.
pub(crate) fn read(text: &str) -> Result<Run, String> {
    let json: Value = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    let schema = match json["schema"].as_u64() {
        Some(known @ OLDEST..=SCHEMA) => known,
        Some(other) => {
            return Err(format!("has schema {other}; this version reads schemas {OLDEST} to {SCHEMA}: measure again"));
        }
        None => return Err("is no results.json of bench-matrix: it has no schema".to_string()),
    };
    let versions = json["versions"].as_object().ok_or("has no versions")?;
    Ok(Run {
        quick: flag(&json, "quick")?,
        partial: flag(&json, "partial")?,
        seconds: number(&json, "seconds")?,
        machine: json["machine"].clone(),
        active: string(&json, "active")?,
        versions: versions.iter().map(|(name, version)| (name.clone(), plain(version))).collect(),
        rows: rows(schema, list(&json, "rows")?)?,
        foreign: list(&json, "foreign")?.iter().map(read_foreign).collect::<Result<_, _>>()?,
    })
}

fn rows(schema: u64, list: &[Value]) -> Result<Vec<Row>, String> {
    let mut rows = list.iter().map(read_row).collect::<Result<Vec<_>, _>>()?;
    // See above.
    rows.retain(|row| schema > 1 || row.entrant.name != LIMIT_READ);
    Ok(rows)
}

fn read_row(json: &Value) -> Result<Row, String> {
    let words = ["op", "size", "ends", "cache", "reread", "threads"].map(|name| plain(&json[name]));
    Ok(Row {
        target: string(json, "target")?,
        point: words.join(" ").parse().map_err(|error| format!("has a row that is no point of the matrix: {error}"))?,
        entrant: Entrant {
            name: string(json, "name")?,
            kind: string(json, "kind")?.parse()?,
            backend: string(json, "backend")?,
            streamed: string(json, "streamed")?,
        },
        bytes: number(json, "bytes")? as u64,
        rounds: number(json, "rounds")? as usize,
        ns: read_estimate(&json["ns"])?,
        relative: if json["relative"].is_null() { None } else { Some(read_estimate(&json["relative"])?) },
    })
}

fn read_estimate(json: &Value) -> Result<Estimate, String> {
    let estimate = Estimate { median: number(json, "median")?, low: number(json, "low")?, high: number(json, "high")? };
    let Estimate { median, low, high } = estimate;
    if 0.0 < low && low <= median && median <= high { Ok(estimate) } else { Err("has an estimate that is none".into()) }
}

fn read_foreign(json: &Value) -> Result<Foreign, String> {
    let code = list(json, "code")?.iter().map(|code| {
        Ok(Code {
            function: string(code, "function")?,
            instructions: number(code, "instructions_per_line")?,
            streaming_stores: number(code, "streaming_stores_per_line")?,
        })
    });
    Ok(Foreign {
        target: string(json, "target")?,
        cpu: string(json, "cpu")?,
        backend: string(json, "backend")?,
        verified: number(json, "points_verified")? as usize,
        code: code.collect::<Result<_, String>>()?,
        missing: json["missing"].as_str().map(str::to_string),
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn string(json: &Value, name: &str) -> Result<String, String> {
    json[name].as_str().map(str::to_string).ok_or_else(|| format!("has no {name} where there should be a text"))
}

fn number(json: &Value, name: &str) -> Result<f64, String> {
    json[name].as_f64().ok_or_else(|| format!("has no {name} where there should be a number"))
}

fn flag(json: &Value, name: &str) -> Result<bool, String> {
    json[name].as_bool().ok_or_else(|| format!("has no {name} where there should be true or false"))
}

fn list<'a>(json: &'a Value, name: &str) -> Result<&'a Vec<Value>, String> {
    json[name].as_array().ok_or_else(|| format!("has no {name} where there should be a list"))
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
        let again = read(&text).unwrap();
        assert!(write(&again) == write(&run));
        assert_eq!(again.rows.len(), run.rows.len());
        assert_eq!(again.foreign, run.foreign);
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        let mut other = write(&run());
        for schema in [0, 3] {
            other["schema"] = schema.into();
            assert!(read(&other.to_string()).unwrap_err().contains(&format!("schema {schema}")));
        }
        assert!(read("{}").unwrap_err().contains("no schema"));
        assert!(read("nonsense").unwrap_err().contains("not JSON"));
        let mut broken = write(&run());
        broken["rows"][0]["op"] = "move".into();
        assert!(read(&broken.to_string()).unwrap_err().contains("known are"));
        broken["rows"] = Value::Null;
        assert!(read(&broken.to_string()).unwrap_err().contains("rows"));
    }

    #[test]
    fn what_was_no_limit_is_not_read_as_one() {
        let mut run = run();
        let mut limit = run.rows.last().unwrap().clone();
        limit.entrant.name = LIMIT_READ.to_string();
        run.rows.push(limit);
        let mut json = write(&run);
        assert_eq!(read(&json.to_string()).unwrap().rows.len(), run.rows.len());
        json["schema"] = 1.into();
        assert_eq!(read(&json.to_string()).unwrap().rows.len(), run.rows.len() - 1);
    }

    #[test]
    fn five_digits() {
        assert_eq!([123456.7, 0.000123456, 0.0].map(rounded), [123460.0, 0.00012346, 0.0]);
    }
}
