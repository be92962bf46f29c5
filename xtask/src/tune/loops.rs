//! How fast each copy loop is at each size.

use std::iter::zip;

use bench_runner::work::{Deed, Work};
use memcpy_streaming::{Prefetch, Tuning};

use super::contest::Judge;
use super::knobs::{CopyLoop, Knobs, NEVER};
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
    pub(super) copy: CopyLoop,
    pub(super) at: [f64; SIZES.len()],
}

pub(super) fn contests() -> u64 {
    SIZES.len() as u64 * 2
}

pub(super) fn measure(judge: &mut Judge) -> Result<Vec<Speeds>, Failure> {
    let mut loops = candidates();
    // All streamed.
    let base = Knobs { drained_copy: 1024, bypass: 256, ..Knobs::of(Tuning::of_this_cpu()) };
    let tunings: Vec<_> = loops.iter().map(|one| Knobs { copy: one.copy, ..base }.tuning()).collect();
    for (at, size) in SIZES.into_iter().enumerate() {
        let mut contest = |aligned| judge.contest(Work { op: Deed::Copy, size, aligned, random: true }, &tunings);
        let both_ends = zip(contest(true)?, contest(false)?);
        for (one, (aligned, misaligned)) in loops[1..].iter_mut().zip(both_ends) {
            one.at[at] = (aligned.median * misaligned.median).sqrt();
        }
    }
    Ok(loops)
}

/// Each loop from the least length on that it can have: the plain one first, then those in order, then those that take pages in turn.
fn candidates() -> Vec<Speeds> {
    let own = Knobs::of(Tuning::of_this_cpu()).copy;
    let plain = CopyLoop { prefetch: Prefetch::None, pages: 1, ..own };
    let in_order = |prefetch, ahead| CopyLoop { prefetch, ahead, prefetch_from: 2 * ahead, ..plain };
    let in_turn = |pages| CopyLoop { pages, pages_from: 2 * pages * 4096, ..in_order(Prefetch::L2, 4096) };
    let l1 = L1.map(|ahead| in_order(Prefetch::L1, ahead));
    let l2 = L2.map(|ahead| in_order(Prefetch::L2, ahead));
    let all = [plain].into_iter().chain(l1).chain(l2).chain(PAGES.map(in_turn));
    all.map(|copy| Speeds { copy, at: [1.0; SIZES.len()] }).collect()
}

/// The best pair of a loop in order and one that takes pages in turn, each from the size on from which it is not slower than the
/// simpler one. A pair has to win over the plain loop by more than two runs of the same thing differ.
pub(super) fn best(loops: &[Speeds]) -> CopyLoop {
    let (in_order, in_turn) = loops.split_at(1 + L1.len() + L2.len());
    let plain = &loops[0];
    let (mut best, mut most) = (plain.copy, 1.0);
    for one in in_order {
        for pages in [None].into_iter().chain(in_turn.iter().map(Some)) {
            let (copy, average) = pair(plain, one, pages);
            if average > most * if best == plain.copy { WINS } else { 1.0 } {
                (best, most) = (copy, average);
            }
        }
    }
    best
}

/// A loop in order, and pages in turn from where they are faster; with how many times as fast as the plain loop they are, on average (geometric) over
/// the sizes.
fn pair(plain: &Speeds, in_order: &Speeds, in_turn: Option<&Speeds>) -> (CopyLoop, f64) {
    let mut copy = in_order.copy;
    copy.prefetch_from = from(in_order, plain, copy.prefetch_from).unwrap_or(NEVER);
    let paged = in_turn.and_then(|pages| Some((pages, from(pages, in_order, pages.copy.pages_from)?)));
    if let Some((pages, size)) = paged {
        (copy.pages, copy.pages_from) = (pages.copy.pages, size);
    }
    let logs = (0..SIZES.len()).map(|i| match paged {
        Some((pages, size)) if SIZES[i] >= size => pages.at[i].ln(),
        _ if SIZES[i] >= copy.prefetch_from => in_order.at[i].ln(),
        _ => 0.0,
    });
    (copy, (logs.sum::<f64>() / SIZES.len() as f64).exp())
}

/// The size from which on a loop is nowhere slower than another; no less than `least`.
fn from(one: &Speeds, other: &Speeds, least: usize) -> Option<usize> {
    let holds = |&i: &usize| SIZES[i] >= least && one.at[i] >= EQUAL * other.at[i];
    (0..SIZES.len()).rev().take_while(holds).last().map(|i| SIZES[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best_of(speed: impl Fn(CopyLoop, usize) -> f64) -> CopyLoop {
        let speeds = |one: Speeds| Speeds { at: SIZES.map(|size| speed(one.copy, size)), ..one };
        best(&candidates().into_iter().map(speeds).collect::<Vec<_>>())
    }

    #[test]
    fn what_wins_is_taken_from_where_it_wins_and_else_the_plain_loop_stays() {
        for pages_in_turn in [1.0, 0.25] {
            let best = best_of(|copy, _| if copy.pages > 1 { pages_in_turn } else { 1.0 });
            assert_eq!((best.prefetch, best.pages), (Prefetch::None, 1));
        }
        let copy = best_of(|copy, size| match copy {
            CopyLoop { pages: 4, .. } if size >= 65_536 => 1.4,
            CopyLoop { pages: 1, prefetch: Prefetch::L2, ahead: 2048, .. } if size >= 16_384 => 1.2,
            CopyLoop { pages: 1, prefetch: Prefetch::None, .. } => 1.0,
            _ => 0.9,
        });
        let Prefetch::L2 = copy.prefetch else { panic!("{copy:?}") };
        assert_eq!((copy.ahead, copy.prefetch_from, copy.pages, copy.pages_from), (2048, 16_384, 4, 65_536));
        let knobs = Knobs { copy, ..Knobs::of(Tuning::of_this_cpu()) };
        assert_eq!(Knobs::of(knobs.tuning()), knobs, "the library takes it");
    }
}
