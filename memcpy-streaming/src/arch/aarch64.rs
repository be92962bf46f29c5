//! aarch64: `stnp` is part of the base instruction set, so that only what is there on request must be detected.

use super::blocks;
use crate::Backend;
use crate::kernels::{Kernels, ZeroLines};
use core::num::NonZero;
use features::Features;
use memcpy_streaming_arm::{mops, stnp, zva};
#[cfg(target_feature = "neon")]
use memcpy_streaming_arm::{neon, sve};

mod features;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux;

mod devices;

pub(crate) use devices::*;
pub(crate) use memcpy_streaming_arm::stnp::copy_fixed;
pub(crate) use memcpy_streaming_arm::zva::is_zero;
pub(crate) use memcpy_streaming_arm::{drain, prefetch};

/// A line of the table: a backend, the module of `memcpy-streaming-arm` with its kernels and the name of its prefetch into the second-level
/// cache, whether this CPU has it, whether it may be chosen, and what this CPU has for lines of zeros.
macro_rules! kernels {
    ($backend:ident, $module:ident, $copy_lines_l2:ident, $runs:expr, $is_chosen:expr, $zero_lines:expr) => {
        Kernels {
            backend: Backend::$backend,
            runs: || $runs,
            is_chosen: || $is_chosen,
            copy_lines: $module::copy_lines,
            copy_lines_l2: $module::$copy_lines_l2,
            copy_pages: None,
            fill_lines: $module::fill_lines,
            zero_lines: $zero_lines,
        }
    };
}

pub(crate) static KERNELS: &[Kernels] = &[
    #[cfg(target_feature = "neon")]
    kernels!(Neon, neon, copy_lines_l2, true, true, zva),
    kernels!(Stnp, stnp, copy_lines_l2, true, true, zva),
    // Nobody has measured them.
    #[cfg(target_feature = "neon")]
    kernels!(Sve, sve, copy_lines_l2, has(Features::SVE), false, zva),
    // Zeros are set as other bytes are. It prefetches by itself.
    kernels!(Mops, mops, copy_lines, has(Features::MOPS), false, || None),
];

fn has(needed: Features) -> bool {
    Features::of_this_cpu().has(needed)
}

/// DC ZVA, where it is allowed.
fn zva() -> Option<ZeroLines> {
    zva::block_len().map(|_| zero_lines as ZeroLines)
}

/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes.
/// * No other access to the bytes at `dst` before a drain.
unsafe fn zero_lines(dst: *mut u8, lines: usize) {
    let block = zva::block_len().and_then(NonZero::new);
    // SAFETY: the contract is the same, the block is that of the instruction, and every CPU has `stnp`.
    unsafe { blocks::zero_lines(dst, lines, block, zva::zero_blocks, stnp::fill_lines) }
}

pub(crate) use super::by_copies::{
    copy_records_by, copy_words, copy_words as copy_record, fill_ordinary_by, repeat_in_line, stream_line_by,
};
pub(crate) use super::cautious as tuning;

/// # Safety
/// As [`copy_fixed`].
#[inline(always)]
pub(crate) unsafe fn copy_fixed_by<const N: usize>(_backend: Backend, dst: *mut u8, src: *const u8) {
    // SAFETY: the contract is the same.
    unsafe { copy_fixed::<N>(dst, src) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Linux lets programs use it. (A hypervisor may forbid it; nobody has met such a one.)
    #[test]
    fn there_is_something_for_zeros() {
        let len = zva::block_len().expect("DC ZVA is allowed");
        assert!(len.is_power_of_two() && (4..=2048).contains(&len), "a block of {len} bytes");
        assert!(KERNELS.iter().all(|kernels| (kernels.zero_lines)().is_some() != (kernels.backend == Backend::Mops)));
    }
}
