//! aarch64: `stnp` is part of the base instruction set, so there is nothing to detect.

use crate::Backend;
use crate::kernels::{Kernels, Support, ZeroLines, fill_lines_portable};
use crate::raw::each_record;
#[cfg(target_feature = "neon")]
use memcpy_streaming_arm::neon;
use memcpy_streaming_arm::{stnp, zva};

mod devices;

pub(crate) use devices::*;
pub(crate) use memcpy_streaming_arm::stnp::copy_fixed;
pub(crate) use memcpy_streaming_arm::zva::is_zero;
pub(crate) use memcpy_streaming_arm::{drain, prefetch};

/// A line of the table: a backend, and the module of `memcpy-streaming-arm` with its kernels.
macro_rules! kernels {
    ($backend:ident, $module:ident) => {
        Kernels {
            backend: Backend::$backend,
            support: || Support::Good,
            copy_lines: $module::copy_lines,
            copy_lines_l2: $module::copy_lines_l2,
            copy_pages: None,
            fill_lines: $module::fill_lines,
            zero_lines: || zva::block_len().map(|_| zva::zero_lines as ZeroLines),
        }
    };
}

pub(crate) static KERNELS: &[Kernels] = &[
    #[cfg(target_feature = "neon")]
    kernels!(Neon, neon),
    kernels!(Stnp, stnp),
];

pub(crate) use super::by_copies::{copy_words, copy_words as copy_record, repeat_in_line};
pub(crate) use super::cautious as tuning;

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

/// # Safety
/// `dst` is valid for writes of `64 * lines` bytes and `line` for reads of 64; they do not overlap.
pub(crate) unsafe fn fill_ordinary_by(_backend: Backend, dst: *mut u8, line: *const u8, lines: usize) {
    // SAFETY: the contract is the same.
    unsafe { fill_lines_portable(dst, line, lines) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Linux lets programs use it. (A hypervisor may forbid it; nobody has met such a one.)
    #[test]
    fn there_is_something_for_zeros() {
        let len = zva::block_len().expect("DC ZVA is allowed");
        assert!(len.is_power_of_two() && (4..=2048).contains(&len), "a block of {len} bytes");
        assert!(KERNELS.iter().all(|kernels| (kernels.zero_lines)().is_some()));
    }
}
