//! How fast each copy loop is at each size.

use bench_runner::work::{Deed, Work};
use memcpy_streaming::{Prefetch, Tuning};

use super::contest::Judge;
use super::knobs::{Knobs, NEVER};
use crate::failure::Failure;

/// The sizes of cold copies. At the first of them few loops differ.
pub(super) const SIZES: [usize; 7] = [4096, 8192, 16_384, 65_536, 262_144, 1 << 20, 16 << 20];

/// Loops have to win so much over the plain one, on average.
const WINS: f64 = 1.01;

/// From a size on, a loop may lose so little to the simpler one: two medians of the same thing differ by as much.
const EQUAL: f64 = 0.99;

/// Distances, in bytes, and how many pages.
const L1: [usize; 3] = [512, 1024, 2048];
const L2: [usize; 5] = [1024, 2048, 3072, 4096, 8192];
const PAGES: [usize; 2] = [2, 4];

/// A loop, and how many times as fast as the plain one it is at each of the sizes.
pub(super) struct Speeds {
    pub(super) knobs: Knobs,
    pub(super) at: Vec<f64>,
}

/// All that were measured: the plain one first, then those in order, then those that take pages in turn.
pub(super) struct Loops(pub(super) Vec<Speeds>);

/// How many contests that takes.
pub(super) fn contests() -> u64 {
    SIZES.len() as u64 * 2
}

/// Measures all loops.
pub(super) fn measure(judge: &mut Judge) -> Result<Loops, Failure> {
    let candidates = candidates();
    let tunings: Vec<_> = candidates.iter().map(|knobs| knobs.tuning()).collect();
    let mut loops: Vec<_> = candidates.into_iter().map(|knobs| Speeds { knobs, at: Vec::new() }).collect();
    for size in SIZES {
        let mut both_ends = Vec::new();
        for aligned in [true, false] {
            both_ends.push(judge.contest(Work { op: Deed::Copy, size, aligned, random: true }, &tunings)?);
        }
        loops[0].at.push(1.0);
        for (i, one) in loops[1..].iter_mut().enumerate() {
            one.at.push((both_ends[0][i].median * both_ends[1][i].median).sqrt());
        }
    }
    Ok(Loops(loops))
}

/// Each loop from the least length on that it can have; all streamed.
fn candidates() -> Vec<Knobs> {
    let plain = Knobs {
        prefetch: Prefetch::None,
        pages: 1,
        drained_copy: 1024,
        bypass: 256,
        ..Knobs::of(Tuning::of_this_cpu())
    };
    let in_order = |prefetch, ahead| Knobs { prefetch, ahead, prefetch_from: 2 * ahead, ..plain };
    let in_turn = |pages| Knobs { pages, pages_from: 2 * pages * 4096, ..in_order(Prefetch::L2, 4096) };
    let l1 = L1.map(|ahead| in_order(Prefetch::L1, ahead));
    let l2 = L2.map(|ahead| in_order(Prefetch::L2, ahead));
    [plain].into_iter().chain(l1).chain(l2).chain(PAGES.map(in_turn)).collect()
}

impl Loops {
    /// The best pair of a loop in order and one that takes pages in turn, each from the size on from which it is not slower than the
    /// simpler one. A pair has to win over the plain loop by more than two runs of the same thing differ.
    pub(super) fn best(&self) -> Knobs {
        let (in_order, in_turn) = self.0.split_at(1 + L1.len() + L2.len());
        let mut best = Pair { knobs: in_order[0].knobs, average: 1.0 };
        for one in in_order {
            let alone = self.pair(one, None);
            let pairs = in_turn.iter().map(|pages| self.pair(one, Some(pages)));
            for pair in [alone].into_iter().chain(pairs) {
                let needed = if best.knobs == in_order[0].knobs { WINS } else { 1.0 };
                if pair.average > best.average * needed {
                    best = pair;
                }
            }
        }
        best.knobs
    }

    /// A loop in order, and pages in turn from where they are faster.
    fn pair(&self, in_order: &Speeds, in_turn: Option<&Speeds>) -> Pair {
        let plain = &self.0[0];
        let mut knobs = in_order.knobs;
        let ordered = from(in_order, plain, knobs.prefetch_from);
        knobs.prefetch_from = ordered.unwrap_or(NEVER);
        let paged = in_turn.and_then(|pages| Some((pages, from(pages, in_order, pages.knobs.pages_from)?)));
        if let Some((pages, size)) = paged {
            (knobs.pages, knobs.pages_from) = (pages.knobs.pages, size);
        }
        let logs = (0..SIZES.len()).map(|i| match paged {
            Some((pages, size)) if SIZES[i] >= size => pages.at[i].ln(),
            _ if SIZES[i] >= knobs.prefetch_from => in_order.at[i].ln(),
            _ => 0.0,
        });
        Pair { knobs, average: (logs.sum::<f64>() / SIZES.len() as f64).exp() }
    }
}

/// Two loops together.
struct Pair {
    knobs: Knobs,
    /// How many times as fast as the plain loop, on average (geometric) over the sizes.
    average: f64,
}

/// The size from which on a loop is nowhere slower than another; no less than `least`.
fn from(one: &Speeds, other: &Speeds, least: usize) -> Option<usize> {
    let holds = |&i: &usize| SIZES[i] >= least && one.at[i] >= EQUAL * other.at[i];
    (0..SIZES.len()).rev().take_while(holds).last().map(|i| SIZES[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loops(speed: impl Fn(Knobs, usize) -> f64) -> Loops {
        let speeds = |knobs| Speeds { knobs, at: SIZES.iter().map(|&size| speed(knobs, size)).collect() };
        Loops(candidates().into_iter().map(speeds).collect())
    }

    #[test]
    fn where_nothing_wins_the_plain_loop_stays() {
        let best = loops(|_, _| 1.0).best();
        assert_eq!((best.prefetch, best.pages), (Prefetch::None, 1));
        let collapses = loops(|knobs, _| if knobs.pages > 1 { 0.25 } else { 1.0 }).best();
        assert_eq!((collapses.prefetch, collapses.pages), (Prefetch::None, 1));
    }

    #[test]
    fn what_wins_is_taken_from_where_it_wins() {
        let best = loops(|knobs, size| match knobs {
            Knobs { pages: 4, .. } if size >= 65_536 => 1.4,
            Knobs { pages: 1, prefetch: Prefetch::L2, ahead: 2048, .. } if size >= 16_384 => 1.2,
            Knobs { pages: 1, prefetch: Prefetch::None, .. } => 1.0,
            _ => 0.9,
        })
        .best();
        assert_eq!((best.prefetch, best.ahead, best.prefetch_from), (Prefetch::L2, 2048, 16_384));
        assert_eq!((best.pages, best.pages_from), (4, 65_536));
        assert_eq!(Knobs::of(best.tuning()), best, "the library takes it");
    }
}
