//! x86 and x86_64.

use crate::Backend;
use crate::Tuning;
use crate::kernels::{Kernels, ZeroLines, fill_lines_portable};
use crate::raw::each_record;
use core::mem::MaybeUninit;
use cpu::Features;
use memcpy_streaming_x86 as x86;

mod cpu;
mod devices;
mod tuned;

pub(crate) use devices::*;
pub(crate) use x86::{copy_record, copy_words, drain, prefetch, repeat_in_line};

/// A line of the table: a backend, the module of `memcpy-streaming-x86` with its kernels, what it needs of the CPU, whether it may be
/// chosen, and what this CPU has for lines of zeros.
macro_rules! kernels {
    ($backend:ident, $module:ident, $needed:ident, $is_chosen:expr, $copy_pages:expr, $zero_lines:expr) => {
        Kernels {
            backend: Backend::$backend,
            runs: || Features::of_this_cpu().has(Features::$needed),
            is_chosen: $is_chosen,
            copy_lines: x86::$module::copy_lines,
            copy_lines_l2: x86::$module::copy_lines_l2,
            copy_pages: $copy_pages,
            fill_lines: x86::$module::fill_lines,
            zero_lines: $zero_lines,
        }
    };
}

/// A line of a backend with vector registers, which has all kernels.
#[cfg(target_feature = "sse2")]
macro_rules! with_registers {
    ($backend:ident, $module:ident, $needed:ident, $is_chosen:expr, $zero_lines:expr) => {
        kernels!(
            $backend,
            $module,
            $needed,
            $is_chosen,
            Some([x86::$module::copy_2_pages, x86::$module::copy_4_pages]),
            $zero_lines
        )
    };
}

pub(crate) static KERNELS: &[Kernels] = &[
    // Where there is AVX-512, streamed zeros are no slower than CLZERO.
    #[cfg(target_feature = "sse2")]
    with_registers!(Avx512, avx512, AVX512F, || keeps_its_clock(Features::of_this_cpu()), || None),
    #[cfg(target_feature = "sse2")]
    with_registers!(Avx2, avx2, AVX2, || true, clzero),
    #[cfg(target_feature = "sse2")]
    with_registers!(Sse2, sse2, SSE2, || true, clzero),
    kernels!(Movnti, movnti, SSE2, || true, None, clzero),
    // No machine has been measured on which it is better for bulk.
    kernels!(Movdir64b, movdir64b, MOVDIR64B, || false, None, || None),
];

/// The sizes and distances for this CPU.
pub(crate) fn tuning() -> &'static Tuning {
    tuned::of(cpu::identity())
}

/// Whether AVX-512 may be chosen. It came with CPUs that lower their clock for it: Skylake-SP, and Cascade Lake, which has VNNI. Those with
/// VBMI2 (Ice Lake and Zen 4 were the first) hardly do.
#[cfg(target_feature = "sse2")]
fn keeps_its_clock(features: Features) -> bool {
    features.has(Features::AVX512VBMI2)
}

cfg_if::cfg_if! {
    if #[cfg(target_arch = "x86_64")] {
        pub(crate) use x86::clzero::is_zero;

        /// CLZERO: 48 against 22 GB/s of streamed zeros on Zen 3 (as given), 74 against 82 (AVX-512) on Zen 4.
        fn clzero() -> Option<ZeroLines> {
            Features::of_this_cpu().has(Features::CLZERO).then_some(x86::clzero::zero_lines as ZeroLines)
        }
    } else {
        /// # Safety
        /// None: it reads nothing.
        pub(crate) unsafe fn is_zero(_pattern: *const u8, _len: usize) -> bool {
            false
        }

        fn clzero() -> Option<ZeroLines> {
            None
        }
    }
}

cfg_if::cfg_if! {
    if #[cfg(target_feature = "sse2")] {
        /// # Safety
        /// * `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
        /// * No other access to the bytes at `dst` before a drain.
        #[inline(always)]
        pub(crate) unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
            if dst.addr().is_multiple_of(16) {
                // SAFETY: the contract is the same, `dst` is aligned as was just checked, and the build assumes SSE2.
                unsafe { x86::sse2::copy_fixed::<N>(dst, src) }
            } else {
                // SAFETY: the contract is the same, and the build assumes SSE2, which `movnti` is part of.
                unsafe { x86::movnti::copy_fixed::<N>(dst, src) }
            }
        }
    } else if #[cfg(target_arch = "x86_64")] {
        pub(crate) use x86::movnti::copy_fixed;
    } else {
        /// A 32-bit build for CPUs that may lack `movnti`: ordinary stores, because there is no dispatch here.
        ///
        /// # Safety
        /// `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
        #[inline(always)]
        pub(crate) unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
            // SAFETY: the caller vouches for both blocks of `N` bytes, and that they do not overlap.
            unsafe { core::ptr::copy_nonoverlapping(src, dst, N) }
        }
    }
}

/// # Safety
/// As [`copy_fixed`], and the CPU has the backend.
#[inline(always)]
pub(crate) unsafe fn copy_fixed_by<const N: usize>(backend: Backend, dst: *mut u8, src: *const u8) {
    // SAFETY: the caller vouches for both blocks, for what happens to `dst` before the drain, and that the CPU has the
    // backend; MOVDIR64B gets whole aligned lines only.
    unsafe {
        match backend {
            Backend::Movnti => x86::movnti::copy_fixed::<N>(dst, src),
            Backend::Movdir64b if (dst.addr() | N).is_multiple_of(x86::LINE) => {
                x86::movdir64b::copy_fixed::<N>(dst, src)
            }
            _ => copy_fixed::<N>(dst, src),
        }
    }
}

/// # Safety
/// * `dst` is valid for writes of `N * count` bytes, and what `source` answers for reads of `N`; they do not overlap.
/// * The CPU has the backend.
/// * No other access to the bytes at `dst` before a drain.
#[inline(always)]
pub(crate) unsafe fn copy_records_by<const N: usize>(
    backend: Backend,
    dst: *mut u8,
    count: usize,
    source: impl FnMut(usize) -> *const u8,
) {
    // Then each record is.
    let are_aligned = |to: usize| (dst.addr() | N).is_multiple_of(to);
    // SAFETY: each record and its source are what the caller vouches for, and aligned as the kernel needs them. The CPU has the backend;
    // one that has any of them has `movnti`, and the build assumes SSE2 where it is named here.
    unsafe {
        match backend {
            Backend::Movdir64b if are_aligned(x86::LINE) => {
                each_record::<N>(dst, count, source, |dst, src| x86::movdir64b::copy_fixed::<N>(dst, src));
            }
            #[cfg(target_feature = "sse2")]
            Backend::Avx512 | Backend::Avx2 | Backend::Sse2 | Backend::Movdir64b if are_aligned(16) => {
                each_record::<N>(dst, count, source, |dst, src| x86::sse2::copy_fixed::<N>(dst, src));
            }
            _ => each_record::<N>(dst, count, source, |dst, src| x86::movnti::copy_fixed::<N>(dst, src)),
        }
    }
}

/// Streams a line that was just made, out of registers.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes, `line` 16-byte aligned and valid for reads, of 64 bytes; they do not overlap.
/// * The CPU has the backend.
/// * No other access to the bytes at `dst` before a drain.
#[inline(always)]
pub(crate) unsafe fn stream_line_by(backend: Backend, dst: *mut u8, line: *const u8) {
    // SAFETY: the caller vouches for both lines, and for what happens to `dst` before the drain. Bytes of the line may be uninitialised, in a
    // copy of it too. A CPU that has any of the backends has `movnti`, and the build assumes SSE2 where it is named here.
    unsafe {
        match backend {
            #[cfg(target_feature = "sse2")]
            Backend::Avx512 | Backend::Avx2 | Backend::Sse2 | Backend::Movdir64b => x86::sse2::stream_line(dst, line),
            _ => {
                // The compiler does not hold a line in wide registers of which words are asked for elsewhere: they come from a copy.
                let words = line.cast::<[MaybeUninit<u8>; x86::LINE]>().read();
                x86::movnti::copy_fixed::<{ x86::LINE }>(dst, words.as_ptr().cast());
            }
        }
    }
}

/// Repeats the 64 bytes at `line` by ordinary stores, with the registers of a backend. Not through a pointer: a call through one may stream,
/// and `cargo xtask asm` wants a drain behind it.
///
/// # Safety
/// * `dst` is valid for writes of `64 * lines` bytes and `line` for reads of 64; they do not overlap.
/// * The CPU has the backend.
pub(crate) unsafe fn fill_ordinary_by(backend: Backend, dst: *mut u8, line: *const u8, lines: usize) {
    // SAFETY: the caller vouches for the blocks, and that the CPU has the backend.
    unsafe {
        match backend {
            #[cfg(target_feature = "sse2")]
            Backend::Avx512 => x86::avx512::fill_ordinary(dst, line, lines),
            #[cfg(target_feature = "sse2")]
            Backend::Avx2 => x86::avx2::fill_ordinary(dst, line, lines),
            #[cfg(target_feature = "sse2")]
            Backend::Sse2 => x86::sse2::fill_ordinary(dst, line, lines),
            _ => fill_lines_portable(dst, line, lines),
        }
    }
}
