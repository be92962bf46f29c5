//! Where to stream and where not: every operation is split into a head, whole lines, and a tail.
//!
//! The functions answer whether they issued streaming stores, so that callers fence only then.

use crate::arch::{self, copy_words};
use crate::kernels::{Kernels, LINE};
use crate::{Backend, Streamer};
use core::ptr;

mod exact;
mod lines;
#[cfg(test)]
mod once;

pub(crate) use exact::lines_are_stored_once;
pub(crate) use lines::copy_lines;

/// Up to this many bytes, whole lines are a record: a raw call streams them whatever the tuning says, because records are
/// written one after another and drained together.
const RECORD_LEN: usize = 2 * LINE;

/// What a drain is for: it decides from which length on whole lines are streamed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drains {
    /// Many calls, or many records, or one block that is long enough.
    Once,
    /// Perhaps this call alone.
    PerhapsEach,
    /// Whatever is stored: the memory is not ordinary. Every byte is stored once, and none is read.
    Always,
}

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
    /// How `len` bytes at `dst` are to be streamed, or None if they should not be.
    #[inline]
    pub(crate) fn new(how: Streamer, dst: *mut u8, len: usize, drains: Drains) -> Option<Split> {
        if !is_streamed(how, dst, len, drains) {
            return None;
        }
        Some(Split::of(dst, len))
    }

    /// The cut of what is streamed: with partial lines it is longer than a line, so that `len` is more than the head.
    #[inline]
    fn of(dst: *mut u8, len: usize) -> Split {
        let head = dst.addr().wrapping_neg() % LINE;
        let rest = len - head;
        Split { head, lines: rest / LINE, tail: rest % LINE }
    }
}

#[inline]
fn are_whole_lines(dst: *mut u8, len: usize) -> bool {
    (dst.addr() | len).is_multiple_of(LINE)
}

/// Asks for the two partial lines, which are written by ordinary stores, behind the whole lines. Such a store waits for its line, and all
/// that is streamed behind it waits for the store: written first, the head would hold everything up.
#[inline]
pub(crate) fn prefetch_ends(head: *const u8, tail: *const u8) {
    arch::prefetch(head);
    arch::prefetch(tail);
}

/// Whether anything of `len` bytes at `dst` is streamed.
#[inline]
pub(crate) fn is_streamed(how: Streamer, dst: *mut u8, len: usize, drains: Drains) -> bool {
    if is_portable(how.kernels) || len == 0 {
        // A copy of nothing leaves nothing to order.
        false
    } else if are_whole_lines(dst, len) {
        drains == Drains::Once || len <= RECORD_LEN || len >= how.tuning.raw_lines
    } else {
        // A partial line costs more by a streaming store than by an ordinary one, and in short blocks partial lines outweigh the
        // whole ones.
        len >= how.tuning.bypass
    }
}

/// Copies `len` bytes; true if some were streamed, or are to be drained whatever they were.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * If it answers true: no other access to the bytes at `dst` before a drain on this thread.
#[inline]
pub(crate) unsafe fn copy(how: Streamer, dst: *mut u8, src: *const u8, len: usize, drains: Drains) -> bool {
    if drains == Drains::Always {
        // SAFETY: the contract is the same.
        unsafe { exact::copy(how, dst, src, len) };
        return true;
    }
    if !is_streamed(how, dst, len, drains) {
        // Here, and not behind a call: a short copy that waits for memory is the slower the fewer of them the CPU has in sight.
        // SAFETY: the caller vouches for both blocks, and that they do not overlap.
        unsafe { ptr::copy_nonoverlapping(src, dst, len) };
        return false;
    }
    // SAFETY: the lines are the `len` bytes that the caller vouches for, and `dst` is aligned; or the contract is the same. What is
    // streamed is left alone until a drain, because this answers that it is.
    unsafe {
        if are_whole_lines(dst, len) {
            copy_lines(how, dst, src, len / LINE);
        } else {
            copy_with_ends(how, dst, src, len);
        }
    }
    true
}

/// [`copy`] with partial lines, of what is streamed.
///
/// # Safety
/// As there; and `len` is more than a line.
#[inline(never)]
unsafe fn copy_with_ends(how: Streamer, dst: *mut u8, src: *const u8, len: usize) {
    let Split { head, lines, tail } = Split::of(dst, len);
    let body = LINE * lines;
    // SAFETY: head, body and tail are the `len` bytes that the caller vouches for, one after the other; `dst + head` is
    // aligned to a line. What is streamed is left alone until a drain, because this answers that it is.
    unsafe {
        let end = dst.add(head + body);
        prefetch_ends(dst, end);
        copy_lines(how, dst.add(head), src.add(head), lines);
        copy_words(dst, src, head);
        copy_words(end, src.add(head + body), tail);
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

/// Streams a line that was just made, with the registers of one backend, in the caller's code.
///
/// # Safety
/// * The kernels stream.
/// * `dst` and `line` are 64-byte aligned; 64 bytes of `line` are valid for reads and of `dst` for writes; they do not overlap.
/// * No other access to the bytes at `dst` before a drain on this thread.
#[inline(always)]
pub(crate) unsafe fn stream_line(kernels: &Kernels, dst: *mut u8, line: *const u8) {
    #[cfg(test)]
    crate::listing::enter(dst, 1);
    // SAFETY: the contract is the same, and the CPU has the backend, because all `Kernels` come from `kernels::available`.
    unsafe { arch::stream_line_by(kernels.backend, dst, line) }
}

/// Copies a constant size with the registers of one backend.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
/// * If the kernels stream: no other access to the bytes at `dst` before a drain on this thread.
#[inline(always)]
pub(crate) unsafe fn copy_fixed<const N: usize>(kernels: &Kernels, dst: *mut u8, src: *const u8) {
    // SAFETY: the caller vouches for both blocks and for who accesses them. The CPU has the backend, because all `Kernels`
    // come from `here`.
    unsafe {
        if is_portable(kernels) {
            ptr::copy_nonoverlapping(src, dst, N);
        } else {
            arch::copy_fixed_by::<N>(kernels.backend, dst, src);
        }
    }
}

/// Copies a constant size to records that follow each other, with the registers of one backend.
///
/// # Safety
/// * `dst` is valid for writes of `N * count` bytes, and what `source` answers for reads of `N`; they do not overlap.
/// * If the kernels stream: no other access to the bytes at `dst` before a drain on this thread.
#[inline(always)]
pub(crate) unsafe fn copy_records<const N: usize>(
    kernels: &Kernels,
    dst: *mut u8,
    count: usize,
    source: impl FnMut(usize) -> *const u8,
) {
    // SAFETY: the caller vouches for the blocks and for who accesses them. The CPU has the backend, because all `Kernels` come from
    // `here`. What copies a record gets one of the caller's, and what the caller's closure answers.
    unsafe {
        if is_portable(kernels) {
            each_record::<N>(dst, count, source, |dst, src| ptr::copy_nonoverlapping(src, dst, N));
        } else {
            arch::copy_records_by::<N>(kernels.backend, dst, count, source);
        }
    }
}

/// Calls `copy` for one record after the other.
///
/// # Safety
/// `dst` is valid for writes of `N * count` bytes.
#[inline(always)]
pub(crate) unsafe fn each_record<const N: usize>(
    dst: *mut u8,
    count: usize,
    mut source: impl FnMut(usize) -> *const u8,
    copy: impl Fn(*mut u8, *const u8),
) {
    for i in 0..count {
        // SAFETY: record `i` is one of the `count` at `dst`.
        copy(unsafe { dst.add(N * i) }, source(i));
    }
}
