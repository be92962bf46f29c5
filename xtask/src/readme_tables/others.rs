//! The tables of memmaps, of `rebind`, and of `integrations`: one for each of those, and one of all.

use serde_json::Value;

use super::records::Record;
use super::{source, table};
use crate::bench::tables;
use crate::failure::Failure;
use crate::integrations::{Measured, NAMES};
use crate::number::long;

pub(super) fn memmap(records: &[Record]) -> String {
    let names = ["machine", "memmap", "threads", "strategy", "GB/s", "against slow"];
    let rows = records.iter().flat_map(|Record { machine, run, .. }| {
        tables::memmaps(run).rows.into_iter().map(|cells| {
            let [memmap, strategy, threads, gb_s, _, slow, _] = cells.try_into().expect("the table has seven columns");
            [machine.clone(), memmap, threads, strategy, gb_s, slow]
        })
    });
    let about = |record: &Record| format!("{}: {}.", record.machine, source(&record.run.machine, &record.folder));
    format!("{}\n{}\n", table(&names, rows), records.iter().map(about).collect::<Vec<_>>().join(" "))
}

/// The experiment of the Linux patch, a group of rows for each machine.
pub(super) fn rebind(records: &[Record]) -> Result<String, Failure> {
    let mut names: Vec<_> = ["machine", "mode", "strategy", "median rebind, ms (min..max)"].into();
    names.extend(["ns per struct page", "GB/s", "against slow", "of the write limit"]);
    let (mut rows, mut sources) = (Vec::new(), Vec::new());
    for record in records {
        let (document, machine) = (record.rebind()?, &record.machine);
        let (size, from) = (long(document.size_bytes), source(&document.machine, &record.folder));
        sources.push(format!("{machine}: a namespace of {size}; {from}."));
        rows.extend(document.results.iter().map(|row| {
            [
                machine.clone(),
                row.mode.clone(),
                row.strategy.clone(),
                format!("{:.1} ({:.1}..{:.1})", row.rebind_ms.median, row.rebind_ms.min, row.rebind_ms.max),
                format!("{:.2}", row.ns_per_page),
                format!("{:.1}", row.gb_s),
                row.vs_slow.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
                row.of_limit_cell(0),
            ]
        }));
    }
    Ok(format!("{}\n{}\n", table(&names, rows), sources.join(" ")))
}

/// The table of one integration, or of all; None if none is called so.
pub(super) fn integrations(name: &str, records: &[Record]) -> Result<Option<String>, Failure> {
    let all = name == "integrations";
    let names: Vec<_> = NAMES.into_iter().filter(|known| all || *known == name).collect();
    let mut tables = String::new();
    for record in records {
        let measured = names.iter().filter_map(|name| record.integration(name).transpose());
        let measured = measured.collect::<Result<Vec<_>, _>>()?;
        if !measured.is_empty() {
            tables += &integrations_of(record, &measured, all);
        }
    }
    Ok(match names[..] {
        [] => None,
        _ if tables.is_empty() => Some("Not measured yet.\n".to_string()),
        _ => Some(tables),
    })
}

fn integrations_of(record: &Record, measured: &[Measured], all: bool) -> String {
    let names = ["program", "what, less is better", "without us", "ours", "theirs / ours (99 % limits)", ""];
    // A page of one does not say which one it is.
    let first = usize::from(!all);
    let mut rows = Vec::new();
    for one in measured {
        let program = format!("[{0}]({0})", one.integration);
        let figure = |value: f64| if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
        rows.extend(one.rows.iter().map(|row| {
            [
                program.clone(),
                format!("{}, {}", row.what, row.unit),
                format!("{}: {}", row.rival, figure(row.theirs)),
                figure(row.ours),
                format!("{:.2} ({:.2}..{:.2})", row.ratio, row.low, row.high),
                row.verdict.clone(),
            ]
        }));
        rows.extend(one.skipped.iter().map(|why| [&program, "not run", why, "", "", ""].map(str::to_string)));
    }
    let about = &measured[0];
    let version = |(name, version): (&String, &Value)| format!("{name} {}", version.as_str().unwrap_or("unknown"));
    let versions = about.versions.iter().map(version).collect::<Vec<_>>().join(", ");
    let (versions, up) = if all { (String::new(), "../") } else { (versions + "; ", "../../") };
    let from = source(&about.machine, &format!("{up}{}/integrations", record.folder));
    let table = table(&names[first..], rows.iter().map(|row| &row[first..]));
    format!("{table}\n{}: {versions}backend `{}`; {from}.\n", record.machine, about.backend)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::records::tests::record;
    use super::*;

    #[test]
    fn rows_are_the_records() {
        let text = memmap(&[record("A"), record("B")]);
        assert!(text.contains("| B | memmap-devdax | 1 | stamped | 20.0 | 2.22 |"), "{text}");
        assert!(!text.contains("limit"), "{text}");
        let mut record = record("M");
        record.path = crate::cargo::workspace().join("records/intel-xeon-emr-2026-11-27");
        let text = rebind(&[record]).unwrap();
        let first =
            "|--|--|--|--|--|--|--|--|\n| M | fsdax | slow | 212.4 (190.2..276.6) | 8.23 | 7.8 | 1.00 | 38 % |\n";
        assert!(text.contains(first) && text.contains("100 GiB") && !text.contains("commit"), "{text}");
    }

    #[test]
    fn losses_and_what_was_skipped_are_shown() {
        let measured = |name: &str, rows, skipped| -> Measured {
            let json = json!({
                "schema": 1, "integration": name, "quick": false, "backend": "avx2", "versions": { "redb": "4.1.0" }, "rows": rows, "skipped": skipped,
                "machine": { "cpu": "A CPU", "commit": "abc" },
            });
            serde_json::from_value(json).unwrap()
        };
        let lost = json!({
            "what": "load", "unit": "ms", "rival": "file", "theirs": 82.4, "ours": 164.8, "ratio": 0.5, "low": 0.45, "high": 0.56, "verdict": "OURS IS WORSE",
        });
        let both = [measured("redb", json!([lost]), None), measured("direct-io", json!([]), Some("no O_DIRECT"))];
        let text = integrations_of(&record("M"), &both, true) + &integrations_of(&record("M"), &both[..1], false);
        for part in [
            "| [redb](redb) | load, ms | file: 82 | 165 | 0.50 (0.45..0.56) | OURS IS WORSE |",
            "| [direct-io](direct-io) | not run | no O_DIRECT |",
            "A CPU, unknown, unknown, commit abc; [record](../records/M-2026-01-31/integrations)",
            "\n| load, ms |",
            "redb 4.1.0; backend `avx2`",
            "(../../records/M-2026-01-31/integrations)",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert_eq!(integrations("copies", &[]).unwrap(), None);
        assert_eq!(integrations("redb", &[]).unwrap().as_deref(), Some("Not measured yet.\n"));
    }
}
