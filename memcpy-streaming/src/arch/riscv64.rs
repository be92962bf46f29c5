//! riscv64: a hint before ordinary stores, and a block of zeros at a time where the system allows it.

use super::blocks;
use crate::Backend;
use crate::kernels::{Kernels, ZeroLines};
use memcpy_streaming_riscv::{zicboz, zihintntl};
use probe::Cpu;

mod probe;

// Neither the hint (Zihintntl: it does not alter what the instruction behind it does) nor CBO.ZERO (Zicboz: ordered as stores are) leaves
// the memory model, so that the drain is a release fence.
pub(crate) use super::portable::*;
pub(crate) use zicboz::is_zero;

pub(crate) static KERNELS: &[Kernels] = &[Kernels {
    backend: Backend::Zihintntl,
    runs: || Cpu::this().may_hint,
    // Nobody has measured it.
    is_chosen: || false,
    copy_lines: zihintntl::copy_lines,
    copy_lines_l2: zihintntl::copy_lines,
    copy_pages: None,
    fill_lines: zihintntl::fill_lines,
    zero_lines: || Cpu::this().block.map(|_| zero_lines as ZeroLines),
}];

/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes.
/// * No other access to the bytes at `dst` before a drain.
unsafe fn zero_lines(dst: *mut u8, lines: usize) {
    let block = Cpu::this().block;
    // SAFETY: the contract is the same; the system allows CBO.ZERO where it says how long its blocks are, and the hint is for all CPUs.
    unsafe { blocks::zero_lines(dst, lines, block, zicboz::zero_blocks, zihintntl::fill_lines) }
}

/// # Safety
/// As [`copy_fixed`], and no other access to the bytes at `dst` before a drain.
#[inline(always)]
pub(crate) unsafe fn copy_fixed_by<const N: usize>(_backend: Backend, dst: *mut u8, src: *const u8) {
    // SAFETY: the contract is the same, and the hint is for all CPUs.
    unsafe { zihintntl::copy_fixed::<N>(dst, src) }
}
