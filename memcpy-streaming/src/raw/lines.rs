//! Whole lines: which loop copies them.

use super::{copy_lines_narrow, is_portable};
use crate::kernels::{CopyPages, LINE};
use crate::tuning::Prefetch;
use crate::{Streamer, Tuning};
use core::ptr;

/// Up to this many bytes a streaming copy loads words: a record that was just written in words can then be forwarded from
/// the store buffer, where a wider load would have to wait for all streaming stores before it (3.3 times slower on Zen 3 and
/// 2.7 times on Zen 4, a word of a 64-byte record being written before each copy). More would be wrong: from 128 bytes on
/// that wait hardly shows, and eight loads of each line that is not in the cache do, 1.3 against 2.9 GB/s.
const NARROW_LEN: usize = LINE;

/// Bytes of a page, as the kernels take them in turn: rows of the memory chips end at its borders, and so do the CPU's prefetchers.
pub(super) const PAGE: usize = 4096;

/// Copies whole lines through loads of the right width, in the order that suits the CPU.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `64 * lines` bytes; they do not overlap.
/// * `dst` is 64-byte aligned.
/// * If the kernels stream: no other access to the bytes at `dst` before a drain on this thread.
#[inline]
pub(crate) unsafe fn copy_lines(how: Streamer, dst: *mut u8, src: *const u8, lines: usize) {
    // SAFETY: the contract is the same.
    unsafe {
        if is_portable(how.kernels) {
            // As a whole, even one line: what watches the platform's memcpy is to see every copy. And directly: `cargo xtask asm`
            // expects a drain after every call through a pointer.
            ptr::copy_nonoverlapping(src, dst, LINE * lines);
        } else if lines <= NARROW_LEN / LINE {
            copy_lines_narrow(how.kernels, dst, src, lines);
        } else if let Some((copy_pages, group)) = in_turn(how, LINE * lines) {
            copy_in_turn(how, copy_pages, group, dst, src, lines);
        } else {
            copy_in_order(how, dst, src, lines);
        }
    }
}

/// The kernel that takes pages in turn, and the bytes of its groups, if the tuning wants it for this length and the backend has it.
#[inline]
fn in_turn(how: Streamer, len: usize) -> Option<(CopyPages, usize)> {
    let Tuning { pages, pages_from, .. } = *how.tuning;
    if pages == 1 || len < pages_from {
        return None;
    }
    how.kernels.copy_pages.map(|[two, four]| if pages == 2 { (two, 2 * PAGE) } else { (four, 4 * PAGE) })
}

/// Groups of pages in turn, and what is left in order.
///
/// # Safety
/// As [`copy_lines`]; the kernel is one for groups of so many bytes, and the lines are at least two groups.
#[inline]
unsafe fn copy_in_turn(how: Streamer, copy_pages: CopyPages, group: usize, dst: *mut u8, src: *const u8, lines: usize) {
    let groups = LINE * lines / group;
    let (last, end) = (group * (groups - 1), group * groups);
    // SAFETY: `groups` groups and the lines behind them are the lines that the caller vouches for, one after the other, aligned as
    // `dst` is. The CPU has what the kernels need, because all `Kernels` come from `here`.
    unsafe {
        copy_pages(dst, src, groups - 1, group);
        // The last group has nothing ahead of it to prefetch.
        copy_pages(dst.add(last), src.add(last), 1, 0);
        copy_in_order(how, dst.add(end), src.add(end), lines - end / LINE);
    }
}

/// One line after the other.
///
/// # Safety
/// As [`copy_lines`].
unsafe fn copy_in_order(how: Streamer, dst: *mut u8, src: *const u8, lines: usize) {
    let Tuning { prefetch, ahead, prefetch_from, .. } = *how.tuning;
    let copy_lines = match prefetch {
        Prefetch::None | Prefetch::L1 => how.kernels.copy_lines,
        Prefetch::L2 => how.kernels.copy_lines_l2,
    };
    // SAFETY: the kernels need aligned lines of two blocks, and the same of who accesses them, as the caller vouches for; the two
    // parts of a long copy are `lines - last` and `last` lines, one after the other, aligned as `dst` is. A copy that prefetches is
    // twice as long as the distance at least. The CPU has what the kernels need, because all `Kernels` come from
    // `here`.
    unsafe {
        if prefetch == Prefetch::None || LINE * lines < prefetch_from {
            copy_lines(dst, src, lines, 0);
        } else {
            // The last lines have nothing ahead of them to prefetch.
            let last = ahead / LINE;
            let at = LINE * (lines - last);
            copy_lines(dst, src, lines - last, ahead);
            copy_lines(dst.add(at), src.add(at), last, 0);
        }
    }
}
