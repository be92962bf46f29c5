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

/// Values of a tuning that belong together, and where they are tried.
pub(super) struct Part {
    pub(super) name: &'static str,
    keys: &'static [&'static str],
    op: Deed,
    sizes: &'static [usize],
    cases: &'static [Case],
}

/// Whether ends are aligned, whether blocks are anywhere or follow each other, and how fast streamed ones have to be there, against ordinary stores.
type Case = (bool, bool, f64);

const MISALIGNED: &[Case] = &[(false, true, 0.98), (false, false, 0.98)];
/// Blocks that follow each other are the best case of ordinary stores: drained calls may lose a tenth there.
const DRAINED: &[Case] = &[(true, true, 0.98), (true, false, 0.9), (false, true, 0.98), (false, false, 0.9)];

static LOOPS: Part = part("loops", &loops::KEYS, Deed::Copy, &loops::SIZES, &[(true, true, 1.0), (false, true, 1.0)]);

/// Each has one key: the size from which on an operation, streamed, is as fast as by ordinary stores.
static THRESHOLDS: [Part; 4] = [
    part("drained copies", &["drained-copy"], Deed::Copy, &[1024, 2048, 4096, 8192], DRAINED),
    part("drained fills", &["drained-fill"], Deed::Fill, &[1024, 2048, 4096, 8192, 16_384, 32_768, 65_536], DRAINED),
    part("partial lines", &["bypass"], Deed::Batch, &[256, 512, 1024, 2048], MISALIGNED),
    // They may lose a fifth where each is drained, because they may as well have one drain for many.
    part("raw copies", &["raw-lines"], Deed::Raw, &[192, 256, 512, 1024], &[(true, true, 0.8)]),
];

const fn part(
    name: &'static str,
    keys: &'static [&'static str],
    op: Deed,
    sizes: &'static [usize],
    cases: &'static [Case],
) -> Part {
    Part { name, keys, op, sizes, cases }
}

impl Part {
    fn works(&self, size: usize) -> impl Iterator<Item = (Work, f64)> {
        let Part { op, cases, .. } = *self;
        cases.iter().map(move |&(aligned, random, at_least)| (Work { op, size, aligned, random }, at_least))
    }

    /// Where two tunings differ by these values: loops at all sizes, thresholds between the two, with the first kind of ends.
    fn between(&self, a: &Tuning, b: &Tuning) -> Vec<Work> {
        let said = [a, b].map(|tuning| values(tuning, self.keys));
        let sizes: Vec<_> = match self.keys {
            [key] => {
                let [a, b] = said.map(|said| said[key.len() + 1..].parse::<usize>().expect("a size"));
                (6..30).map(|log| 1 << log).filter(|size| (a.min(b)..a.max(b)).contains(size)).collect()
            }
            _ if said[0] == said[1] => Vec::new(),
            _ => self.sizes.iter().copied().filter(|size| *size >= a.drained_copy()).collect(),
        };
        let works = sizes.into_iter().flat_map(|size| self.works(size)).map(|(work, _)| work);
        works.filter(|work| self.keys.len() > 1 || work.aligned == self.cases[0].0).collect()
    }
}

/// Contests of the search, at most.
pub(super) fn contests() -> u64 {
    THRESHOLDS.iter().map(|part| part.sizes.len() * part.cases.len()).sum::<usize>() as u64
}

/// These values with the thresholds that are found: of each the size from which on all pay; twice the last one if that does not.
pub(super) fn find(judge: &mut Judge, mut tuning: &'static Tuning) -> Result<&'static Tuning, Failure> {
    let own = Tuning::of_this_cpu();
    let never = format!("bypass={NEVER} raw-lines={NEVER} drained-copy={NEVER} drained-fill={NEVER}");
    let always = "bypass=256 raw-lines=64 drained-copy=1024 drained-fill=1024";
    let tunings = [with(own, &never), with(own, always)];
    for part in &THRESHOLDS {
        let mut from = 2 * part.sizes[part.sizes.len() - 1];
        'sizes: for &size in part.sizes.iter().rev() {
            for (work, at_least) in part.works(size) {
                if judge.contest(work, &tunings)?[0].median < at_least {
                    break 'sizes;
                }
            }
            from = size;
        }
        tuning = with(tuning, &format!("{}={from}", part.keys[0]));
    }
    Ok(tuning)
}

/// What the values of a part win over those in use.
pub(super) struct Group {
    pub(super) part: &'static Part,
    /// Where they differ, and how many times as fast those that were found are.
    pub(super) rows: Vec<(Work, Estimate)>,
}

impl Group {
    /// Whether it wins somewhere by more than the noise, on average, and loses nowhere.
    pub(super) fn is_better(&self) -> bool {
        let gains = || self.rows.iter().map(|(_, gain)| gain);
        gains().any(|gain| gain.low > WINS)
            && gains().map(|gain| gain.median.ln()).sum::<f64>() > 0.0
            && !gains().any(|gain| gain.high < LOSES)
    }
}

pub(super) fn compare(judge: &mut Judge, in_use: &'static Tuning, found: &Tuning) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::new();
    for part in [&LOOPS].into_iter().chain(&THRESHOLDS) {
        let (changed, mut rows) = (with(in_use, &values(found, part.keys)), Vec::new());
        for work in part.between(in_use, changed) {
            rows.push((work, judge.contest(work, &[in_use, changed])?[0]));
        }
        groups.push(Group { part, rows });
    }
    Ok(groups)
}

/// The values in use, with those groups' that are better.
pub(super) fn recommended(in_use: &'static Tuning, found: &Tuning, groups: &[Group]) -> Option<&'static Tuning> {
    let better = groups.iter().filter(|group| group.is_better());
    let tuning = better.fold(in_use, |tuning, group| with(tuning, &values(found, group.part.keys)));
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
            (&[(1.05, 1.1), (0.97, 1.01)][..], true),
            (&[(0.99, 1.2)], false),
            (&[(1.05, 1.1), (0.9, 0.96)], false),
            (&[(1.02, 1.04), (0.85, 0.99)], false),
            (&[], false),
        ] {
            let row = |&(low, high): &(f64, f64)| (work, Estimate { median: (low + high) / 2.0, low, high });
            let group = Group { part: &THRESHOLDS[0], rows: limits.iter().map(row).collect() };
            assert_eq!(recommended(in_use, found, &[group]), better.then_some(found), "{limits:?}");
        }
    }

    #[test]
    fn thresholds_are_compared_between_the_two() {
        let [a, b] = ["drained-copy=1024", "drained-copy=4096"].map(|value| with(Tuning::of_this_cpu(), value));
        let sizes = THRESHOLDS[0].between(a, b).into_iter().map(|work| work.size);
        assert!(sizes.eq([1024, 1024, 2048, 2048]) && THRESHOLDS[1].between(a, b).is_empty());
    }
}
