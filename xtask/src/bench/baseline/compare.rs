//! Two runs, row by row.

use std::collections::HashMap;

use bench_runner::Point;
use bench_runner::protocol::Kind;

use super::super::results::{Row, Run};
use super::super::{csv, matrix};
use super::change::{Change, WORTH, same_side, times};
use super::group::{self, Group};
use crate::failure::Failure;
use crate::stats::robust_deviation;

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
        let rows = now.rows.iter().filter(|row| !row.is(Kind::Limit));
        let rows: Vec<_> = rows.filter_map(|row| Change::new(before.get(&key(row))?, row)).collect();
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
        let beyond = change > WORTH.ln_1p() && row.deviations(self.noise) > self.deviations;
        row.kind == Kind::Ours && beyond && !row.refuted
    }

    /// The points of what changed.
    pub(crate) fn suspects(&self) -> Vec<Point> {
        let of_groups = |row: &&Change| self.groups.iter().any(|group| group.counts() && group.has(row));
        let mut points: Vec<_> =
            self.rows.iter().filter(|row| self.counts(row) || of_groups(row)).map(|row| row.point).collect();
        points.dedup();
        points
    }

    /// Keeps of what changed only what has changed in the same direction in `again`, too, where these points were measured once more:
    /// a process that was unlucky with its memory is not so twice.
    pub(crate) fn confirm(mut self, again: &Comparison) -> Comparison {
        let refuted = |row: &Change| {
            let same = |other: &&Change| (other.point, &other.name) == (row.point, &row.name);
            let confirms = |other: &Change| again.counts(other) && same_side(row.ratio, other.ratio);
            self.counts(row) && !again.rows.iter().find(same).is_some_and(confirms)
        };
        let refuted: Vec<_> = self.rows.iter().map(refuted).collect();
        for (row, refuted) in self.rows.iter_mut().zip(refuted) {
            row.refuted = refuted;
        }
        for group in &mut self.groups {
            group.confirm(&again.groups);
        }
        self
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
        let line = |what, row: &Change| {
            format!("  {what} {} {}: {}\n", matrix::describe(&row.point), row.name, times(row.ratio))
        };
        text.extend(self.changed().map(|row| line("CHANGED", row)));
        text.extend(self.rows.iter().filter(|row| row.refuted).map(|row| line("not when measured again:", row)));
        if self.verdict().is_ok() {
            text += "no change beyond noise and 5 %\n";
        }
        text
    }

    /// Each row.
    pub(crate) fn csv(&self) -> String {
        let names = "op,size,ends,cache,reread,threads,name,kind,ratio,ratio_low,ratio_high,changed";
        let cells = |row| csv::cells(row, 4);
        csv::file(
            names,
            self.rows.iter().map(|row| (row.point, &row.name, row.kind, cells(row.ratio), self.counts(row))),
        )
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

/// How far out one of `count` normal values has to be for it to be one in a hundred that any is (Bonferroni; the tail by
/// its usual bound, from above).
fn deviations(count: usize) -> f64 {
    (2.0 * (100.0 * count.max(1) as f64).ln()).sqrt()
}

#[cfg(test)]
mod tests {
    use crate::stats::Estimate;

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

    /// Makes one row of ours half as fast; which point it is.
    fn halve(run: &mut Run) -> Point {
        let slow = run.rows.iter_mut().find(|row| row.is(Kind::Ours)).unwrap();
        let half = |Estimate { median, low, high }| Estimate { median: median / 2.0, low: low / 2.0, high: high / 2.0 };
        slow.relative = slow.relative.map(half);
        slow.point
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
        halve(&mut now);
        let comparison = Comparison::new(&then, &now);
        assert_eq!(comparison.changed().count(), 1, "{}", comparison.text());
        assert!(comparison.csv().contains(",true\n"));
        assert!(comparison.verdict().is_err());
    }

    #[test]
    fn what_has_not_changed_when_measured_again_does_not_count() {
        let (then, mut now) = (shaken(1, 1.0), shaken(2, 1.0));
        let point = halve(&mut now);
        let first = Comparison::new(&then, &now);
        assert_eq!(first.suspects(), [point]);
        let by_chance = first.confirm(&Comparison::new(&then, &shaken(3, 1.0)));
        assert!(by_chance.verdict().is_ok());
        assert!(by_chance.text().contains("not when measured again") && !by_chance.text().contains("CHANGED"));
        let really = Comparison::new(&then, &now).confirm(&Comparison::new(&then, &now));
        assert_eq!(really.changed().count(), 1);
        let tenth = Comparison::new(&then, &shaken(4, 0.9));
        assert_eq!(tenth.suspects().len(), 20);
        assert!(tenth.confirm(&Comparison::new(&then, &shaken(5, 0.9))).verdict().is_err());
        let faster = Comparison::new(&then, &shaken(4, 0.9)).confirm(&Comparison::new(&then, &shaken(5, 1.15)));
        assert!(faster.verdict().is_ok(), "slower once and faster once is noise");
    }

    #[test]
    fn runs_without_a_common_row_say_so() {
        let mut other = shaken(1, 1.0);
        other.rows.clear();
        let comparison = Comparison::new(&other, &shaken(1, 1.0));
        assert!(comparison.verdict().is_ok() && comparison.text().contains("no row in common"));
    }
}
