//! Where to stream and where not: every operation is split into a head, whole lines, and a tail.
//!
//! The functions answer whether they issued streaming stores, so that callers fence only then.

use crate::arch::copy_ordinary;
use crate::kernels::{Kernels, LINE};
use crate::{BYPASS_LEN, Backend};

/// Up to this many bytes a copy loads words: a record that was just written in words can then be forwarded from the store
/// buffer, where a wider load would have to wait for all streaming stores before it (3.3 times slower on Zen 3 and 2.7
/// times on Zen 4, a word of a 64-byte record being written before each copy). From 256 bytes on that wait no longer
/// shows, and eight loads to each line that is not in the cache do: 1.6 against 2.3 GB/s.
const NARROW_LEN: usize = 128;

/// From this many bytes on a copy prefetches. The hardware's prefetchers start slowly and stop at page borders, which
/// matters little to short copies; and these would pay for lines that they do not use.
const PREFETCH_LEN: usize = 32 * 1024;

/// How far ahead a copy prefetches, in bytes.
const PREFETCH_AHEAD: usize = 1024;

/// Whether the backend has only ordinary stores.
#[inline]
pub(crate) fn is_portable(kernels: &Kernels) -> bool {
    kernels.backend == Backend::Portable
}

/// A destination cut at its line borders.
#[derive(Clone, Copy)]
pub(crate) struct Split {
    /// Bytes before the first border.
    pub(crate) head: usize,
    /// Whole lines.
    pub(crate) lines: usize,
    /// Bytes after the last border.
    pub(crate) tail: usize,
}

impl Split {
    /// How `len` bytes at `dst` are to be streamed, or None if they should not be: a partial line costs more by a
    /// streaming store than by an ordinary one, and below [`BYPASS_LEN`] partial lines outweigh the whole ones. Whole
    /// aligned lines are streamed at any length.
    #[inline]
    pub(crate) fn new(kernels: &Kernels, dst: *mut u8, len: usize) -> Option<Split> {
        let head = dst.addr().wrapping_neg() % LINE;
        let aligned = head == 0 && len.is_multiple_of(LINE) && len > 0;
        if is_portable(kernels) || (len < BYPASS_LEN && !aligned) {
            return None;
        }
        // BYPASS_LEN is more than a line, so `len` is more than `head`.
        let rest = len - head;
        Some(Split { head, lines: rest / LINE, tail: rest % LINE })
    }
}

/// Copies `len` bytes; true if some were streamed.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * If it answers true: no other access to the bytes at `dst` before a drain on this thread.
#[inline]
pub(crate) unsafe fn copy(kernels: &Kernels, dst: *mut u8, src: *const u8, len: usize) -> bool {
    let Some(Split { head, lines, tail }) = Split::new(kernels, dst, len) else {
        // SAFETY: the caller's.
        unsafe { copy_bypassed(kernels, dst, src, len) };
        return false;
    };
    let body = LINE * lines;
    // SAFETY: head, body and tail are the `len` bytes, one after the other; `dst + head` is aligned to a line; the
    // kernels come from `kernels::available` or `active`, so the CPU has what they need.
    unsafe {
        copy_ordinary(dst, src, head);
        copy_lines(kernels, dst.add(head), src.add(head), lines);
        copy_ordinary(dst.add(head + body), src.add(head + body), tail);
    }
    true
}

/// Copies whole lines through loads of the right width.
///
/// # Safety
/// As [`copy`] with `64 * lines` bytes, and `dst` 64-byte aligned.
#[inline]
pub(crate) unsafe fn copy_lines(kernels: &Kernels, dst: *mut u8, src: *const u8, lines: usize) {
    // The last lines have nothing ahead of them to prefetch.
    let ahead_lines = if lines >= PREFETCH_LEN / LINE { lines - PREFETCH_AHEAD / LINE } else { 0 };
    let at = LINE * ahead_lines;
    // SAFETY: the caller's lines in two parts.
    unsafe {
        if lines <= NARROW_LEN / LINE {
            return (kernels.copy_lines_narrow)(dst, src, lines);
        }
        if ahead_lines > 0 {
            (kernels.copy_lines)(dst, src, ahead_lines, PREFETCH_AHEAD);
        }
        (kernels.copy_lines)(dst.add(at), src.add(at), lines - ahead_lines, 0);
    }
}

/// Copies what is not to be streamed: short pieces, or anything on the portable backend, whose memcpy does it best.
///
/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
#[inline]
pub(crate) unsafe fn copy_bypassed(kernels: &Kernels, dst: *mut u8, src: *const u8, len: usize) {
    if is_portable(kernels) {
        // SAFETY: the caller's.
        unsafe { core::ptr::copy_nonoverlapping(src, dst, len) }
    } else {
        // SAFETY: the caller's.
        unsafe { copy_ordinary(dst, src, len) }
    }
}
