//! aarch64: `stnp` is part of the base instruction set, so there is nothing to detect.

use crate::Backend;
use crate::kernels::{Kernels, Support, ZeroLines};
use core::ptr;
use memcpy_streaming_arm::{neon, zva};

pub(crate) use memcpy_streaming_arm::drain;
pub(crate) use memcpy_streaming_arm::neon::copy_fixed;
pub(crate) use memcpy_streaming_arm::zva::is_zero;

pub(crate) static KERNELS: &[Kernels] = &[Kernels {
    backend: Backend::Neon,
    support: || Support::Good,
    copy_lines: neon::copy_lines,
    copy_lines_narrow: neon::copy_lines_narrow,
    fill_lines: neon::fill_lines,
    zero_lines: || zva::block_len().map(|_| zva::zero_lines as ZeroLines),
}];

pub(crate) use copy_ordinary as copy_fresh;

/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy_ordinary(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's.
    unsafe { ptr::copy_nonoverlapping(src, dst, len) }
}
