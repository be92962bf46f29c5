//! Memory does not show how often, and by what, it was written: a kernel that keeps a list does. (Lines that are copied
//! inline, without a kernel, enter themselves into it in tests.)

use super::copy;
use crate::kernels::{Kernels, LINE, Support};
use crate::stepped::{self, Stepped};
use crate::{BYPASS_LEN, Backend, pattern};
use core::cell::RefCell;
use core::ptr;
use std::vec::Vec;
use std::{thread_local, vec};

thread_local! {
    /// The lines that were streamed.
    static STREAMED: RefCell<Vec<*mut u8>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn list(dst: *mut u8, lines: usize) {
    assert!(dst.addr().is_multiple_of(LINE), "{dst:?} is no line");
    STREAMED.with_borrow_mut(|streamed| streamed.extend((0..lines).map(|i| dst.wrapping_add(LINE * i))));
}

/// # Safety
/// As all `copy_lines`.
unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, _ahead: usize) {
    list(dst, lines);
    // SAFETY: the caller's.
    unsafe { ptr::copy_nonoverlapping(src, dst, LINE * lines) }
}

/// # Safety
/// As all `fill_lines`.
unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    for i in 0..lines {
        // SAFETY: line `i` of the caller's.
        unsafe { copy_lines(dst.add(LINE * i), line, 1, 0) }
    }
}

/// The name is that of a backend that streams, and that is in every build.
static LISTING: Kernels = Kernels {
    backend: if cfg!(target_arch = "aarch64") { Backend::Neon } else { Backend::Sse2 },
    support: || Support::Good,
    copy_lines,
    fill_lines,
    zero_lines: || None,
};

/// All offsets in a line and all lengths from the shortest that is streamed with partial lines, over those where copies
/// begin to prefetch: whole lines are streamed once, in order, and nothing else is.
#[test]
fn whole_lines_are_streamed_once() {
    let src = vec![7; 40_000];
    let mut dst = vec![0; src.len() + 2 * LINE];
    let lens = (BYPASS_LEN..BYPASS_LEN + 2 * LINE).chain([32_767, 32_768, 32_769, 33_000, 40_000]);
    for len in lens {
        for at in 0..LINE {
            let dst = dst[at..][..len].as_mut_ptr();
            let end = dst.wrapping_add(len).addr();
            let first = dst.wrapping_add(dst.addr().wrapping_neg() % LINE);
            let lines = (0..).map(|i| first.wrapping_add(LINE * i)).take_while(|line| line.addr() + LINE <= end);
            let lines: Vec<_> = lines.collect();
            // SAFETY: `len` bytes each, in two allocations; nobody else accesses them.
            assert!(unsafe { copy(&LISTING, dst, src.as_ptr(), len) });
            assert!(STREAMED.take() == lines, "a copy of {len} bytes to {at}");
            for period in [1, 24, LINE, 100, 1500] {
                // SAFETY: the same, and the first bytes of the source are the pattern.
                assert!(unsafe { pattern::fill(&LISTING, dst, len, src.as_ptr(), period) });
                assert!(STREAMED.take() == lines, "{len} bytes at {at}, filled by {period}");
            }
            if (dst.addr() | len).is_multiple_of(8) {
                let stepped = Stepped { record: &[1], word: 0, step: 1 };
                // SAFETY: the same: records of one word.
                assert!(unsafe { stepped::fill(&LISTING, dst, len / 8, stepped) });
                assert!(STREAMED.take() == lines, "{len} bytes at {at}, stepped");
            }
        }
    }
    crate::arch::drain();
}

/// What is streamed does not depend on the kernel's name alone: short blocks are, if they are aligned lines; the others from
/// [`BYPASS_LEN`] on.
#[test]
fn short_blocks_are_streamed_if_they_are_whole_lines() {
    let src = vec![7; 2 * BYPASS_LEN];
    let mut dst = vec![0; src.len() + 2 * LINE];
    let at = dst.as_ptr().addr().wrapping_neg() % LINE;
    for len in 0..=BYPASS_LEN {
        for at in [at, at + 8] {
            let dst = dst[at..][..len].as_mut_ptr();
            let whole = (dst.addr() | len).is_multiple_of(LINE);
            let streams = whole || len == BYPASS_LEN;
            // SAFETY: `len` bytes each, in two allocations; nobody else accesses them.
            assert_eq!(unsafe { copy(&LISTING, dst, src.as_ptr(), len) }, streams, "{len} bytes at {dst:?}");
            let lines = if whole { len / LINE } else { len.saturating_sub(LINE) / LINE };
            assert_eq!(STREAMED.take().len(), if streams { lines } else { 0 }, "{len} bytes at {dst:?}");
        }
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
