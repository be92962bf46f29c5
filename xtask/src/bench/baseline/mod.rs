//! `--baseline`: what has changed since an earlier run on this machine.
//!
//! Speeds are compared relative to the peers and limits of the same round, so that a machine that is faster or slower today does not
//! count. The peers' code has not changed, so that what *their* rows changed by is the noise between two runs; it is more than
//! the confidence intervals within a run say. A row counts if it changed by more than both together, and by more
//! of their standard deviations than any row of a peer did. A slower kernel moves all rows of its backend and operation a little; so these are also judged together. What
//! changed is measured again by new processes, and counts only if it has changed again.

mod change;
mod compare;
mod group;

use std::fs;
use std::path::Path;

use serde_json::Value;

pub(crate) use compare::Comparison;

use super::results::Run;
use super::{facts, json};
use crate::failure::Failure;

/// An earlier run.
pub(crate) struct Baseline {
    shown: String,
    run: Run,
}

impl Baseline {
    /// Reads the file of an earlier run.
    pub(crate) fn read(path: &Path) -> Result<Baseline, Failure> {
        let shown = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|error| Failure::input(format_args!("--baseline {shown}: {error}")))?;
        let run = json::read(&text).map_err(|error| Failure::input(format_args!("--baseline {shown} {error}")))?;
        Ok(Baseline { shown, run })
    }

    /// Fails unless it was on the machine of which these are the facts.
    pub(crate) fn check(&self, machine: &Value) -> Result<(), Failure> {
        let Baseline { shown, run } = self;
        match facts::difference(&run.machine, machine) {
            None => Ok(()),
            Some(difference) => Err(Failure::input(format_args!(
                "--baseline {shown} is from another machine: {difference}; name a results.json of this one"
            ))),
        }
    }

    /// What changed from then to `now`.
    pub(crate) fn compare(&self, now: &Run) -> Comparison {
        Comparison::new(&self.run, now)
    }
}
