//! What architectures without assembly of their own for it do by copies of bytes.

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
        while done < crate::kernels::LINE {
            copy_words(line.add(done), line, done);
            done *= 2;
        }
    }
}
