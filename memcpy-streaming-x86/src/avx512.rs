//! AVX-512: streaming stores of a whole line.

use core::arch::asm;

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
        asm!(
            "2:",
            "prefetcht0 [{s} + {ahead}]",
            "vmovdqu64 {v}, [{s}]",
            "vmovntdq [{d}], {v}",
            "add {s}, 64",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            v = out(zmm_reg) _,
            s = inout(reg) src => _,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            ahead = in(reg) ahead,
            options(nostack),
        );
    }
}

pub use crate::sse2::copy_lines_narrow;

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
        asm!(
            "vmovq {v0:x}, [{s}]",
            "vmovhps {v0:x}, {v0:x}, [{s} + 8]",
            "vmovq {v1:x}, [{s} + 16]",
            "vmovhps {v1:x}, {v1:x}, [{s} + 24]",
            "vinserti32x4 {v0}, {v0}, {v1:x}, 1",
            "vmovq {v1:x}, [{s} + 32]",
            "vmovhps {v1:x}, {v1:x}, [{s} + 40]",
            "vinserti32x4 {v0}, {v0}, {v1:x}, 2",
            "vmovq {v1:x}, [{s} + 48]",
            "vmovhps {v1:x}, {v1:x}, [{s} + 56]",
            "vinserti32x4 {v0}, {v0}, {v1:x}, 3",
            "2:",
            "vmovntdq [{d}], {v0}",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            v0 = out(zmm_reg) _,
            v1 = out(zmm_reg) _,
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}
