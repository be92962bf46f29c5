//! A row in both runs.

use bench_runner::Point;
use bench_runner::protocol::Kind;

use super::super::results::Row;
use crate::stats::Estimate;

/// A smaller change is none, however sure we are of it.
pub(super) const WORTH: f64 = 0.05;

/// What became of a row.
pub(crate) struct Change {
    pub(super) point: Point,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// How many times as fast as then: 1 is no change. With the limits of both runs taken together.
    pub(super) ratio: Estimate,
    /// It had changed, and had not when it was measured again.
    pub(super) refuted: bool,
}

impl Change {
    /// None where one of the two is compared with nobody.
    pub(super) fn new(then: &Row, now: &Row) -> Option<Change> {
        let (old, new) = (then.relative?, now.relative?);
        let median = new.median / old.median;
        let half = old.log_half_width().hypot(new.log_half_width());
        Some(Change {
            point: now.point,
            name: now.entrant.name.clone(),
            kind: now.entrant.kind,
            ratio: Estimate { median, low: median * (-half).exp(), high: median * half.exp() },
            refuted: false,
        })
    }

    /// By how many standard deviations it changed: of its own intervals, which are 1.96 wide, and of the noise between runs.
    pub(super) fn deviations(&self, noise: f64) -> f64 {
        let own = self.ratio.log_half_width() / 1.96;
        let all = own.hypot(noise);
        if all > 0.0 { self.ratio.median.ln().abs() / all } else { 0.0 }
    }
}

/// `0.90 (0.88 to 0.93) times as fast`
pub(super) fn times(ratio: Estimate) -> String {
    format!("{:.2} ({:.2} to {:.2}) times as fast", ratio.median, ratio.low, ratio.high)
}

/// Whether both are faster, or both slower.
pub(super) fn same_side(one: Estimate, other: Estimate) -> bool {
    (one.median > 1.0) == (other.median > 1.0)
}
