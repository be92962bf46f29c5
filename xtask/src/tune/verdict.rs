//! Whether what was found beats what is in use.

use bench_runner::work::{Deed, Work};

use super::contest::Judge;
use super::knobs::Knobs;
use super::loops;
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
    pub(super) name: &'static str,
    /// In use, with this group's values as they were found.
    pub(super) found: Knobs,
    /// Sets this group's values as they were found.
    pub(super) take: Take,
    pub(super) rows: Vec<Row>,
}

/// A point where they differ.
pub(super) struct Row {
    pub(super) work: Work,
    /// How many times as fast.
    pub(super) gain: Estimate,
}

impl Group {
    /// Whether it wins somewhere by more than the noise, on average, and loses nowhere.
    pub(super) fn is_better(&self) -> bool {
        let average = self.rows.iter().map(|row| row.gain.median.ln()).sum::<f64>() / self.rows.len().max(1) as f64;
        self.rows.iter().any(|row| row.gain.low > WINS)
            && average > 0.0
            && !self.rows.iter().any(|row| row.gain.high < LOSES)
    }

    /// Whether there was anything to compare.
    pub(super) fn differs(&self) -> bool {
        !self.rows.is_empty()
    }
}

/// Sets a group's values to those of other knobs.
type Take = fn(&mut Knobs, &Knobs);

/// Compares group by group.
pub(super) fn compare(judge: &mut Judge, in_use: Knobs, found: Knobs) -> Result<Vec<Group>, Failure> {
    let groups: [(&str, Take); 5] = [
        ("loops", |knobs, found| {
            (knobs.prefetch, knobs.ahead, knobs.prefetch_from) = (found.prefetch, found.ahead, found.prefetch_from);
            (knobs.pages, knobs.pages_from) = (found.pages, found.pages_from);
        }),
        ("drained copies", |knobs, found| knobs.drained_copy = found.drained_copy),
        ("drained fills", |knobs, found| knobs.drained_fill = found.drained_fill),
        ("partial lines", |knobs, found| knobs.bypass = found.bypass),
        ("raw copies", |knobs, found| knobs.raw_lines = found.raw_lines),
    ];
    groups
        .into_iter()
        .map(|(name, take)| {
            let mut changed = in_use;
            take(&mut changed, &found);
            let rows = works(in_use, changed).into_iter().map(|work| {
                let gain = judge.contest(work, &[in_use.tuning(), changed.tuning()])?[0];
                Ok(Row { work, gain })
            });
            let rows = rows.collect::<Result<_, Failure>>()?;
            Ok(Group { name, found: changed, take, rows })
        })
        .collect()
}

/// The values in use, with those groups' that are better.
pub(super) fn recommended(in_use: Knobs, groups: &[Group]) -> Option<Knobs> {
    let mut knobs = in_use;
    for group in groups.iter().filter(|group| group.is_better()) {
        (group.take)(&mut knobs, &group.found);
    }
    (knobs != in_use).then_some(knobs)
}

/// Where the two differ: loops at all sizes, thresholds between the two.
fn works(in_use: Knobs, changed: Knobs) -> Vec<Work> {
    let mut works = Vec::new();
    let both = [true, false];
    let loops = |knobs: Knobs| (knobs.prefetch, knobs.ahead, knobs.prefetch_from, knobs.pages, knobs.pages_from);
    if loops(in_use) != loops(changed) {
        for size in loops::SIZES.into_iter().filter(|size| *size >= in_use.drained_copy) {
            works.extend(both.map(|aligned| Work { op: Deed::Copy, size, aligned, random: true }));
        }
    }
    let mut between = |op, a: usize, b: usize, aligned: bool, orders: &[bool]| {
        for size in (6..30).map(|log| 1 << log).filter(|size| (a.min(b)..a.max(b)).contains(size)) {
            works.extend(orders.iter().map(|&random| Work { op, size, aligned, random }));
        }
    };
    between(Deed::Copy, in_use.drained_copy, changed.drained_copy, true, &both);
    between(Deed::Fill, in_use.drained_fill, changed.drained_fill, true, &both);
    between(Deed::Batch, in_use.bypass, changed.bypass, false, &both);
    between(Deed::Raw, in_use.raw_lines, changed.raw_lines, true, &[true]);
    works
}

#[cfg(test)]
mod tests {
    use memcpy_streaming::Tuning;

    use super::*;

    fn group(limits: &[(f64, f64)]) -> Group {
        let work = Work { op: Deed::Copy, size: 4096, aligned: true, random: true };
        let row = |&(low, high): &(f64, f64)| Row { work, gain: Estimate { median: (low + high) / 2.0, low, high } };
        let in_use = Knobs::of(Tuning::of_this_cpu());
        Group {
            name: "drained copies",
            found: Knobs { drained_copy: 999_424, ..in_use },
            take: |knobs, found| knobs.drained_copy = found.drained_copy,
            rows: limits.iter().map(row).collect(),
        }
    }

    #[test]
    fn the_noise_is_not_recommended() {
        for (limits, better) in [
            (&[(1.05, 1.1)][..], true),
            (&[(1.05, 1.1), (0.97, 1.01)], true),
            (&[(0.99, 1.2)], false),
            (&[(1.05, 1.1), (0.9, 0.96)], false),
            (&[(1.02, 1.04), (0.85, 0.99)], false),
            (&[], false),
        ] {
            let in_use = Knobs::of(Tuning::of_this_cpu());
            let group = group(limits);
            assert_eq!(group.is_better(), better, "{limits:?}");
            assert_eq!(recommended(in_use, &[group]).is_some(), better);
        }
    }

    #[test]
    fn thresholds_are_compared_between_the_two() {
        let a = Knobs { drained_copy: 1024, ..Knobs::of(Tuning::of_this_cpu()) };
        let b = Knobs { drained_copy: 4096, ..a };
        let sizes: Vec<_> = works(a, b).iter().map(|work| (work.op, work.size, work.random)).collect();
        let of = |size, random| (Deed::Copy, size, random);
        assert_eq!(sizes, [of(1024, true), of(1024, false), of(2048, true), of(2048, false)]);
        assert_eq!(works(a, a), []);
    }
}
