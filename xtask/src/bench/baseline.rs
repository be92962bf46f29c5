//! `--baseline`: what has changed since an earlier run on this machine.
//!
//! Speeds are compared relative to the peers and limits of the same round, so that a machine that is faster or slower today does not
//! count. The peers' code has not changed, so that what *their* rows changed by is the noise between two runs; it is more than
//! the confidence intervals within a run say. A row counts if it changed by more than both together, and by more
//! of their standard deviations than any row of a peer did. A slower kernel moves all rows of its backend and operation a little; so these are also judged together. What
//! changed is measured again by new processes, and counts only if it has changed again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::{fmt, fs};

use bench_runner::Point;
use bench_runner::protocol::{Entrant, Kind};
use serde_json::Value;

use super::options::Options;
use super::results::{Row, Run};
use super::{files, matrix};
use crate::failure::Failure;
use crate::machine::plain;
use crate::stats::{Estimate, Z95, median, robust_deviation};

/// A smaller change is none, however sure we are of it.
const WORTH: f64 = 0.05;
/// Standard deviations beyond which the change of a group is no noise.
const BEYOND: f64 = 3.25;
/// Fewer rows of a group say nothing that they do not say themselves.
const ROWS: usize = 3;

pub(crate) fn read(path: &Path) -> Result<Run, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| Failure::input(format_args!("--baseline {shown}: {error}")))?;
    files::read(&text).map_err(|error| Failure::input(format_args!("--baseline {shown} {error}")))
}

/// Fails unless it was on the machine of which these are the facts.
pub(crate) fn check(options: &Options, baseline: Option<&Run>, now: &Value) -> Result<(), Failure> {
    let (Some(path), Some(Run { machine: then, .. })) = (&options.baseline, baseline) else { return Ok(()) };
    let Some(fact) = ["arch", "cpu", "cores"].into_iter().find(|fact| then[fact] != now[fact]) else { return Ok(()) };
    let (path, [was, is]) = (path.display(), [then, now].map(|facts| plain(&facts[fact])));
    Err(Failure::input(format_args!(
        "--baseline {path} is from another machine: {fact} was {was}, and is {is}; name a results.json of this one"
    )))
}

/// What became of a row, or of a group: rows of ours that share their code. Where something is read besides, a slower kernel moves them
/// less, so these are groups of their own.
struct Change {
    what: String,
    entrant: Entrant,
    /// One of a row, more of a group.
    points: Vec<Point>,
    /// How many times as fast as then: 1 is no change. With the limits of both runs taken together.
    ratio: Estimate,
    /// Beyond noise and what is worth mentioning.
    changed: bool,
}

impl Change {
    fn is_row(&self) -> bool {
        self.points.len() == 1
    }

    fn is_worth_it(&self) -> bool {
        self.ratio.median.ln().abs() > WORTH.ln_1p()
    }

    /// By how many standard deviations a row changed: of its own interval, and of the noise between runs.
    fn deviations(&self, noise: f64) -> f64 {
        let all = (self.ratio.log_half_width() / Z95).hypot(noise);
        if all > 0.0 { self.ratio.median.ln().abs() / all } else { 0.0 }
    }
}

/// `CHANGED: what: 0.90 (0.88..0.93) times as fast`
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { what, ratio, points, .. } = self;
        let verdict = if self.changed { "CHANGED" } else { "no change" };
        let rows = if self.is_row() { String::new() } else { format!(", {} rows", points.len()) };
        write!(f, "{verdict}: {what}{rows}: {ratio} times as fast")
    }
}

pub(crate) struct Comparison {
    /// The groups first.
    changes: Vec<Change>,
    /// The standard deviation of the logarithms of the peers' ratios.
    noise: f64,
}

impl Comparison {
    pub(crate) fn new(then: &Run, now: &Run) -> Comparison {
        let key = |row: &Row| (row.target.clone(), row.point, row.entrant.name.clone());
        let before: HashMap<_, _> = then.rows.iter().map(|row| (key(row), row)).collect();
        let change = |row: &Row| {
            // None where one of the two is compared with nobody.
            let ratio = row.relative?.over(before.get(&key(row))?.relative?);
            let what = format!("{} {}", matrix::describe(&row.point), row.entrant.name);
            Some(Change { what, entrant: row.entrant.clone(), points: vec![row.point], ratio, changed: false })
        };
        let mut rows: Vec<_> = now.rows.iter().filter(|row| !row.is(Kind::Limit)).filter_map(change).collect();
        let (ours, peers): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.entrant.kind == Kind::Ours);
        let logs: Vec<_> = peers.iter().map(|row| row.ratio.median.ln()).collect();
        let noise = if logs.is_empty() { 0.0 } else { robust_deviation(&logs) };
        let mut changes = groups(&ours, noise);
        // Those rows count that changed by more than any peer's, and by more than one in a hundred times any of ours does by chance
        // (Bonferroni; the tail of a normal distribution by its usual bound, from above).
        let by_chance = (2.0 * (100.0 * ours.len().max(1) as f64).ln()).sqrt();
        let fewest = peers.iter().map(|row| row.deviations(noise)).fold(by_chance, f64::max);
        for row in &mut rows {
            row.changed = row.entrant.kind == Kind::Ours && row.is_worth_it() && row.deviations(noise) > fewest;
        }
        changes.extend(rows);
        Comparison { changes, noise }
    }

    fn changed(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.changed)
    }

    fn rows(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.is_row())
    }

    /// The points of what changed, each once.
    pub(crate) fn suspects(&self) -> Vec<Point> {
        self.changed().flat_map(|change| &change.points).copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Keeps of what changed only what has changed in the same direction in `again`, too, where these points were measured once more:
    /// a process that was unlucky with its memory is not so twice.
    pub(crate) fn confirm(mut self, again: &Comparison) -> Comparison {
        let key = |change: &Change| (change.what.clone(), change.ratio.median > 1.0);
        for change in &mut self.changes {
            change.changed &= again.changed().any(|other| key(other) == key(change));
        }
        self
    }

    pub(crate) fn text(&self) -> String {
        let (count, noise) = (self.rows().count(), 100.0 * self.noise.exp_m1());
        let mut text = format!(
            "against the baseline: {count} rows in both; noise between the runs {noise:.1} % (the peers' rows)\n"
        );
        let shown = self.changes.iter().filter(|change| change.changed || !change.is_row());
        text.extend(shown.map(|change| format!("  {change}\n")));
        text += match self.verdict() {
            _ if count == 0 => "nothing to compare: the two runs have no row in common\n",
            Ok(()) => "no change beyond noise and 5 %\n",
            Err(_) => "",
        };
        text
    }

    pub(crate) fn csv(&self) -> String {
        let names = "op,size,ends,cache,reread,threads,name,kind,ratio,ratio_low,ratio_high,changed";
        let cells = |Change { points, entrant, ratio, changed, .. }: &Change| {
            (points[0], entrant.name.clone(), entrant.kind, files::csv_cells(*ratio, 4), *changed)
        };
        files::csv_of(names, self.rows().map(cells))
    }

    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let Some(first) = self.changed().next() else { return Ok(()) };
        Err(Failure::run(format_args!("against the baseline: {first}")))
    }
}

fn groups(ours: &[&Change], noise: f64) -> Vec<Change> {
    let mut groups = BTreeMap::<_, Vec<&Change>>::new();
    for row in ours {
        groups.entry((row.points[0].op, row.points[0].reread, &row.entrant.name)).or_default().push(row);
    }
    let groups = groups.into_iter().filter(|(_, rows)| rows.len() >= ROWS).map(|((op, reread, name), rows)| {
        let logs: Vec<_> = rows.iter().map(|row| row.ratio.median.ln()).collect();
        // A median's deviation is 1.25 times that of a mean.
        let deviation = 1.2533 * robust_deviation(&logs).max(noise) / (rows.len() as f64).sqrt();
        let (what, points) = (format!("{op} {name}, re-read {reread}"), rows.iter().map(|row| row.points[0]).collect());
        let ratio = Estimate::around(median(&logs).exp(), BEYOND * deviation);
        let group = Change { what, entrant: rows[0].entrant.clone(), points, ratio, changed: false };
        Change { changed: group.is_worth_it() && !(ratio.low..=ratio.high).contains(&1.0), ..group }
    });
    groups.collect()
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::{RUN, row};
    use super::*;

    /// A run of 20 sizes, each speed changed by a few percent in a fixed way, ours by a factor besides.
    fn shaken(seed: u64, slow: f64) -> Run {
        let mut state = seed;
        let mut run = RUN.clone();
        run.rows.clear();
        for size in (6..26).map(|power| 1_u64 << power) {
            for (name, kind, gb_s) in [("avx2", Kind::Ours, 9.0 * slow), ("libc", Kind::Peer, 6.0)] {
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
        let half = || Comparison::new(&then, &now);
        let tenth = || Comparison::new(&then, &shaken(4, 0.9));
        assert_eq!((half().suspects(), tenth().suspects().len()), (vec![now.rows[0].point], 20), "{}", half().text());
        assert_eq!((half().csv().matches(",true\n").count(), half().text().matches("CHANGED").count()), (1, 1));
        // Once more as it was, as it is, and faster instead of slower.
        for (first, again, is_confirmed) in [
            (half(), Comparison::new(&then, &shaken(3, 1.0)), false),
            (half(), half(), true),
            (tenth(), Comparison::new(&then, &shaken(5, 0.9)), true),
            (tenth(), Comparison::new(&then, &shaken(5, 1.15)), false),
        ] {
            assert!(first.verdict().is_err());
            assert_eq!(first.confirm(&again).text().contains("CHANGED"), is_confirmed);
        }
    }
}
