//! Whether what was found beats what is in use.

use bench_runner::work::{Deed, Work};

use super::contest::Judge;
use super::knobs::Knobs;
use super::loops;
use super::thresholds::{THRESHOLDS, Threshold};
use crate::failure::Failure;
use crate::stats::Estimate;

/// Contests at most; the bar's end.
pub(super) const CONTESTS: u64 = 32;
/// A win is beyond this.
const WINS: f64 = 1.01;
/// A loss of more is no bargain, whatever is won elsewhere.
const LOSES: f64 = 0.97;

/// Values that belong together, and what they win over those in use.
pub(super) struct Group {
    /// None for the loops.
    pub(super) threshold: Option<&'static Threshold>,
    /// Where they differ, and how many times as fast those that were found are.
    pub(super) rows: Vec<(Work, Estimate)>,
}

impl Group {
    pub(super) fn name(&self) -> &'static str {
        self.threshold.map_or("loops", |threshold| threshold.name)
    }

    /// Whether it wins somewhere by more than the noise, on average, and loses nowhere.
    pub(super) fn is_better(&self) -> bool {
        let gains = || self.rows.iter().map(|(_, gain)| gain);
        gains().any(|gain| gain.low > WINS)
            && gains().map(|gain| gain.median.ln()).sum::<f64>() > 0.0
            && !gains().any(|gain| gain.high < LOSES)
    }

    /// These values with this group's as they were found.
    fn taken(&self, mut knobs: Knobs, mut found: Knobs) -> Knobs {
        match self.threshold {
            Some(Threshold { knob, .. }) => *knob(&mut knobs) = *knob(&mut found),
            None => knobs.copy = found.copy,
        }
        knobs
    }

    /// Where two differ by this group's values: loops at all sizes, thresholds between the two.
    fn works(&self, mut a: Knobs, mut b: Knobs) -> Vec<Work> {
        let Some(Threshold { op, aligned, at_least, knob, .. }) = self.threshold else {
            let sizes = loops::SIZES.into_iter().filter(|size| a.copy != b.copy && *size >= a.drained_copy);
            let work = |size| [true, false].map(|aligned| Work { op: Deed::Copy, size, aligned, random: true });
            return sizes.flat_map(work).collect();
        };
        let (a, b) = (*knob(&mut a), *knob(&mut b));
        let sizes = (6..30).map(|log| 1 << log).filter(|size| (a.min(b)..a.max(b)).contains(size));
        let work = |size| at_least.iter().map(move |&(random, _)| Work { op: *op, size, aligned: aligned[0], random });
        sizes.flat_map(work).collect()
    }
}

pub(super) fn compare(judge: &mut Judge, in_use: Knobs, found: Knobs) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::new();
    for threshold in [None].into_iter().chain(THRESHOLDS.iter().map(Some)) {
        let mut group = Group { threshold, rows: Vec::new() };
        let changed = group.taken(in_use, found);
        for work in group.works(in_use, changed) {
            group.rows.push((work, judge.contest(work, &[in_use.tuning(), changed.tuning()])?[0]));
        }
        groups.push(group);
    }
    Ok(groups)
}

/// The values in use, with those groups' that are better.
pub(super) fn recommended(in_use: Knobs, found: Knobs, groups: &[Group]) -> Option<Knobs> {
    let better = groups.iter().filter(|group| group.is_better());
    let knobs = better.fold(in_use, |knobs, group| group.taken(knobs, found));
    (knobs != in_use).then_some(knobs)
}

#[cfg(test)]
mod tests {
    use memcpy_streaming::Tuning;

    use super::*;

    #[test]
    fn the_noise_is_not_recommended() {
        let in_use = Knobs::of(Tuning::of_this_cpu());
        let found = Knobs { drained_copy: 999_424, ..in_use };
        let work = Work { op: Deed::Copy, size: 4096, aligned: true, random: true };
        for (limits, better) in [
            (&[(1.05, 1.1)][..], true),
            (&[(1.05, 1.1), (0.97, 1.01)], true),
            (&[(0.99, 1.2)], false),
            (&[(1.05, 1.1), (0.9, 0.96)], false),
            (&[(1.02, 1.04), (0.85, 0.99)], false),
            (&[], false),
        ] {
            let row = |&(low, high): &(f64, f64)| (work, Estimate { median: (low + high) / 2.0, low, high });
            let group = Group { threshold: Some(&THRESHOLDS[0]), rows: limits.iter().map(row).collect() };
            assert_eq!(recommended(in_use, found, &[group]), better.then_some(found), "{limits:?}");
        }
    }

    #[test]
    fn thresholds_are_compared_between_the_two() {
        let a = Knobs { drained_copy: 1024, ..Knobs::of(Tuning::of_this_cpu()) };
        let b = Knobs { drained_copy: 4096, ..a };
        let works = |of: usize| Group { threshold: Some(&THRESHOLDS[of]), rows: Vec::new() }.works(a, b);
        let of = |size, random| Work { op: Deed::Copy, size, aligned: true, random };
        assert_eq!(works(0), [of(1024, true), of(1024, false), of(2048, true), of(2048, false)]);
        assert_eq!(works(1), []);
    }
}
