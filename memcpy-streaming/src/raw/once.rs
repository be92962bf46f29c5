//! Whole lines are streamed once, and nothing else is: a backend that lists what it is asked for shows it.

use super::{Drains, copy};
use crate::kernels::LINE;
use crate::listing::{self, Call, EARLY, LISTING};
use crate::stepped::{self, Stepped};
use crate::{BYPASS_LEN, Backend, Prefetch, Streamer, Tuning, pattern};
use std::vec;
use std::vec::Vec;

/// All offsets in a line and all lengths from the shortest that is streamed with partial lines, over those where copies
/// begin to prefetch and to take pages in turn: whole lines are streamed once, and nothing else is.
#[test]
fn whole_lines_are_streamed_once() {
    let src = vec![7; 40_000];
    let mut dst = vec![0; src.len() + 2 * LINE];
    let lens = (BYPASS_LEN..BYPASS_LEN + 2 * LINE).chain([8191, 8192, 8193, 19_999, 20_000, 20_064, 33_000, 40_000]);
    // Miri takes a thousand times as long.
    let (lens_step, at_step) = if cfg!(miri) { (60, 21) } else { (1, 1) };
    for len in lens.step_by(lens_step) {
        for at in (0..LINE).step_by(at_step) {
            let dst = dst[at..][..len].as_mut_ptr();
            let end = dst.wrapping_add(len).addr();
            let first = dst.wrapping_add(dst.addr().wrapping_neg() % LINE);
            let lines = (0..).map(|i| first.wrapping_add(LINE * i)).take_while(|line| line.addr() + LINE <= end);
            let lines: Vec<_> = lines.collect();
            // SAFETY: `len` bytes each, in two allocations; nobody else accesses them.
            assert!(unsafe { copy(LISTING, dst, src.as_ptr(), len, Drains::Once) });
            assert!(listing::take().lines == lines, "a copy of {len} bytes to {at}");
            for period in [1, 24, LINE, 100, 1500] {
                // SAFETY: the same, and the first bytes of the source are the pattern.
                assert!(unsafe { pattern::fill(LISTING, dst, len, src.as_ptr(), period, Drains::Once) });
                assert!(listing::take().lines == lines, "{len} bytes at {at}, filled by {period}");
            }
            if (dst.addr() | len).is_multiple_of(8) {
                let stepped = Stepped { record: &[1], word: 0, step: 1 };
                // SAFETY: the same: records of one word.
                assert!(unsafe { stepped::fill(LISTING, dst, len / 8, stepped) });
                assert!(listing::take().lines == lines, "{len} bytes at {at}, stepped");
            }
        }
    }
    crate::arch::drain();
}

/// Short blocks are, if they are aligned lines; the others from [`BYPASS_LEN`] on.
#[test]
fn short_blocks_are_streamed_if_they_are_whole_lines() {
    let src = vec![7; 2 * BYPASS_LEN];
    let mut dst = vec![0; src.len() + 2 * LINE];
    let at = dst.as_ptr().addr().wrapping_neg() % LINE;
    for len in (0..=BYPASS_LEN).step_by(if cfg!(miri) { LINE / 2 } else { 1 }) {
        for at in [at, at + 8] {
            let dst = dst[at..][..len].as_mut_ptr();
            let whole = (dst.addr() | len).is_multiple_of(LINE);
            // A copy of nothing leaves nothing to order.
            let streams = (whole && len > 0) || len == BYPASS_LEN;
            // SAFETY: `len` bytes each, in two allocations; nobody else accesses them.
            let did_stream = unsafe { copy(LISTING, dst, src.as_ptr(), len, Drains::Once) };
            assert_eq!(did_stream, streams, "{len} bytes at {dst:?}");
            let lines = if whole { len / LINE } else { len.saturating_sub(LINE) / LINE };
            assert_eq!(listing::take().lines.len(), if streams { lines } else { 0 }, "{len} bytes at {dst:?}");
        }
    }
    crate::arch::drain();
}

/// What raw calls stream whatever is drained behind them: records, and what is long. Of what they stream only the aligned is short.
#[test]
fn raw_calls_of_a_middle_length_are_ordinary() {
    static LATE: Tuning = Tuning { raw_lines: 512, ..EARLY };
    let late = LISTING.with_tuning(&LATE);
    let src = vec![7; 1024];
    let mut dst = vec![0; src.len() + LINE];
    let at = dst.as_ptr().addr().wrapping_neg() % LINE;
    for lines in 0..=12 {
        let dst = dst[at..][..LINE * lines].as_mut_ptr();
        let streams = matches!(lines, 1 | 2 | 8..);
        // SAFETY: so many lines each, in two allocations; nobody else accesses them.
        unsafe {
            assert_eq!(copy(late, dst, src.as_ptr(), LINE * lines, Drains::PerhapsEach), streams, "{lines} lines");
            assert_eq!(copy(late, dst, src.as_ptr(), LINE * lines, Drains::Once), lines > 0, "{lines} lines");
            let filled = pattern::fill(late, dst, LINE * lines, src.as_ptr(), 1, Drains::PerhapsEach);
            assert_eq!(filled, streams, "{lines} lines");
        }
    }
    listing::take();
    crate::arch::drain();
}

/// One line is loaded by words, inline; more of them by the kernels that the tuning says: which prefetch in long copies, but for the
/// last lines, and take pages in turn in longer ones.
#[test]
fn loops_are_those_of_the_tuning() {
    use Call::{Groups, Lines, LinesL2};
    static NONE: Tuning = Tuning { prefetch: Prefetch::None, pages: 1, ..EARLY };
    static L1: Tuning = Tuning { prefetch: Prefetch::L1, prefetch_from: 2048, pages: 1, ..EARLY };
    static FOUR: Tuning = Tuning { pages: 4, pages_from: 32_768, ..EARLY };
    let src = vec![7; 60_000];
    let mut dst = vec![0; src.len() + LINE];
    let at = dst.as_ptr().addr().wrapping_neg() % LINE;
    for (tuning, lines, expected) in [
        (&EARLY, 0, vec![]),
        (&EARLY, 1, vec![]),
        (&EARLY, 2, vec![LinesL2(2, 0)]),
        (&EARLY, 127, vec![LinesL2(127, 0)]),
        (&EARLY, 128, vec![LinesL2(112, 1024), LinesL2(16, 0)]),
        (&EARLY, 312, vec![LinesL2(296, 1024), LinesL2(16, 0)]),
        (&EARLY, 313, vec![Groups(2, 1, 8192), Groups(2, 1, 0), LinesL2(57, 0)]),
        (&EARLY, 384, vec![Groups(2, 2, 8192), Groups(2, 1, 0), LinesL2(0, 0)]),
        (&EARLY, 600, vec![Groups(2, 3, 8192), Groups(2, 1, 0), LinesL2(88, 0)]),
        (&FOUR, 511, vec![LinesL2(495, 1024), LinesL2(16, 0)]),
        (&FOUR, 700, vec![Groups(4, 1, 16_384), Groups(4, 1, 0), LinesL2(172, 1024), LinesL2(16, 0)]),
        (&NONE, 900, vec![Lines(900, 0)]),
        (&L1, 31, vec![Lines(31, 0)]),
        (&L1, 32, vec![Lines(16, 1024), Lines(16, 0)]),
    ] {
        let dst = dst[at..][..LINE * lines].as_mut_ptr();
        // SAFETY: so many lines each, in two allocations; nobody else accesses them.
        unsafe { copy(LISTING.with_tuning(tuning), dst, src.as_ptr(), LINE * lines, Drains::Once) };
        let list = listing::take();
        assert_eq!((list.lines.len(), list.copies), (lines, expected));
    }
    crate::arch::drain();
}

/// It has nothing to order, so that nobody has to wait for it.
#[test]
fn the_portable_backend_streams_nothing() {
    let portable = Streamer::with_backend(Backend::Portable).expect("there is always one");
    let src = vec![7; 40_000];
    let mut dst = vec![0; src.len() + LINE];
    let at = dst.as_ptr().addr().wrapping_neg() % LINE;
    let blocks = [(at, LINE), (at + 8, 1000), (at, 4096), (at, 40_000), (at + 8, 32_768)];
    for (at, len) in blocks.into_iter().take(if cfg!(miri) { 3 } else { 5 }) {
        let dst = dst[at..][..len].as_mut_ptr();
        let stepped = Stepped { record: &[1], word: 0, step: 1 };
        // SAFETY: `len` bytes each, in two allocations; nobody else accesses them.
        unsafe {
            assert!(!copy(portable, dst, src.as_ptr(), len, Drains::Once));
            assert!(!pattern::fill(portable, dst, len, src.as_ptr(), 24, Drains::Once));
            assert!(!stepped::fill(portable, dst, len / 8, stepped));
        }
    }
}
