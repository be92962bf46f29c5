//! No streaming stores: other architectures, Miri, and sanitizers.

use crate::Backend;
use crate::kernels::Kernels;
use core::ptr;

pub(crate) static KERNELS: &[Kernels] = &[];

/// # Safety
/// `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    // SAFETY: the caller's.
    unsafe { ptr::copy_nonoverlapping(src, dst, N) }
}

/// # Safety
/// As [`copy_fixed`].
#[inline(always)]
pub(crate) unsafe fn copy_fixed_by<const N: usize>(_backend: Backend, dst: *mut u8, src: *const u8) {
    // SAFETY: the caller's.
    unsafe { copy_fixed::<N>(dst, src) }
}

pub(crate) use super::by_copies::{copy_words, copy_words as copy_record, repeat_in_line};

/// Ordinary stores are ordered by what orders ordinary stores: release, locks.
#[inline(always)]
pub(crate) fn drain() {}

/// # Safety
/// None: it reads nothing.
pub(crate) unsafe fn is_zero(_pattern: *const u8, _len: usize) -> bool {
    false
}
