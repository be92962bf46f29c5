//! How a step or a row ended.

use crate::needs::{Need, describe};

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    Failed { why: String },
    Skipped { why: String, fix: Fix },
}

/// What would help where something was skipped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fix {
    Install(Vec<Need>),
    Other(String),
}

impl End {
    /// For want of something that no installation brings.
    pub(crate) fn impossible(why: &str, fix: &str) -> End {
        End::Skipped { why: why.to_string(), fix: Fix::Other(fix.to_string()) }
    }
}

/// Why something cannot run here, if anything is missing.
pub(crate) fn obstacle(missing: Vec<Need>) -> Option<End> {
    if missing.is_empty() { None } else { Some(End::Skipped { why: describe(&missing), fix: Fix::Install(missing) }) }
}
