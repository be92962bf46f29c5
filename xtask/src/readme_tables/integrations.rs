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
