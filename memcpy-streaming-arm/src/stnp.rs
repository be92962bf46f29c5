//! `STNP` of pairs of 8-byte registers, for code that may not touch vector registers. Every aarch64 has them.

use core::arch::asm;

/// A copy of lines in order, which prefetches into one of the caches.
macro_rules! copy_lines {
    ($name:ident, $prefetch:literal, $cache:literal) => {
        #[doc = concat!("Copies `lines` lines of 64 bytes from any alignment, prefetching the source into the ", $cache)]
        /// cache, `ahead` bytes before it is loaded. The prefetch may point past the end of the source: it cannot fault.
        ///
        /// # Safety
        /// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
        /// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
        pub unsafe fn $name(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
            if lines == 0 {
                return;
            }
            // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes of blocks that have `64 * lines`. A prefetch
            // cannot fault.
            unsafe {
                asm!(
                    "2:",
                    concat!("prfm ", $prefetch, ", [{s}, {ahead}]"),
                    "ldp {w0}, {w1}, [{s}]",
                    "ldp {w2}, {w3}, [{s}, #16]",
                    "ldp {w4}, {w5}, [{s}, #32]",
                    "ldp {w6}, {w7}, [{s}, #48]",
                    "stnp {w0}, {w1}, [{d}]",
                    "stnp {w2}, {w3}, [{d}, #16]",
                    "stnp {w4}, {w5}, [{d}, #32]",
                    "stnp {w6}, {w7}, [{d}, #48]",
                    "add {s}, {s}, #64",
                    "add {d}, {d}, #64",
                    "subs {n}, {n}, #1",
                    "b.ne 2b",
                    w0 = out(reg) _,
                    w1 = out(reg) _,
                    w2 = out(reg) _,
                    w3 = out(reg) _,
                    w4 = out(reg) _,
                    w5 = out(reg) _,
                    w6 = out(reg) _,
                    w7 = out(reg) _,
                    s = inout(reg) src => _,
                    d = inout(reg) dst => _,
                    n = inout(reg) lines => _,
                    ahead = in(reg) ahead,
                    options(nostack),
                );
            }
        }
    };
}

copy_lines!(copy_lines, "pldl1strm", "first-level");
copy_lines!(copy_lines_l2, "pldl2strm", "second-level");

/// Repeats the 64 bytes at `line` over `lines` lines. The line is loaded in words.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: reads the 64 bytes at `line`; each of the `lines` rounds writes the next 64 bytes of a block that has
    // `64 * lines`.
    unsafe {
        asm!(
            "ldr {w0}, [{s}]",
            "ldr {w1}, [{s}, #8]",
            "ldr {w2}, [{s}, #16]",
            "ldr {w3}, [{s}, #24]",
            "ldr {w4}, [{s}, #32]",
            "ldr {w5}, [{s}, #40]",
            "ldr {w6}, [{s}, #48]",
            "ldr {w7}, [{s}, #56]",
            "2:",
            "stnp {w0}, {w1}, [{d}]",
            "stnp {w2}, {w3}, [{d}, #16]",
            "stnp {w4}, {w5}, [{d}, #32]",
            "stnp {w6}, {w7}, [{d}, #48]",
            "add {d}, {d}, #64",
            "subs {n}, {n}, #1",
            "b.ne 2b",
            w0 = out(reg) _,
            w1 = out(reg) _,
            w2 = out(reg) _,
            w3 = out(reg) _,
            w4 = out(reg) _,
            w5 = out(reg) _,
            w6 = out(reg) _,
            w7 = out(reg) _,
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}

/// Copies `N` bytes, a constant, in straight-line code: `STNP` of pairs of 8-byte registers in ascending order, ordinary
/// stores for the fewer than 16 bytes that may be left.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `N` bytes, of any alignment; they do not overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[inline(always)]
pub unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    let whole = N / 16 * 16;
    let mut at = 0;
    while at < whole {
        // SAFETY: the 16 bytes at `at` end within `N`.
        unsafe {
            asm!(
                "ldp {a}, {b}, [{s}]",
                "stnp {a}, {b}, [{d}]",
                a = out(reg) _,
                b = out(reg) _,
                s = in(reg) src.add(at),
                d = in(reg) dst.add(at),
                options(nostack, preserves_flags),
            );
        }
        at += 16;
    }
    // SAFETY: `N - whole` bytes are left in both blocks, which do not overlap.
    unsafe { core::ptr::copy_nonoverlapping(src.add(whole), dst.add(whole), N - whole) }
}
