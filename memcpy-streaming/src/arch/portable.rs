//! No streaming stores: other architectures, Miri, and sanitizers.
#![allow(dead_code)] // riscv64 and s390x take a part of it.

use crate::Backend;
use crate::kernels::Kernels;
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

pub(crate) use super::by_copies::{
    copy_records_by, copy_words, copy_words as copy_record, fill_ordinary_by, repeat_in_line, stream_line_by,
};
pub(crate) use super::cautious as tuning;
pub(crate) use super::plain::*;

/// A release fence: ordinary stores are not ordered before what this thread stores next by themselves, and the drain promises
/// that they are. What follows need not be a release store then: a relaxed one, whose value another thread acquires, will do.
#[inline(always)]
pub(crate) fn drain() {
    fence(Ordering::Release);
}

/// Nothing is known of these CPUs, or a tool watches every access.
#[inline(always)]
pub(crate) fn prefetch(_place: *const u8) {}

/// # Safety
/// None: it reads nothing.
pub(crate) unsafe fn is_zero(_pattern: *const u8, _len: usize) -> bool {
    false
}
