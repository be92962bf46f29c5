//! From which sizes on it pays to stream; and whether what was found beats what is in use.

use bench_runner::work::{Deed, Work};
use memcpy_streaming::Tuning;

use super::contest::{Judge, NEVER, values, with};
use super::loops;
use crate::failure::Failure;
use crate::stats::Estimate;

/// Contests at most of what was found with what is in use; the bar's end.
pub(super) const CONTESTS: u64 = 32;
/// A win is beyond this.
const WINS: f64 = 1.01;
/// A loss of more is no bargain, whatever is won elsewhere.
const LOSES: f64 = 0.97;

/// The size from which on an operation, streamed, is as fast as by ordinary stores.
struct Threshold {
    name: &'static str,
    op: Deed,
    sizes: &'static [usize],
    aligned: &'static [bool],
    /// How fast it has to be where blocks are anywhere (true), and where they follow each other.
    at_least: &'static [(bool, f64)],
    key: &'static str,
}

/// Blocks that follow each other are the best case of ordinary stores: drained calls may lose a tenth there. Raw calls may lose a fifth where each
/// is drained, because they may as well have one drain for many.
static THRESHOLDS: [Threshold; 4] = [
    Threshold {
        name: "drained copies",
        op: Deed::Copy,
        sizes: &[1024, 2048, 4096, 8192],
        aligned: &[true, false],
        at_least: &[(true, 0.98), (false, 0.9)],
        key: "drained-copy",
    },
    Threshold {
        name: "drained fills",
        op: Deed::Fill,
        sizes: &[1024, 2048, 4096, 8192, 16_384, 32_768, 65_536],
        aligned: &[true, false],
        at_least: &[(true, 0.98), (false, 0.9)],
        key: "drained-fill",
    },
    Threshold {
        name: "partial lines",
        op: Deed::Batch,
        sizes: &[256, 512, 1024, 2048],
        aligned: &[false],
        at_least: &[(true, 0.98), (false, 0.98)],
        key: "bypass",
    },
    Threshold {
        name: "raw copies",
        op: Deed::Raw,
        sizes: &[192, 256, 512, 1024],
        aligned: &[true],
        at_least: &[(true, 0.8)],
        key: "raw-lines",
    },
];

/// Contests of the search.
pub(super) fn contests() -> u64 {
    THRESHOLDS.iter().map(|of| of.sizes.len() * of.aligned.len() * of.at_least.len()).sum::<usize>() as u64
}

/// These values with the thresholds that are found.
pub(super) fn find(judge: &mut Judge, mut tuning: &'static Tuning) -> Result<&'static Tuning, Failure> {
    let own = Tuning::of_this_cpu();
    let never = format!("bypass={NEVER} raw-lines={NEVER} drained-copy={NEVER} drained-fill={NEVER}");
    let always = "bypass=256 raw-lines=64 drained-copy=1024 drained-fill=1024";
    let tunings = [with(own, &never), with(own, always)];
    for &Threshold { op, sizes, aligned, at_least, key, .. } in &THRESHOLDS {
        let mut pays = vec![true; sizes.len()];
        for (&size, pays) in sizes.iter().zip(&mut pays) {
            for &aligned in aligned {
                for &(random, at_least) in at_least {
                    *pays &= judge.contest(Work { op, size, aligned, random }, &tunings)?[0].median >= at_least;
                }
            }
        }
        tuning = with(tuning, &format!("{key}={}", first_of_the_end(sizes, &pays)));
    }
    Ok(tuning)
}

/// The first size from which on all pay; twice the last one if that does not.
fn first_of_the_end(sizes: &[usize], pays: &[bool]) -> usize {
    let paying = pays.iter().rev().take_while(|pays| **pays).count();
    sizes[sizes.len() - paying..].first().copied().unwrap_or(2 * sizes[sizes.len() - 1])
}

/// Values that belong together, and what they win over those in use.
pub(super) struct Group {
    /// None for the loops.
    threshold: Option<&'static Threshold>,
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

    /// A tuning with this group's values as they were found.
    fn taken(&self, tuning: &Tuning, found: &Tuning) -> &'static Tuning {
        let of_one = self.threshold.map(|threshold| [threshold.key]);
        with(tuning, &values(found, of_one.as_ref().map_or(&loops::KEYS, |key| key)))
    }

    /// Where two differ by this group's values: loops at all sizes, thresholds between the two.
    fn works(&self, a: &Tuning, b: &Tuning) -> Vec<Work> {
        let Some(&Threshold { op, aligned, at_least, key, .. }) = self.threshold else {
            let differ = values(a, &loops::KEYS) != values(b, &loops::KEYS);
            let sizes = loops::SIZES.into_iter().filter(|size| differ && *size >= a.drained_copy());
            let work = |size| [true, false].map(|aligned| Work { op: Deed::Copy, size, aligned, random: true });
            return sizes.flat_map(work).collect();
        };
        let value = |tuning| values(tuning, &[key])[key.len() + 1..].parse::<usize>().expect("a size");
        let (a, b) = (value(a), value(b));
        let sizes = (6..30).map(|log| 1 << log).filter(|size| (a.min(b)..a.max(b)).contains(size));
        let work = |size| at_least.iter().map(move |&(random, _)| Work { op, size, aligned: aligned[0], random });
        sizes.flat_map(work).collect()
    }
}

pub(super) fn compare(judge: &mut Judge, in_use: &'static Tuning, found: &Tuning) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::new();
    for threshold in [None].into_iter().chain(THRESHOLDS.iter().map(Some)) {
        let mut group = Group { threshold, rows: Vec::new() };
        let changed = group.taken(in_use, found);
        for work in group.works(in_use, changed) {
            group.rows.push((work, judge.contest(work, &[in_use, changed])?[0]));
        }
        groups.push(group);
    }
    Ok(groups)
}

/// The values in use, with those groups' that are better.
pub(super) fn recommended(in_use: &'static Tuning, found: &Tuning, groups: &[Group]) -> Option<&'static Tuning> {
    let better = groups.iter().filter(|group| group.is_better());
    let tuning = better.fold(in_use, |tuning, group| group.taken(tuning, found));
    (tuning != in_use).then_some(tuning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_is_not_recommended() {
        let in_use = with(Tuning::of_this_cpu(), "");
        let found = with(in_use, "drained-copy=999424");
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
    fn thresholds_hold_from_their_size_on_and_are_compared_between_the_two() {
        for (pays, first) in [([true, true, true], 1), ([true, false, true], 4), ([true, true, false], 8)] {
            assert_eq!(first_of_the_end(&[1, 2, 4], &pays), first);
        }
        let [a, b] = ["drained-copy=1024", "drained-copy=4096"].map(|value| with(Tuning::of_this_cpu(), value));
        let works = |of: usize| Group { threshold: Some(&THRESHOLDS[of]), rows: Vec::new() }.works(a, b);
        let of = |size, random| Work { op: Deed::Copy, size, aligned: true, random };
        assert_eq!(works(0), [of(1024, true), of(1024, false), of(2048, true), of(2048, false)]);
        assert_eq!(works(1), []);
    }
}
