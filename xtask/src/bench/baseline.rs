//! `--baseline`: what has changed since an earlier run on this machine.
//!
//! Speeds are compared relative to the peers and limits of the same round, so that a machine that is faster or slower today does not
//! count. The peers' code has not changed, so that what *their* rows changed by is the noise between two runs; it is more than
//! the confidence intervals within a run say. A row counts if it changed by more than both together, and by more
//! of their standard deviations than any row of a peer did. A slower kernel moves all rows of its backend and operation a little; so these are also judged together. What
//! changed is measured again by new processes, and counts only if it has changed again.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use bench_runner::protocol::Kind;
use bench_runner::{Op, Point, Reread};
use serde_json::Value;

use super::results::{Row, Run};
use super::{csv, facts, json, matrix};
use crate::failure::Failure;
use crate::stats::{Estimate, Z95, median, robust_deviation};

/// A smaller change is none, however sure we are of it.
const WORTH: f64 = 0.05;
/// Standard deviations beyond which the change of a group is no noise.
const BEYOND: f64 = 3.25;
/// Fewer rows of a group say nothing that they do not say themselves.
const ROWS: usize = 3;

/// An earlier run.
pub(crate) struct Baseline {
    shown: String,
    run: Run,
}

impl Baseline {
    pub(crate) fn read(path: &Path) -> Result<Baseline, Failure> {
        let shown = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|error| Failure::input(format_args!("--baseline {shown}: {error}")))?;
        let run = json::read(&text).map_err(|error| Failure::input(format_args!("--baseline {shown} {error}")))?;
        Ok(Baseline { shown, run })
    }

    /// Fails unless it was on the machine of which these are the facts.
    pub(crate) fn check(&self, machine: &Value) -> Result<(), Failure> {
        match facts::difference(&self.run.machine, machine) {
            None => Ok(()),
            Some(difference) => Err(Failure::input(format_args!(
                "--baseline {} is from another machine: {difference}; name a results.json of this one",
                self.shown
            ))),
        }
    }

    pub(crate) fn compare(&self, now: &Run) -> Comparison {
        Comparison::new(&self.run, now)
    }
}

/// What became of a row, or of a group of rows.
struct Change<K> {
    key: K,
    rows: usize,
    /// How many times as fast as then: 1 is no change. With the limits of both runs taken together.
    ratio: Estimate,
    /// Beyond noise and what is worth mentioning.
    changed: bool,
    /// It had changed, and had not when it was measured again.
    refuted: bool,
}

/// A row, by what runs.
type OfRow = (Point, String, Kind);

/// Rows that share their code: a backend and an operation. Where something is read besides, a slower kernel moves them less.
type OfGroup = (Op, Reread, String);

fn group_of((point, name, _): &OfRow) -> OfGroup {
    (point.op, point.reread, name.clone())
}

fn is_worth_it(ratio: Estimate) -> bool {
    ratio.median.ln().abs() > WORTH.ln_1p()
}

impl<K: PartialEq> Change<K> {
    /// Takes a change back that is not among `again` in the same direction.
    fn confirm(&mut self, again: &[Change<K>]) {
        let confirms = |other: &Change<K>| {
            other.key == self.key && other.changed && (other.ratio.median > 1.0) == (self.ratio.median > 1.0)
        };
        self.refuted = self.changed && !again.iter().any(confirms);
        self.changed &= !self.refuted;
    }

    /// `CHANGED: what: 0.90 (0.88..0.93) times as fast`
    fn line(&self, what: &str) -> String {
        let verdict = match (self.changed, self.refuted) {
            (true, _) => "CHANGED",
            (false, true) => "not when measured again",
            (false, false) => "no change",
        };
        format!("{verdict}: {what}: {} times as fast", self.ratio)
    }
}

impl Change<OfGroup> {
    fn text(&self) -> String {
        let (op, reread, name) = &self.key;
        self.line(&format!("{op} {name}, re-read {reread}, {} rows", self.rows))
    }
}

/// Two runs, row by row.
pub(crate) struct Comparison {
    rows: Vec<Change<OfRow>>,
    groups: Vec<Change<OfGroup>>,
    /// The standard deviation of the logarithms of the peers' ratios.
    noise: f64,
}

impl Comparison {
    fn new(then: &Run, now: &Run) -> Comparison {
        let key = |row: &Row| (row.target.clone(), row.point, row.entrant.name.clone());
        let before: HashMap<_, _> = then.rows.iter().map(|row| (key(row), row)).collect();
        let change = |row: &Row| {
            // None where one of the two is compared with nobody.
            let ratio = row.relative?.over(before.get(&key(row))?.relative?);
            let key = (row.point, row.entrant.name.clone(), row.entrant.kind);
            Some(Change { key, rows: 1, ratio, changed: false, refuted: false })
        };
        let mut rows: Vec<_> = now.rows.iter().filter(|row| !row.is(Kind::Limit)).filter_map(change).collect();
        let (ours, peers): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.key.2 == Kind::Ours);
        let logs: Vec<_> = peers.iter().map(|row| row.ratio.median.ln()).collect();
        let noise = if logs.is_empty() { 0.0 } else { robust_deviation(&logs) };
        let groups = groups(&ours, noise);
        // By how many standard deviations a row changed: of its own interval, and of the noise between runs.
        let deviations = |row: &Change<OfRow>| {
            let all = (row.ratio.log_half_width() / Z95).hypot(noise);
            if all > 0.0 { row.ratio.median.ln().abs() / all } else { 0.0 }
        };
        // Those count that are more than any peer's, and more than any row of ours has by chance.
        let fewest = peers.into_iter().map(deviations).fold(by_chance(ours.len()), f64::max);
        for row in &mut rows {
            row.changed = row.key.2 == Kind::Ours && is_worth_it(row.ratio) && deviations(row) > fewest;
        }
        Comparison { rows, groups, noise }
    }

    /// The points of what changed.
    pub(crate) fn suspects(&self) -> Vec<Point> {
        let changed_groups: Vec<_> = self.groups.iter().filter(|group| group.changed).map(|group| &group.key).collect();
        let is_one = |row: &&Change<OfRow>| {
            row.changed || row.key.2 == Kind::Ours && changed_groups.contains(&&group_of(&row.key))
        };
        let mut points: Vec<_> = self.rows.iter().filter(is_one).map(|row| row.key.0).collect();
        points.dedup();
        points
    }

    /// Keeps of what changed only what has changed in the same direction in `again`, too, where these points were measured once more:
    /// a process that was unlucky with its memory is not so twice.
    pub(crate) fn confirm(mut self, again: &Comparison) -> Comparison {
        self.rows.iter_mut().for_each(|row| row.confirm(&again.rows));
        self.groups.iter_mut().for_each(|group| group.confirm(&again.groups));
        self
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
        text.extend(self.groups.iter().map(|group| format!("  {}\n", group.text())));
        for row in self.rows.iter().filter(|row| row.changed || row.refuted) {
            let (point, name, _) = &row.key;
            text += &format!("  {}\n", row.line(&format!("{} {name}", matrix::describe(point))));
        }
        if self.verdict().is_ok() {
            text += "no change beyond noise and 5 %\n";
        }
        text
    }

    /// Each row.
    pub(crate) fn csv(&self) -> String {
        let names = "op,size,ends,cache,reread,threads,name,kind,ratio,ratio_low,ratio_high,changed";
        csv::file(names, self.rows.iter().map(|row| (&row.key, csv::cells(row.ratio, 4), row.changed)))
    }

    /// Fails if something changed.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let rows = self.rows.iter().filter(|row| row.changed).count();
        match self.groups.iter().find(|group| group.changed) {
            Some(first) => Err(Failure::run(format_args!("against the baseline: {}", first.text()))),
            None if rows > 0 => Err(Failure::run(format_args!("{rows} rows changed against the baseline"))),
            None => Ok(()),
        }
    }
}

/// The groups of ours, and what the noise of single rows makes of them.
fn groups(ours: &[&Change<OfRow>], noise: f64) -> Vec<Change<OfGroup>> {
    let mut logs = BTreeMap::<_, Vec<f64>>::new();
    for row in ours {
        logs.entry(group_of(&row.key)).or_default().push(row.ratio.median.ln());
    }
    let groups = logs.into_iter().filter(|(_, logs)| logs.len() >= ROWS).map(|(key, logs)| {
        let rows = logs.len();
        // A median's deviation is 1.25 times that of a mean.
        let deviation = 1.2533 * robust_deviation(&logs).max(noise) / (rows as f64).sqrt();
        let ratio = Estimate::around(median(&logs).exp(), BEYOND * deviation);
        let changed = is_worth_it(ratio) && !(ratio.low..=ratio.high).contains(&1.0);
        Change { key, rows, ratio, changed, refuted: false }
    });
    groups.collect()
}

/// How far out one of `count` normal values has to be for it to be one in a hundred that any is (Bonferroni; the tail by
/// its usual bound, from above).
fn by_chance(count: usize) -> f64 {
    (2.0 * (100.0 * count.max(1) as f64).ln()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::{row, run};
    use super::*;

    /// A run of 20 sizes, each speed changed by a few percent in a fixed way, ours by a factor besides.
    fn shaken(seed: u64, slow: f64) -> Run {
        let mut state = seed;
        let mut run = run();
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
    fn a_kernel_that_is_a_tenth_slower_is_caught_and_noise_is_not() {
        for seed in 0..20 {
            let same = Comparison::new(&shaken(2 * seed, 1.0), &shaken(2 * seed + 1, 1.0));
            assert!(same.verdict().is_ok() && same.text().contains("no change"), "{}", same.text());
            let slower = Comparison::new(&shaken(2 * seed, 1.0), &shaken(2 * seed + 1, 0.9));
            assert!(matches!(slower.verdict(), Err(Failure::Run(_))), "{}", slower.text());
        }
    }

    #[test]
    fn what_has_not_changed_when_measured_again_does_not_count() {
        let (then, mut now) = (shaken(1, 1.0), shaken(2, 1.0));
        // One row that is half as fast.
        now.rows[0] = row("avx2", Kind::Ours, 64, 4.5);
        let new = || Comparison::new(&then, &now);
        let changed = |comparison: &Comparison| comparison.rows.iter().filter(|row| row.changed).count();
        assert_eq!((new().suspects(), changed(&new())), (vec![now.rows[0].point], 1), "{}", new().text());
        assert!(new().csv().contains(",true\n") && new().verdict().is_err());
        let by_chance = new().confirm(&Comparison::new(&then, &shaken(3, 1.0)));
        assert!(by_chance.verdict().is_ok() && !by_chance.text().contains("CHANGED"));
        assert!(by_chance.text().contains("not when measured again"));
        assert_eq!(changed(&new().confirm(&new())), 1);
        let tenth = || Comparison::new(&then, &shaken(4, 0.9));
        assert_eq!(tenth().suspects().len(), 20);
        assert!(tenth().confirm(&Comparison::new(&then, &shaken(5, 0.9))).verdict().is_err());
        let faster = tenth().confirm(&Comparison::new(&then, &shaken(5, 1.15)));
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
