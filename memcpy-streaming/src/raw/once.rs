//! Whole lines are streamed once, and nothing else is: a backend that lists what it is asked for shows it.

use super::{PREFETCH_AHEAD, PREFETCH_LEN, copy};
use crate::kernels::LINE;
use crate::listing::{self, LISTING};
use crate::stepped::{self, Stepped};
use crate::{BYPASS_LEN, Backend, pattern};
use std::vec;
use std::vec::Vec;

/// All offsets in a line and all lengths from the shortest that is streamed with partial lines, over those where copies
/// begin to prefetch: whole lines are streamed once, in order, and nothing else is.
#[test]
fn whole_lines_are_streamed_once() {
    let src = vec![7; 40_000];
    let mut dst = vec![0; src.len() + 2 * LINE];
    let lens = (BYPASS_LEN..BYPASS_LEN + 2 * LINE).chain([32_767, 32_768, 32_769, 33_000, 40_000]);
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
            assert!(unsafe { copy(LISTING.kernels, dst, src.as_ptr(), len) });
            assert!(listing::take().lines == lines, "a copy of {len} bytes to {at}");
            for period in [1, 24, LINE, 100, 1500] {
                // SAFETY: the same, and the first bytes of the source are the pattern.
                assert!(unsafe { pattern::fill(LISTING.kernels, dst, len, src.as_ptr(), period) });
                assert!(listing::take().lines == lines, "{len} bytes at {at}, filled by {period}");
            }
            if (dst.addr() | len).is_multiple_of(8) {
                let stepped = Stepped { record: &[1], word: 0, step: 1 };
                // SAFETY: the same: records of one word.
                assert!(unsafe { stepped::fill(LISTING.kernels, dst, len / 8, stepped) });
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
            assert_eq!(unsafe { copy(LISTING.kernels, dst, src.as_ptr(), len) }, streams, "{len} bytes at {dst:?}");
            let lines = if whole { len / LINE } else { len.saturating_sub(LINE) / LINE };
            assert_eq!(listing::take().lines.len(), if streams { lines } else { 0 }, "{len} bytes at {dst:?}");
        }
    }
    crate::arch::drain();
}

/// One line is loaded by words, inline; more of them by the kernel, which prefetches in long copies, but for the last lines.
#[test]
fn loads_are_as_wide_as_the_copy_is_long() {
    let src = vec![7; PREFETCH_LEN + 2 * LINE];
    let mut dst = vec![0; src.len() + LINE];
    let at = dst.as_ptr().addr().wrapping_neg() % LINE;
    let (long, last) = (PREFETCH_LEN / LINE, PREFETCH_AHEAD / LINE);
    for (lines, expected) in [
        (0, vec![]),
        (1, vec![]),
        (2, vec![(2, 0)]),
        (3, vec![(3, 0)]),
        (long - 1, vec![(long - 1, 0)]),
        (long, vec![(long - last, PREFETCH_AHEAD), (last, 0)]),
        (long + 2, vec![(long + 2 - last, PREFETCH_AHEAD), (last, 0)]),
    ] {
        let dst = dst[at..][..LINE * lines].as_mut_ptr();
        // SAFETY: so many lines each, in two allocations; nobody else accesses them.
        unsafe { copy(LISTING.kernels, dst, src.as_ptr(), LINE * lines) };
        let list = listing::take();
        assert_eq!((list.lines.len(), list.copies), (lines, expected));
    }
    crate::arch::drain();
}

/// It has nothing to order, so that nobody has to wait for it.
#[test]
fn the_portable_backend_streams_nothing() {
    let portable = crate::kernels::available().last().expect("there is always one");
    assert!(portable.backend == Backend::Portable);
    let src = vec![7; 40_000];
    let mut dst = vec![0; src.len() + LINE];
    let at = dst.as_ptr().addr().wrapping_neg() % LINE;
    for (at, len) in [(at, LINE), (at, 4096), (at, 40_000), (at + 8, 1000), (at + 8, 32_768)] {
        let dst = dst[at..][..len].as_mut_ptr();
        let stepped = Stepped { record: &[1], word: 0, step: 1 };
        // SAFETY: `len` bytes each, in two allocations; nobody else accesses them.
        unsafe {
            assert!(!copy(portable, dst, src.as_ptr(), len));
            assert!(!pattern::fill(portable, dst, len, src.as_ptr(), 24));
            assert!(!stepped::fill(portable, dst, len / 8, stepped));
        }
    }
}
