//! AVX-512: streaming stores of a whole line.

use crate::upper::asm_cleaning_upper;

/// Copies `lines` lines of 64 bytes from any alignment, prefetching the source `ahead` bytes before it is loaded. The
/// prefetch may point past the end of the source: it cannot fault.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
/// * The CPU and the operating system support AVX-512F.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[target_feature(enable = "avx512f")]
pub unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes, the store aligned as `dst` is. A prefetch
    // cannot fault.
    unsafe {
        asm_cleaning_upper!(
            "2:",
            "prefetcht0 [{s} + {ahead}]",
            "vmovdqu64 zmm0, [{s}]",
            "vmovntdq [{d}], zmm0",
            "add {s}, 64",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            ;
            s = inout(reg) src => _,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            ahead = in(reg) ahead,
        );
    }
}

/// Repeats the 64 bytes at `line` over `lines` lines. The line is loaded in words.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * The CPU and the operating system support AVX-512F.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[target_feature(enable = "avx512f")]
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds writes the next 64 bytes, the store aligned as `dst` is.
    unsafe {
        asm_cleaning_upper!(
            "vmovq xmm0, [{s}]",
            "vmovhps xmm0, xmm0, [{s} + 8]",
            "vmovq xmm1, [{s} + 16]",
            "vmovhps xmm1, xmm1, [{s} + 24]",
            "vinserti32x4 zmm0, zmm0, xmm1, 1",
            "vmovq xmm1, [{s} + 32]",
            "vmovhps xmm1, xmm1, [{s} + 40]",
            "vinserti32x4 zmm0, zmm0, xmm1, 2",
            "vmovq xmm1, [{s} + 48]",
            "vmovhps xmm1, xmm1, [{s} + 56]",
            "vinserti32x4 zmm0, zmm0, xmm1, 3",
            "2:",
            "vmovntdq [{d}], zmm0",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            ;
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
        );
    }
}
