//! The tables of `integrations`: one for each, and one of all.

use super::markdown::{header, row};
use super::records::Record;
use crate::failure::Failure;
use crate::integrations::{Measured, NAMES, Row};

/// The table of a mark: of one integration, or of all; None if no table is called so.
pub(super) fn table(name: &str, records: &[Record]) -> Result<Option<String>, Failure> {
    let names: Vec<&str> = match name {
        "integrations" => NAMES.to_vec(),
        name => NAMES.into_iter().filter(|known| *known == name).collect(),
    };
    let (all, mut tables) = (names.len() > 1, String::new());
    for record in records {
        let measured: Vec<_> =
            names.iter().filter_map(|name| record.integration(name).transpose()).collect::<Result<_, _>>()?;
        if !measured.is_empty() {
            tables += &of_machine(record, &measured, all);
        }
    }
    let known = !names.is_empty();
    Ok(known.then(|| if tables.is_empty() { "Not measured yet.\n".to_string() } else { tables }))
}

fn of_machine(record: &Record, measured: &[Measured], all: bool) -> String {
    let first = all.then_some("program");
    let names = ["what, less is better", "without us", "ours", "theirs / ours (99 % limits)", ""];
    let mut table = header(&first.into_iter().chain(names).map(String::from).collect::<Vec<_>>());
    for one in measured {
        let link = all.then(|| format!("[{0}]({0})", one.integration));
        for row_of in &one.rows {
            table += &row(&link.clone().into_iter().chain(cells(row_of)).collect::<Vec<_>>());
        }
        if let Some(why) = &one.skipped {
            let skipped = ["not run".to_string(), why.clone(), String::new(), String::new(), String::new()];
            table += &row(&link.into_iter().chain(skipped).collect::<Vec<_>>());
        }
    }
    let about = &measured[0];
    let fact = |name: &str| about.machine[name].as_str().unwrap_or("unknown");
    let commit = about.machine["commit"].as_str().map(|commit| format!(", commit {commit}")).unwrap_or_default();
    let versions = if all { String::new() } else { format!("{}; ", versions(about)) };
    let folder = format!("{}records/{}/integrations", if all { "../" } else { "../../" }, record.name);
    format!(
        "{table}\n{}: {versions}backend `{}`; {}, {}, {}{commit}; [record]({folder}).\n",
        record.machine,
        about.backend,
        fact("cpu"),
        fact("kernel"),
        fact("libc")
    )
}

fn versions(of: &Measured) -> String {
    let versions =
        of.versions.iter().map(|(name, version)| format!("{name} {}", version.as_str().unwrap_or("unknown")));
    versions.collect::<Vec<_>>().join(", ")
}

fn cells(Row { what, unit, rival, theirs, ours, ratio, low, high, verdict }: &Row) -> [String; 5] {
    let figure = |value: f64| if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
    [
        format!("{what}, {unit}"),
        format!("{rival}: {}", figure(*theirs)),
        figure(*ours),
        format!("{ratio:.2} ({low:.2}..{high:.2})"),
        verdict.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::records::tests::record;
    use super::*;

    #[test]
    fn losses_and_what_was_skipped_are_shown() {
        let row = json!({
            "what": "load", "unit": "ms", "rival": "file", "theirs": 82.4, "ours": 164.8, "ratio": 0.5, "low": 0.45, "high": 0.56, "verdict": "OURS IS WORSE",
        });
        let measured = |integration: &str, rows, skipped| {
            let json = json!({
                "schema": 1, "integration": integration, "quick": false, "backend": "avx2", "versions": { "redb": "4.1.0" }, "rows": rows, "skipped": skipped,
                "machine": { "cpu": "A CPU", "commit": "abc" },
            });
            serde_json::from_value::<Measured>(json).unwrap()
        };
        let both =
            [measured("redb", json!([row]), json!(null)), measured("direct-io", json!([]), json!("no O_DIRECT"))];
        let all = of_machine(&record("M"), &both, true);
        assert!(
            all.contains("| [redb](redb) | load, ms | file: 82 | 165 | 0.50 (0.45..0.56) | OURS IS WORSE |"),
            "{all}"
        );
        assert!(
            all.contains("| [direct-io](direct-io) | not run | no O_DIRECT |") && all.contains("commit abc"),
            "{all}"
        );
        let one = of_machine(&record("M"), &both[..1], false);
        assert!(one.contains("| load, ms |") && one.contains("redb 4.1.0; backend `avx2`"), "{one}");
        assert!(one.contains("(../../records/M-2026-01-31/integrations)"), "{one}");
        assert_eq!(table("copies", &[]).unwrap(), None);
        assert_eq!(table("redb", &[]).unwrap().as_deref(), Some("Not measured yet.\n"));
    }
}
