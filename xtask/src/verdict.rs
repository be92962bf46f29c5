//! What a check found: of assembly, before a release, or in a step or row of `cargo xtask test`.

use crate::needs::Need;

#[derive(Debug)]
pub(crate) enum Verdict {
    /// All is well: what was looked at, where that is worth a word.
    Good(String),
    /// What is wrong, and what to do about it, a line each.
    Wrong(Vec<String>),
    /// Not done here: what it needs.
    Skipped(Vec<Need>),
}

impl Verdict {
    /// For want of something that no installation brings.
    pub(crate) fn impossible(why: impl Into<String>, fix: impl Into<String>) -> Verdict {
        Verdict::Skipped(vec![Need::by_hand(why, fix)])
    }

    /// Why something cannot be done here, if anything is missing.
    pub(crate) fn obstacle(missing: Vec<Need>) -> Option<Verdict> {
        (!missing.is_empty()).then_some(Verdict::Skipped(missing))
    }
}
