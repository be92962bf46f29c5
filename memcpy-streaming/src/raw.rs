//! Where to stream and where not: every operation is split into a head, whole lines, and a tail.
//!
//! The functions answer whether they issued streaming stores, so that callers fence only then.

use crate::arch::{self, copy_words};
use crate::kernels::{Kernels, LINE};
use crate::{BYPASS_LEN, Backend};
use core::ptr;

#[cfg(test)]
mod once;

/// Up to this many bytes a streaming copy loads words: a record that was just written in words can then be forwarded from
/// the store buffer, where a wider load would have to wait for all streaming stores before it (3.3 times slower on Zen 3 and
/// 2.7 times on Zen 4, a word of a 64-byte record being written before each copy). More would be wrong: from 128 bytes on
/// that wait hardly shows, and eight loads of each line that is not in the cache do, 1.3 against 2.9 GB/s.
const NARROW_LEN: usize = LINE;

/// Up to this many bytes an ordinary copy that may stand between streaming ones does the same.
const RECORD_LEN: usize = 128;

/// From this many bytes on a copy prefetches. The hardware's prefetchers start slowly and stop at page borders, which
/// matters little to short copies; and these would pay for lines that they do not use.
const PREFETCH_LEN: usize = 32_768;

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
        if is_portable(kernels) || len == 0 || (len < BYPASS_LEN && !are_whole_lines(dst, len)) {
            return None;
        }
        // BYPASS_LEN is more than a line, so `len` is more than `head`.
        let head = dst.addr().wrapping_neg() % LINE;
        let rest = len - head;
        Some(Split { head, lines: rest / LINE, tail: rest % LINE })
    }
}

#[inline]
fn are_whole_lines(dst: *mut u8, len: usize) -> bool {
    (dst.addr() | len).is_multiple_of(LINE)
}

/// Copies `len` bytes; true if some were streamed.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * If it answers true: no other access to the bytes at `dst` before a drain on this thread.
#[inline]
pub(crate) unsafe fn copy(kernels: &Kernels, dst: *mut u8, src: *const u8, len: usize) -> bool {
    if is_portable(kernels) {
        // SAFETY: the caller vouches for both blocks, and that they do not overlap.
        unsafe { ptr::copy_nonoverlapping(src, dst, len) };
        false
    } else if are_whole_lines(dst, len) {
        // SAFETY: the lines are the `len` bytes that the caller vouches for, and `dst` is aligned. What is streamed is left
        // alone until a drain, because this answers that it is.
        unsafe { copy_lines(kernels, dst, src, len / LINE) };
        len > 0 // A copy of nothing leaves nothing to order.
    } else {
        // SAFETY: the contract is the same, and so is the answer.
        unsafe { copy_with_ends(kernels, dst, src, len) }
    }
}

/// [`copy`] with partial lines.
///
/// # Safety
/// As there.
#[inline(never)]
unsafe fn copy_with_ends(kernels: &Kernels, dst: *mut u8, src: *const u8, len: usize) -> bool {
    let Some(Split { head, lines, tail }) = Split::new(kernels, dst, len) else {
        // SAFETY: the caller vouches for both blocks, and that they do not overlap.
        unsafe { copy_ordinary(dst, src, len) };
        return false;
    };
    let body = LINE * lines;
    // SAFETY: head, body and tail are the `len` bytes that the caller vouches for, one after the other; `dst + head` is
    // aligned to a line. What is streamed is left alone until a drain, because this answers that it is.
    unsafe {
        copy_words(dst, src, head);
        copy_lines(kernels, dst.add(head), src.add(head), lines);
        copy_words(dst.add(head + body), src.add(head + body), tail);
    }
    true
}

/// Copies whole lines through loads of the right width.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `64 * lines` bytes; they do not overlap.
/// * `dst` is 64-byte aligned.
/// * If the kernels stream: no other access to the bytes at `dst` before a drain on this thread.
#[inline]
pub(crate) unsafe fn copy_lines(kernels: &Kernels, dst: *mut u8, src: *const u8, lines: usize) {
    // SAFETY: the kernels need aligned lines of two blocks, and the same of who accesses them, as the caller vouches for; the
    // two parts of a long copy are `lines - last` and `last` lines, one after the other, aligned as `dst` is. The CPU has
    // what the kernels need, because all `Kernels` come from `kernels::available`.
    unsafe {
        if is_portable(kernels) {
            // As a whole, even one line: what watches the platform's memcpy is to see every copy. And directly: `cargo xtask asm`
            // expects a drain after every call through a pointer.
            core::ptr::copy_nonoverlapping(src, dst, LINE * lines);
        } else if lines <= NARROW_LEN / LINE {
            copy_lines_narrow(kernels, dst, src, lines);
        } else if lines < PREFETCH_LEN / LINE {
            (kernels.copy_lines)(dst, src, lines, 0);
        } else {
            // The last lines have nothing ahead of them to prefetch.
            let last = PREFETCH_AHEAD / LINE;
            let at = LINE * (lines - last);
            (kernels.copy_lines)(dst, src, lines - last, PREFETCH_AHEAD);
            (kernels.copy_lines)(dst.add(at), src.add(at), last, 0);
        }
    }
}

/// Copies whole lines through 8-byte loads, in the caller's code: a call would store a return address, and on Zen 4 an
/// ordinary store between streaming ones costs as much as a line does (7.3 against 2.3 ns for 64 bytes).
///
/// # Safety
/// As [`copy_lines`].
#[inline(always)]
pub(crate) unsafe fn copy_lines_narrow(kernels: &Kernels, dst: *mut u8, src: *const u8, lines: usize) {
    #[cfg(test)]
    crate::listing::enter(dst, lines);
    for i in 0..lines {
        // SAFETY: line `i` is inside both blocks.
        unsafe { copy_fixed::<LINE>(kernels, dst.add(LINE * i), src.add(LINE * i)) };
    }
}

/// Copies a constant size with the registers of one backend.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
/// * If the kernels stream: no other access to the bytes at `dst` before a drain on this thread.
#[inline(always)]
pub(crate) unsafe fn copy_fixed<const N: usize>(kernels: &Kernels, dst: *mut u8, src: *const u8) {
    // SAFETY: the caller vouches for both blocks and for who accesses them. The CPU has the backend, because all `Kernels`
    // come from `kernels::available`.
    unsafe {
        if is_portable(kernels) {
            ptr::copy_nonoverlapping(src, dst, N);
        } else {
            arch::copy_fixed_by::<N>(kernels.backend, dst, src);
        }
    }
}

/// The copy that is not streamed: records by words, for the reason given at [`NARROW_LEN`]; longer ones by the platform's
/// memcpy, which is the best there is for memory that is not in the cache.
///
/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
#[inline]
unsafe fn copy_ordinary(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller vouches for both blocks, and that they do not overlap: all that either copy asks.
    unsafe {
        if len > RECORD_LEN {
            ptr::copy_nonoverlapping(src, dst, len);
        } else {
            copy_words(dst, src, len);
        }
    }
}
