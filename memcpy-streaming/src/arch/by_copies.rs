//! What architectures without assembly of their own for it do by copies of bytes.

use crate::Backend;
use crate::kernels::{LINE, fill_lines_portable};
use crate::raw::each_record;
use core::ptr;

/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy_words(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller vouches for both blocks of `len` bytes, and that they do not overlap.
    unsafe { ptr::copy_nonoverlapping(src, dst, len) }
}

/// Fills a line with a pattern from `phase` on.
///
/// # Safety
/// * `period` is a power of two, at most 64, and `phase < period`.
/// * `pattern` is valid for reads of `period` bytes and `line` for writes of 64; they do not overlap.
#[inline]
pub(crate) unsafe fn repeat_in_line(line: *mut u8, pattern: *const u8, period: usize, phase: usize) {
    // SAFETY: both pieces are inside the pattern, and together they are a period. Each further copy is of what was written, to
    // what follows it, and no longer than it: no overlap.
    unsafe {
        copy_words(line, pattern.add(phase), period - phase);
        copy_words(line.add(period - phase), pattern, phase);
        let mut done = period;
        while done < LINE {
            copy_words(line.add(done), line, done);
            done *= 2;
        }
    }
}

/// # Safety
/// As `copy_fixed_by` with a line.
#[inline(always)]
pub(crate) unsafe fn stream_line_by(backend: Backend, dst: *mut u8, line: *const u8) {
    // SAFETY: the contract is the same.
    unsafe { super::copy_fixed_by::<LINE>(backend, dst, line) }
}

/// # Safety
/// * `dst` is valid for writes of `N * count` bytes, and what `source` answers for reads of `N`; they do not overlap.
/// * No other access to the bytes at `dst` before a drain.
#[inline(always)]
pub(crate) unsafe fn copy_records_by<const N: usize>(
    backend: Backend,
    dst: *mut u8,
    count: usize,
    source: impl FnMut(usize) -> *const u8,
) {
    // SAFETY: each record and its source are what the caller vouches for.
    unsafe { each_record::<N>(dst, count, source, |dst, src| super::copy_fixed_by::<N>(backend, dst, src)) }
}

/// # Safety
/// `dst` is valid for writes of `64 * lines` bytes and `line` for reads of 64; they do not overlap.
pub(crate) unsafe fn fill_ordinary_by(_backend: Backend, dst: *mut u8, line: *const u8, lines: usize) {
    // SAFETY: the contract is the same.
    unsafe { fill_lines_portable(dst, line, lines) }
}
