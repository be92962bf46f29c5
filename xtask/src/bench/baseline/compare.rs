//! Two runs, row by row.

use std::collections::HashMap;

use bench_runner::Point;
use bench_runner::protocol::Kind;

use super::super::estimate::{Estimate, robust_deviation};
use super::super::matrix;
use super::super::results::{Row, Run};
use super::group::{self, Group};
use crate::failure::Failure;

/// A smaller change is none, however sure we are of it.
pub(super) const WORTH: f64 = 0.05;

/// Standard deviations beyond which the change of a group is no noise.
pub(super) const BEYOND: f64 = 3.25;

/// A row in both runs.
pub(crate) struct Change {
    pub(super) point: Point,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// How many times as fast as then: 1 is no change. With the limits of both runs taken together.
    pub(super) ratio: Estimate,
}

impl Change {
    /// By how many standard deviations it changed: of its own intervals, which are 1.96 wide, and of the noise between runs.
    fn deviations(&self, noise: f64) -> f64 {
        let own = self.ratio.log_half_width() / 1.96;
        let all = own.hypot(noise);
        if all > 0.0 { self.ratio.median.ln().abs() / all } else { 0.0 }
    }
}

/// All of it.
pub(crate) struct Comparison {
    pub(super) rows: Vec<Change>,
    pub(super) groups: Vec<Group>,
    /// The standard deviation of the logarithms of the peers' ratios.
    pub(super) noise: f64,
    /// The fewest standard deviations that count: those of the peers' row that changed most, and no fewer than so many rows
    /// may have by chance.
    deviations: f64,
}

impl Comparison {
    pub(super) fn new(then: &Run, now: &Run) -> Comparison {
        let key = |row: &Row| (row.target.clone(), row.point, row.entrant.name.clone());
        let before: HashMap<_, _> = then.rows.iter().map(|row| (key(row), row)).collect();
        let rows: Vec<_> = now
            .rows
            .iter()
            .filter(|row| !row.is(Kind::Limit))
            .filter_map(|row| change(before.get(&key(row))?, row))
            .collect();
        let peers: Vec<_> = rows.iter().filter(|row| row.kind == Kind::Peer).map(|row| row.ratio.median.ln()).collect();
        let noise = if peers.is_empty() { 0.0 } else { robust_deviation(&peers) };
        let ours = rows.iter().filter(|row| row.kind == Kind::Ours).count();
        let groups = group::groups(&rows, noise);
        let of_peers = rows.iter().filter(|row| row.kind == Kind::Peer).map(|row| row.deviations(noise));
        let deviations = of_peers.fold(deviations(ours), f64::max);
        Comparison { rows, groups, noise, deviations }
    }

    /// Whether a row changed beyond noise and what is worth mentioning.
    fn counts(&self, row: &Change) -> bool {
        let change = row.ratio.median.ln().abs();
        row.kind == Kind::Ours && change > WORTH.ln_1p() && row.deviations(self.noise) > self.deviations
    }

    fn changed(&self) -> impl Iterator<Item = &Change> {
        self.rows.iter().filter(|row| self.counts(row))
    }

    /// For the terminal.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "against the baseline: {} rows in both; noise between the runs {:.1} % (the peers' rows)\n",
            self.rows.len(),
            100.0 * self.noise.exp_m1()
        );
        if self.rows.is_empty() {
            return text + "nothing to compare: the two runs have no row in common\n";
        }
        for group in &self.groups {
            text += &format!("  {group}\n");
        }
        for row in self.changed() {
            text += &format!("  CHANGED {} {}: {}\n", matrix::describe(&row.point), row.name, times(row.ratio));
        }
        if self.verdict().is_ok() {
            text += "no change beyond noise and 5 %\n";
        }
        text
    }

    /// Each row.
    pub(crate) fn csv(&self) -> String {
        let mut text = "op,size,ends,cache,reread,threads,name,kind,ratio,ratio_low,ratio_high,changed\n".to_string();
        for row in &self.rows {
            let point = row.point.to_string().replace(' ', ",");
            let Estimate { median, low, high } = row.ratio;
            text += &format!(
                "{point},{},{},{median:.4},{low:.4},{high:.4},{}\n",
                row.name,
                row.kind.name(),
                self.counts(row)
            );
        }
        text
    }

    /// Fails if something changed.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let groups: Vec<_> = self.groups.iter().filter(|group| group.counts()).map(Group::to_string).collect();
        let rows = self.changed().count();
        match (groups.first(), rows) {
            (None, 0) => Ok(()),
            (Some(first), _) => Err(Failure::run(format_args!("changed against the baseline: {first}"))),
            (None, rows) => Err(Failure::run(format_args!("{rows} rows changed against the baseline"))),
        }
    }
}

/// `0.90 (0.88 to 0.93) times as fast`
pub(super) fn times(ratio: Estimate) -> String {
    format!("{:.2} ({:.2} to {:.2}) times as fast", ratio.median, ratio.low, ratio.high)
}

fn change(then: &Row, now: &Row) -> Option<Change> {
    let (old, new) = (then.relative?, now.relative?);
    let median = new.median / old.median;
    let half = old.log_half_width().hypot(new.log_half_width());
    Some(Change {
        point: now.point,
        name: now.entrant.name.clone(),
        kind: now.entrant.kind,
        ratio: Estimate { median, low: median * (-half).exp(), high: median * half.exp() },
    })
}

/// How far out one of `count` normal values has to be for it to be one in a hundred that any is (Bonferroni; the tail by
/// its usual bound, from above).
fn deviations(count: usize) -> f64 {
    (2.0 * (100.0 * count.max(1) as f64).ln()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::super::results::tests::{row, run};
    use super::*;

    /// A run with the speeds of the fixed one, each changed by a few percent in a fixed way.
    fn shaken(seed: u64, slow: f64) -> Run {
        let mut run = run();
        let mut state = seed;
        run.rows.clear();
        for size in (6..26).map(|power| 1_u64 << power) {
            for (name, kind, gb_s) in
                [("avx2", Kind::Ours, 9.0 * slow), ("libc", Kind::Peer, 6.0), ("rep-movsb", Kind::Peer, 5.0)]
            {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let noise = ((state >> 40) as f64 / (1 << 24) as f64 - 0.5) * 0.1;
                run.rows.push(row(name, kind, size, gb_s * (1.0 + noise)));
            }
        }
        run
    }

    #[test]
    fn the_same_code_has_not_changed() {
        for seed in 0..20 {
            let comparison = Comparison::new(&shaken(2 * seed, 1.0), &shaken(2 * seed + 1, 1.0));
            assert!(comparison.verdict().is_ok(), "{}", comparison.text());
            assert!(comparison.text().contains("no change"));
        }
    }

    #[test]
    fn a_kernel_that_is_a_tenth_slower_is_caught() {
        for seed in 0..20 {
            let comparison = Comparison::new(&shaken(2 * seed, 1.0), &shaken(2 * seed + 1, 0.9));
            assert!(matches!(comparison.verdict(), Err(Failure::Run(_))), "{}", comparison.text());
        }
    }

    #[test]
    fn one_row_that_is_half_as_fast_is_caught() {
        let then = shaken(1, 1.0);
        let mut now = shaken(2, 1.0);
        let slow = now.rows.iter_mut().find(|row| row.is(Kind::Ours)).unwrap();
        slow.relative = slow.relative.map(|relative| Estimate {
            median: relative.median / 2.0,
            low: relative.low / 2.0,
            high: relative.high / 2.0,
        });
        let comparison = Comparison::new(&then, &now);
        assert_eq!(comparison.changed().count(), 1, "{}", comparison.text());
        assert!(comparison.csv().contains(",true\n"));
        assert!(comparison.verdict().is_err());
    }

    #[test]
    fn runs_without_a_common_row_say_so() {
        let mut other = shaken(1, 1.0);
        other.rows.clear();
        let comparison = Comparison::new(&other, &shaken(1, 1.0));
        assert!(comparison.verdict().is_ok() && comparison.text().contains("no row in common"));
    }
}
