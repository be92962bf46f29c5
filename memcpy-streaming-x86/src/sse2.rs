//! SSE2: streaming stores of 16 bytes. Every x86_64 has it.

use core::arch::asm;

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
    ($v:literal, $offset:literal) => {
        concat!("movups {", $v, "}, [{s} + ", $offset, "]")
    };
}
#[cfg(target_feature = "avx")]
macro_rules! load {
    ($v:literal, $offset:literal) => {
        concat!("vmovups {", $v, "}, [{s} + ", $offset, "]")
    };
}

/// The streaming store.
#[cfg(not(target_feature = "avx"))]
macro_rules! store {
    ($offset:literal, $v:literal) => {
        concat!("movntdq [{d} + ", $offset, "], {", $v, "}")
    };
}
#[cfg(target_feature = "avx")]
macro_rules! store {
    ($offset:literal, $v:literal) => {
        concat!("vmovntdq [{d} + ", $offset, "], {", $v, "}")
    };
}

/// Copies `lines` lines of 64 bytes from any alignment, prefetching the source `ahead` bytes before it is loaded. The
/// prefetch may point past the end of the source: it cannot fault.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
/// * The CPU has SSE2.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[target_feature(enable = "sse2")]
pub unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes, all stores aligned as `dst` is. A prefetch
    // cannot fault.
    unsafe {
        asm!(
            "2:",
            "prefetcht0 [{s} + {ahead}]",
            load!("v0", "0"),
            load!("v1", "16"),
            load!("v2", "32"),
            load!("v3", "48"),
            store!("0", "v0"),
            store!("16", "v1"),
            store!("32", "v2"),
            store!("48", "v3"),
            "add {s}, 64",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            v0 = out(xmm_reg) _,
            v1 = out(xmm_reg) _,
            v2 = out(xmm_reg) _,
            v3 = out(xmm_reg) _,
            s = inout(reg) src => _,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            ahead = in(reg) ahead,
            options(nostack),
        );
    }
}

/// Repeats the 64 bytes at `line` over `lines` lines. The line is loaded in words.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * The CPU has SSE2.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[target_feature(enable = "sse2")]
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds writes the next 64 bytes, all stores aligned as `dst` is.
    unsafe {
        asm!(
            load_words!("v0", "0", "8"),
            load_words!("v1", "16", "24"),
            load_words!("v2", "32", "40"),
            load_words!("v3", "48", "56"),
            "2:",
            store!("0", "v0"),
            store!("16", "v1"),
            store!("32", "v2"),
            store!("48", "v3"),
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            v0 = out(xmm_reg) _,
            v1 = out(xmm_reg) _,
            v2 = out(xmm_reg) _,
            v3 = out(xmm_reg) _,
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
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
