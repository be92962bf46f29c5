//! The tables of memmaps.

use bench_runner::Op;
use bench_runner::protocol::Kind;
use serde_json::Value;

use super::markdown::{header, row, source};
use super::records::Record;
use crate::bench::text;
use crate::failure::Failure;

/// The strategies.
pub(super) fn memmap(records: &[Record]) -> String {
    let mut table = header(&["machine", "memmap", "threads", "strategy", "GB/s", "against slow"].map(String::from));
    for Record { machine, run, .. } in records {
        for race in run.races() {
            let (Op::MemmapFsdax | Op::MemmapDevdax) = race.point().op else { continue };
            let slow = race.named("slow").map(|slow| slow.gb_s());
            for entrant in race.0.iter().filter(|row| !row.is(Kind::Limit)) {
                table += &row(&[
                    machine.clone(),
                    entrant.point.op.to_string(),
                    entrant.point.threads.to_string(),
                    entrant.entrant.name.clone(),
                    format!("{:.1}", entrant.gb_s()),
                    slow.map(|slow| format!("{:.2}", entrant.gb_s() / slow)).unwrap_or_default(),
                ]);
            }
        }
    }
    let sources: Vec<_> = records
        .iter()
        .map(|Record { name, machine, run, .. }| format!("{machine}: {}.", source(&run.machine, name)))
        .collect();
    format!("{table}\n{}\n", sources.join(" "))
}

/// The experiment of the Linux patch, a group of rows for each machine.
pub(super) fn rebind(records: &[Record]) -> Result<String, Failure> {
    let names = [
        "machine",
        "mode",
        "strategy",
        "median rebind, ms (min..max)",
        "ns per struct page",
        "GB/s",
        "against slow",
        "of the write limit",
    ];
    let mut table = header(&names.map(String::from));
    let mut sources = Vec::new();
    for record in records {
        let (rows, about) = group(&record.machine, &record.rebind()?, &record.name).ok_or_else(|| {
            Failure::input(format_args!(
                "records/{}/rebind.json has no results as `cargo xtask rebind --json` writes them",
                record.name
            ))
        })?;
        table += &rows;
        sources.push(about);
    }
    Ok(format!("{table}\n{}\n", sources.join(" ")))
}

/// The rows of a machine, and where they are from; None if they are not there.
fn group(machine: &str, json: &Value, record: &str) -> Option<(String, String)> {
    let results = json["results"].as_array().filter(|rows| !rows.is_empty())?;
    let mut rows = String::new();
    for result in results {
        let ms = &result["rebind_ms"];
        rows += &row(&[
            machine.to_string(),
            result["mode"].as_str()?.to_string(),
            result["strategy"].as_str()?.to_string(),
            format!("{:.1} ({:.1}..{:.1})", ms["median"].as_f64()?, ms["min"].as_f64()?, ms["max"].as_f64()?),
            format!("{:.2}", result["ns_per_page"].as_f64()?),
            format!("{:.1}", result["gb_s"].as_f64()?),
            result["vs_slow"].as_f64().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            format!("{:.0} %", 100.0 * result["of_limit"].as_f64()?),
        ]);
    }
    let size = text::bytes(json["size_bytes"].as_u64()?);
    Some((rows, format!("{machine}: a namespace of {size}; {}.", source(&json["machine"], record))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::records::tests::record;
    use super::*;

    #[test]
    fn strategies_are_compared_with_slow() {
        let table = memmap(&[record("A"), record("B")]);
        assert!(table.contains("| B | memmap-devdax | 1 | stamped | 20.0 | 2.22 |"), "{table}");
        assert!(!table.contains("limit"), "{table}");
    }

    #[test]
    fn rebinds_are_taken_as_they_are() {
        let result = json!({
            "mode": "fsdax", "strategy": "stamped", "rebind_ms": { "median": 62.04, "min": 61.0, "max": 70.0 }, "ns_per_page": 2.4, "gb_s": 26.6,
            "vs_slow": 1.31, "of_limit": 0.975,
        });
        let json = json!({ "size_bytes": 100_u64 << 30, "machine": { "cpu": "A" }, "results": [result] });
        let (rows, about) = group("M", &json, "there").unwrap();
        assert_eq!(rows, "| M | fsdax | stamped | 62.0 (61.0..70.0) | 2.40 | 26.6 | 1.31 | 98 % |\n");
        assert!(about.contains("100 GiB") && !about.contains("commit"), "{about}");
        assert_eq!(group("M", &json!({}), "there"), None);
    }
}
