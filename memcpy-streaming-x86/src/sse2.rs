//! SSE2: streaming stores of 16 bytes. Every x86_64 has it.

use crate::copies::copies;
use crate::fills::fills;
use core::arch::asm;
#[cfg(target_arch = "x86")]
use core::arch::x86::__m128i;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::__m128i;
use core::mem::MaybeUninit;

/// Loads 16 bytes at `{s}` as two words. In code that is compiled for AVX, which the compiler may inline these kernels
/// into, the VEX forms: legacy ones would have to merge with the upper halves of the registers.
#[cfg(not(target_feature = "avx"))]
macro_rules! load_words {
    ($v:literal, $low:literal, $high:literal) => {
        concat!("movq {", $v, "}, [{s} + ", $low, "]\nmovhps {", $v, "}, [{s} + ", $high, "]")
    };
}
#[cfg(target_feature = "avx")]
macro_rules! load_words {
    ($v:literal, $low:literal, $high:literal) => {
        concat!("vmovq {", $v, "}, [{s} + ", $low, "]\nvmovhps {", $v, "}, {", $v, "}, [{s} + ", $high, "]")
    };
}

/// Loads 16 bytes at `{s}` at once.
#[cfg(not(target_feature = "avx"))]
macro_rules! load {
    ($v:literal, $offset:expr) => {
        concat!("movups {", $v, "}, [{s} + ", $offset, "]\n")
    };
}
#[cfg(target_feature = "avx")]
macro_rules! load {
    ($v:literal, $offset:expr) => {
        concat!("vmovups {", $v, "}, [{s} + ", $offset, "]\n")
    };
}

/// The streaming store.
#[cfg(not(target_feature = "avx"))]
macro_rules! store {
    ($offset:expr, $v:literal) => {
        concat!("movntdq [{d} + ", $offset, "], {", $v, "}\n")
    };
}
#[cfg(target_feature = "avx")]
macro_rules! store {
    ($offset:expr, $v:literal) => {
        concat!("vmovntdq [{d} + ", $offset, "], {", $v, "}\n")
    };
}

/// The ordinary store, of any alignment.
#[cfg(not(target_feature = "avx"))]
macro_rules! store_ordinary {
    ($offset:expr, $v:literal) => {
        concat!("movups [{d} + ", $offset, "], {", $v, "}\n")
    };
}
#[cfg(target_feature = "avx")]
macro_rules! store_ordinary {
    ($offset:expr, $v:literal) => {
        concat!("vmovups [{d} + ", $offset, "], {", $v, "}\n")
    };
}

/// The line at an offset.
macro_rules! move_line {
    ($offset:literal) => {
        concat!(
            load!("v0", $offset),
            load!("v1", concat!($offset, " + 16")),
            load!("v2", concat!($offset, " + 32")),
            load!("v3", concat!($offset, " + 48")),
            store!($offset, "v0"),
            store!(concat!($offset, " + 16"), "v1"),
            store!(concat!($offset, " + 32"), "v2"),
            store!(concat!($offset, " + 48"), "v3"),
        )
    };
}

/// `asm!` with registers for a line. The lines stand in brackets; all lines and operands end with a comma.
macro_rules! asm_line {
    ([$($line:tt)*] $($operand:tt)*) => {
        asm!(
            $($line)*
            $($operand)*
            v0 = out(xmm_reg) _,
            v1 = out(xmm_reg) _,
            v2 = out(xmm_reg) _,
            v3 = out(xmm_reg) _,
            options(nostack),
        )
    };
}

copies!("sse2", asm_line, move_line, "The CPU has SSE2.");

/// The line for a fill.
macro_rules! load_line {
    () => {
        concat!(
            load_words!("v0", "0", "8"),
            "\n",
            load_words!("v1", "16", "24"),
            "\n",
            load_words!("v2", "32", "40"),
            "\n",
            load_words!("v3", "48", "56"),
        )
    };
}

macro_rules! stream_line {
    () => {
        concat!(store!("0", "v0"), store!("16", "v1"), store!("32", "v2"), store!("48", "v3"))
    };
}

macro_rules! store_line {
    () => {
        concat!(
            store_ordinary!("0", "v0"),
            store_ordinary!("16", "v1"),
            store_ordinary!("32", "v2"),
            store_ordinary!("48", "v3"),
        )
    };
}

fills!("sse2", asm_line, load_line, stream_line, store_line, "The CPU has SSE2.");

/// Streams the line at `line`: what the compiler holds of it in registers never goes through memory.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes, `line` 16-byte aligned and valid for reads, of 64 bytes; they do not overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[inline(always)]
pub unsafe fn stream_line(dst: *mut u8, line: *const u8) {
    let parts = line.cast::<MaybeUninit<__m128i>>();
    // SAFETY: four aligned parts of the line, whose bytes may be uninitialised, and their places in the other one, aligned as it is.
    // Every build with this file has SSE2.
    unsafe {
        let [v0, v1, v2, v3] = [0, 1, 2, 3].map(|i| parts.add(i).read());
        asm!(
            store!("0", "v0"),
            store!("16", "v1"),
            store!("32", "v2"),
            store!("48", "v3"),
            d = in(reg) dst,
            v0 = in(xmm_reg) v0,
            v1 = in(xmm_reg) v1,
            v2 = in(xmm_reg) v2,
            v3 = in(xmm_reg) v3,
            options(nostack, preserves_flags),
        );
    }
}

/// Copies `N` bytes, a constant, in straight-line code: streaming stores of 16 bytes, each fed by two 8-byte loads, and
/// what is left as [`movnti::copy_fixed`](crate::movnti::copy_fixed) does it.
///
/// # Safety
/// * `dst` is 16-byte aligned and valid for writes, `src` valid for reads, of `N` bytes; they do not overlap.
/// * The CPU has SSE2.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[inline]
#[target_feature(enable = "sse2")]
pub unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    let whole = N / 16 * 16;
    let mut at = 0;
    while at < whole {
        // SAFETY: the 16 bytes at `at` end within `N` and are aligned as `dst` is.
        unsafe {
            asm!(
                load_words!("v", "0", "8"),
                store!("0", "v"),
                v = out(xmm_reg) _,
                s = in(reg) src.add(at),
                d = in(reg) dst.add(at),
                options(nostack, preserves_flags),
            );
        }
        at += 16;
    }
    // SAFETY: `N - whole` bytes are left in both blocks.
    unsafe { crate::movnti::copy_rest::<N>(dst, src, whole) }
}
