//! How fast each copy loop is at each size.

use std::iter::zip;

use bench_runner::work::{Deed, Work};
use memcpy_streaming::{Prefetch, Tuning};

use super::contest::{Judge, NEVER, with};
use crate::failure::Failure;

/// The keys of a loop: how long copies go.
pub(super) const KEYS: [&str; 5] = ["prefetch", "ahead", "prefetch-from", "pages", "pages-from"];
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
    pub(super) copy: &'static Tuning,
    pub(super) at: [f64; SIZES.len()],
}

pub(super) const CONTESTS: u64 = SIZES.len() as u64 * 2;

pub(super) fn measure(judge: &mut Judge) -> Result<Vec<Speeds>, Failure> {
    let mut loops = candidates();
    let tunings: Vec<_> = loops.iter().map(|one| one.copy).collect();
    for (at, size) in SIZES.into_iter().enumerate() {
        let mut contest = |aligned| judge.contest(Work { op: Deed::Copy, size, aligned, random: true }, &tunings);
        let both_ends = zip(contest(true)?, contest(false)?);
        for (one, (aligned, misaligned)) in loops[1..].iter_mut().zip(both_ends) {
            one.at[at] = (aligned.median * misaligned.median).sqrt();
        }
    }
    Ok(loops)
}

/// Each loop from the least length on that it can have, all streamed: the plain one first, then those in order, then those that take pages in turn.
fn candidates() -> Vec<Speeds> {
    let plain = with(Tuning::of_this_cpu(), "prefetch=none pages=1 drained-copy=1024 bypass=256");
    let in_order = |prefetch: Prefetch, ahead: usize| {
        with(plain, &format!("prefetch={prefetch} ahead={ahead} prefetch-from={}", 2 * ahead))
    };
    let in_turn =
        |pages: usize| with(in_order(Prefetch::L2, 4096), &format!("pages={pages} pages-from={}", 2 * pages * 4096));
    let l1 = L1.map(|ahead| in_order(Prefetch::L1, ahead));
    let l2 = L2.map(|ahead| in_order(Prefetch::L2, ahead));
    let all = [plain].into_iter().chain(l1).chain(l2).chain(PAGES.map(in_turn));
    all.map(|copy| Speeds { copy, at: [1.0; SIZES.len()] }).collect()
}

/// The best pair of a loop in order and one that takes pages in turn, each from the size on from which it is not slower than the
/// simpler one. A pair has to win over the plain loop by more than two runs of the same thing differ.
pub(super) fn best(loops: &[Speeds]) -> &'static Tuning {
    let (in_order, in_turn) = loops.split_at(1 + L1.len() + L2.len());
    let plain = &loops[0];
    let pages = || [None].into_iter().chain(in_turn.iter().map(Some));
    let pairs = in_order.iter().flat_map(|one| pages().map(move |pages| pair(plain, one, pages)));
    let winners = pairs.filter(|(_, average)| *average > WINS);
    winners.max_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(plain.copy, |(copy, _)| copy)
}

/// A loop in order, and pages in turn from where they are faster; and how many times as fast as the plain loop that is, on geometric average.
fn pair(plain: &Speeds, in_order: &Speeds, in_turn: Option<&Speeds>) -> (&'static Tuning, f64) {
    let prefetch_from = from(in_order, plain, in_order.copy.prefetch_from()).unwrap_or(NEVER);
    let mut changes = format!("prefetch-from={prefetch_from}");
    let paged = in_turn.and_then(|pages| Some((pages, from(pages, in_order, pages.copy.pages_from())?)));
    if let Some((pages, size)) = paged {
        changes += &format!(" pages={} pages-from={size}", pages.copy.pages());
    }
    let logs = (0..SIZES.len()).map(|i| match paged {
        Some((pages, size)) if SIZES[i] >= size => pages.at[i].ln(),
        _ if SIZES[i] >= prefetch_from => in_order.at[i].ln(),
        _ => 0.0,
    });
    (with(in_order.copy, &changes), (logs.sum::<f64>() / SIZES.len() as f64).exp())
}

/// The size from which on a loop is nowhere slower than another; no less than `least`.
fn from(one: &Speeds, other: &Speeds, least: usize) -> Option<usize> {
    let holds = |&i: &usize| SIZES[i] >= least && one.at[i] >= EQUAL * other.at[i];
    (0..SIZES.len()).rev().take_while(holds).last().map(|i| SIZES[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best_of(speed: impl Fn(&Tuning, usize) -> f64) -> &'static Tuning {
        let speeds = |one: Speeds| Speeds { at: SIZES.map(|size| speed(one.copy, size)), ..one };
        best(&candidates().into_iter().map(speeds).collect::<Vec<_>>())
    }

    #[test]
    fn what_wins_is_taken_from_where_it_wins_and_else_the_plain_loop_stays() {
        for pages_in_turn in [1.0, 0.25] {
            let best = best_of(|copy, _| if copy.pages() > 1 { pages_in_turn } else { 1.0 });
            assert_eq!((best.prefetch(), best.pages()), (Prefetch::None, 1));
        }
        let copy = best_of(|copy, size| match (copy.pages(), copy.prefetch(), copy.ahead()) {
            (4, ..) if size >= 65_536 => 1.4,
            (1, Prefetch::L2, 2048) if size >= 16_384 => 1.2,
            (1, Prefetch::None, _) => 1.0,
            _ => 0.9,
        });
        assert!(copy.to_string().starts_with("prefetch=l2 ahead=2048 prefetch-from=16384 pages=4 pages-from=65536 "));
    }
}
