//! The facts about this machine without which a figure means little.

use std::process::Command;

pub(crate) use bench_runner::machine::Machine;
use serde_json::{Value, json};

use crate::cargo::workspace;
use crate::process::said;

/// All that figures depend on: the machine, what the measured memory really had, and which commit was measured.
pub(crate) fn facts(machine: &Machine, page_mode: Option<&str>) -> Value {
    let git = |args: &[&str]| said(Command::new("git").arg("-C").arg(workspace()).args(args));
    let mut json = json!(machine);
    json["page_mode"] = page_mode.into();
    json["commit"] = git(&["rev-parse", "--short=12", "HEAD"]).into();
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
    json["modified"] = changed.map(|files| !files.is_empty()).into();
    json["date"] = said(Command::new("date").args(["-u", "+%F"])).into();
    json
}

/// A fact without quotes.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_string(),
        other => other.to_string(),
    }
}
