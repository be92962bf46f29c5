//! No streaming stores: other architectures, Miri, and sanitizers.

use crate::Backend;
use crate::kernels::{Kernels, fill_lines_portable};
use crate::raw::each_record;
use core::ptr;
use core::sync::atomic::{Ordering, fence};

pub(crate) static KERNELS: &[Kernels] = &[];

/// # Safety
/// `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    // SAFETY: `N` bytes each, without overlap, is what this function asks of its caller too.
    unsafe { ptr::copy_nonoverlapping(src, dst, N) }
}

/// # Safety
/// As [`copy_fixed`].
#[inline(always)]
pub(crate) unsafe fn copy_fixed_by<const N: usize>(_backend: Backend, dst: *mut u8, src: *const u8) {
    // SAFETY: the contract is the same.
    unsafe { copy_fixed::<N>(dst, src) }
}

/// # Safety
/// As [`copy_fixed`] with a line.
#[inline(always)]
pub(crate) unsafe fn stream_line_by(_backend: Backend, dst: *mut u8, line: *const u8) {
    // SAFETY: the contract is the same.
    unsafe { copy_fixed::<{ crate::kernels::LINE }>(dst, line) }
}

/// # Safety
/// * `dst` is valid for writes of `N * count` bytes, and what `source` answers for reads of `N`; they do not overlap.
/// * No other access to the bytes at `dst` before a drain.
#[inline(always)]
pub(crate) unsafe fn copy_records_by<const N: usize>(
    _backend: Backend,
    dst: *mut u8,
    count: usize,
    source: impl FnMut(usize) -> *const u8,
) {
    // SAFETY: each record and its source are what the caller vouches for.
    unsafe { each_record::<N>(dst, count, source, |dst, src| copy_fixed::<N>(dst, src)) }
}

pub(crate) use super::by_copies::{copy_words, copy_words as copy_record, repeat_in_line};
pub(crate) use super::cautious as tuning;
pub(crate) use super::plain::*;

/// A release fence: ordinary stores are not ordered before what this thread stores next by themselves, and the drain promises
/// that they are. What follows need not be a release store then: a relaxed one, whose value another thread acquires, will do.
#[inline(always)]
pub(crate) fn drain() {
    fence(Ordering::Release);
}

/// # Safety
/// `dst` is valid for writes of `64 * lines` bytes and `line` for reads of 64; they do not overlap.
pub(crate) unsafe fn fill_ordinary_by(_backend: Backend, dst: *mut u8, line: *const u8, lines: usize) {
    // SAFETY: the contract is the same.
    unsafe { fill_lines_portable(dst, line, lines) }
}

/// Nothing is known of these CPUs, or a tool watches every access.
#[inline(always)]
pub(crate) fn prefetch(_place: *const u8) {}

/// # Safety
/// None: it reads nothing.
pub(crate) unsafe fn is_zero(_pattern: *const u8, _len: usize) -> bool {
    false
}
