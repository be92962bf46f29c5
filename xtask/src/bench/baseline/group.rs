//! The rows of one backend and operation together: a kernel that got slower moves all of them. Where something is read besides,
//! it moves them less, so these are groups of their own.

use std::collections::BTreeMap;
use std::fmt;

use bench_runner::protocol::Kind;
use bench_runner::{Op, Reread};

use super::change::{Change, WORTH, same_side, times};
use crate::stats::{Estimate, robust_deviation};

/// Standard deviations beyond which the change of a group is no noise.
const BEYOND: f64 = 3.25;

/// Fewer rows say nothing that they do not say themselves.
const ROWS: usize = 3;

/// Rows that share their code.
pub(super) struct Group {
    key: (Op, Reread, String),
    rows: usize,
    /// The median of the rows' ratios, and how far it may be off.
    ratio: Estimate,
    /// It had changed, and had not when it was measured again.
    refuted: bool,
}

fn key(row: &Change) -> (Op, Reread, String) {
    (row.point.op, row.point.reread, row.name.clone())
}

/// The groups of ours, and what the noise of single rows makes of them.
pub(super) fn groups(rows: &[Change], noise: f64) -> Vec<Group> {
    let mut logs = BTreeMap::<_, Vec<f64>>::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Ours) {
        logs.entry(key(row)).or_default().push(row.ratio.median.ln());
    }
    let enough = logs.into_iter().filter(|(_, logs)| logs.len() >= ROWS);
    enough.map(|(key, logs)| Group { key, rows: logs.len(), ratio: together(&logs, noise), refuted: false }).collect()
}

/// The median of ratios, given their logarithms, within as many deviations of it as count.
fn together(logs: &[f64], noise: f64) -> Estimate {
    let median = Estimate::of(logs).median;
    // A median's deviation is 1.25 times that of a mean.
    let spread = robust_deviation(logs).max(noise);
    let half = BEYOND * 1.2533 * spread / (logs.len() as f64).sqrt();
    Estimate { median: median.exp(), low: (median - half).exp(), high: (median + half).exp() }
}

impl Group {
    /// Whether it changed beyond noise and what is worth mentioning.
    pub(super) fn counts(&self) -> bool {
        let Estimate { median, low, high } = self.ratio;
        median.ln().abs() > WORTH.ln_1p() && !(low..=high).contains(&1.0) && !self.refuted
    }

    /// Whether a row is one of it.
    pub(super) fn has(&self, row: &Change) -> bool {
        row.kind == Kind::Ours && key(row) == self.key
    }

    /// Takes a change back that is not among `again`, the groups of what was measured once more.
    pub(super) fn confirm(&mut self, again: &[Group]) {
        let same = |other: &&Group| other.key == self.key;
        let confirmed =
            again.iter().find(same).is_some_and(|other| other.counts() && same_side(self.ratio, other.ratio));
        self.refuted = self.counts() && !confirmed;
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Group { key: (op, reread, name), rows, ratio, refuted } = self;
        let verdict = match (self.counts(), refuted) {
            (true, _) => "CHANGED",
            (false, true) => "not when measured again",
            (false, false) => "no change",
        };
        write!(f, "{verdict}: {op} {name}, re-read {reread}, {rows} rows: {}", times(*ratio))
    }
}
