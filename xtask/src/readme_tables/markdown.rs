//! Tables as Markdown, and where their figures are from.

use serde_json::Value;

/// A row.
pub(super) fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The row of names, and the line below it.
pub(super) fn header(names: &[String]) -> String {
    row(names) + &format!("|{}\n", "--|".repeat(names.len()))
}

/// Where figures are from: the machine, what it ran, at which commit if that is known, and the record.
pub(super) fn source(machine: &Value, record: &str) -> String {
    let fact = |name: &str| machine[name].as_str().unwrap_or("unknown");
    let commit = machine["commit"].as_str().map(|commit| format!(", commit {commit}")).unwrap_or_default();
    format!("{}, {}, {}{commit}; [record](records/{record})", fact("cpu"), fact("kernel"), fact("libc"))
}
