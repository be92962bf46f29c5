//! What the figures depend on: the machine, how it is set up, and which commit was measured.

use std::path::Path;
use std::process::Command;

use bench_runner::machine;
use serde_json::Value;

use crate::machine::Machine;

/// Where a system does not say.
const L2: u64 = 1 << 20;
const L3: u64 = 32 << 20;

/// The sizes of the caches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caches {
    pub(crate) l2: u64,
    pub(crate) l3: u64,
}

impl Caches {
    /// Of the first CPU.
    pub(crate) fn read() -> Caches {
        Caches::new(machine::cache(2), machine::cache(3))
    }

    /// Those that are known.
    pub(crate) fn new(l2: Option<u64>, l3: Option<u64>) -> Caches {
        Caches { l2: l2.unwrap_or(L2), l3: l3.unwrap_or(L3) }
    }
}

/// The facts of the file.
pub(crate) fn json(machine: &Machine, caches: Caches, page_mode: &str, workspace: &Path) -> Value {
    let mut json = machine.json(page_mode);
    json["l2_bytes"] = caches.l2.into();
    json["l3_bytes"] = caches.l3.into();
    json["tuning"] = machine::tuning().into();
    json["glibc_tunables"] = std::env::var("GLIBC_TUNABLES").ok().into();
    json["commit"] = git(workspace, &["rev-parse", "--short=12", "HEAD"]).into();
    json["modified"] =
        git(workspace, &["status", "--porcelain", "--untracked-files=no"]).map(|files| !files.is_empty()).into();
    // Today, as `2026-01-31`.
    json["date"] = said(Command::new("date").args(["-u", "+%F"])).into();
    json
}

/// Of the facts, those about the program and not about where it runs.
pub(crate) fn of_program(facts: &Value) -> Value {
    ["commit", "modified", "date"].into_iter().map(|name| (name, facts[name].clone())).collect()
}

/// What git answers; None outside of a repository.
fn git(workspace: &Path, args: &[&str]) -> Option<String> {
    said(Command::new("git").arg("-C").arg(workspace).args(args))
}

/// What a program says; None if it is missing or fails.
fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// Whether two runs were on the same machine: the facts in which they differ, if not.
pub(crate) fn difference(then: &Value, now: &Value) -> Option<String> {
    let fact = ["arch", "cpu", "cores"].into_iter().find(|fact| then[fact] != now[fact])?;
    Some(format!("{fact} was {}, and is {}", plain(&then[fact]), plain(&now[fact])))
}

/// A fact without quotes.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_machine_is_told_by_what_differs() {
        let here = json!({ "arch": "x86_64", "cpu": "A", "cores": 2, "kernel": "6.1" });
        let mut there = here.clone();
        there["kernel"] = "6.2".into();
        assert_eq!(difference(&here, &there), None);
        there["cpu"] = "B".into();
        assert_eq!(difference(&here, &there).as_deref(), Some("cpu was A, and is B"));
    }
}
