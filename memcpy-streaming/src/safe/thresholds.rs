//! From how many bytes on the safe functions stream: a backend that lists what it is asked for shows it.

use crate::kernels::LINE;
use crate::listing::{self, EARLY, LISTING};
use crate::{BYPASS_LEN, Tuning};
use std::vec;

/// Lines that `write` streams of `len` bytes which start at a line; they must all be 7 afterwards.
fn streamed(len: usize, write: impl FnOnce(&mut [u8])) -> usize {
    let mut memory = vec![0; len + LINE];
    let at = memory.as_ptr().addr().wrapping_neg() % LINE;
    listing::take();
    write(&mut memory[at..][..len]);
    assert!(memory[at..][..len] == vec![7; len], "{len} bytes");
    listing::take().lines.len()
}

#[test]
fn what_is_drained_at_once_is_streamed_from_the_lengths_of_the_tuning_on() {
    static LATE: Tuning = Tuning { drained_copy: 2000, drained_fill: 2500, ..EARLY };
    for tuning in [&EARLY, &LATE] {
        let listing = LISTING.with_tuning(tuning);
        let (copy, fill) = (tuning.drained_copy, tuning.drained_fill);
        let lens = [0, 1, 64, 256, copy - 1, copy, copy + 1, fill - 1, fill, fill + 1, 3000];
        for len in lens.into_iter().step_by(if cfg!(miri) { 4 } else { 1 }) {
            let lines = |from| if len < from { 0 } else { len / LINE };
            let src = vec![7; len];
            assert_eq!(streamed(len, |dst| listing.copy(dst, &src)), lines(copy), "a copy of {len} bytes");
            for pattern in [&[7][..], &[7; 3], &[7; 64]] {
                let filled = streamed(len, |dst| listing.fill_pattern(dst, pattern));
                assert_eq!(filled, lines(fill), "{len} bytes of a pattern of {}", pattern.len());
            }
            assert_eq!(streamed(len, |dst| listing.fill(dst, 7)), lines(fill), "{len} bytes");
        }
    }
}

#[test]
fn what_a_scope_drains_is_streamed_as_soon_as_that_is_not_slower() {
    for len in [0, 1, 64, 65, BYPASS_LEN - 1, BYPASS_LEN, BYPASS_LEN + 1, 3000] {
        let lines = if len.is_multiple_of(LINE) || len >= BYPASS_LEN { len / LINE } else { 0 };
        let src = vec![7; len];
        assert_eq!(streamed(len, |dst| LISTING.scope(|s| s.copy(dst, &src))), lines, "a copy of {len} bytes");
        assert_eq!(streamed(len, |dst| LISTING.scope(|s| s.fill(dst, 7))), lines, "{len} bytes");
        let pattern = |dst: &mut [u8]| LISTING.scope(|s| s.fill_pattern(dst, &[7; 3]));
        assert_eq!(streamed(len, pattern), lines, "{len} bytes of a pattern");
    }
}

/// Of values without size, and of none, nothing is left to write.
#[test]
fn nothing_is_filled_with_anything() {
    listing::take();
    let (mut units, mut none) = ([(); 5], [0_u64; 0]);
    LISTING.fill(&mut units, ());
    LISTING.fill(&mut none, 1);
    LISTING.scope(|s| {
        s.fill(&mut units, ());
        s.fill(&mut none, 1);
    });
    assert!(listing::take().lines.is_empty());
}
