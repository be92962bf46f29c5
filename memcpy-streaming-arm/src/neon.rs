//! `STNP` of pairs of 16-byte registers. Builds without floating point (kernels) do not have them: see [`stnp`](crate::stnp).

use core::arch::asm;

/// Where in 16 bytes the word is that belongs into the lower half of a register. A big-endian store of 16 bytes begins with the
/// upper half.
const LOWER: usize = if cfg!(target_endian = "big") { 8 } else { 0 };

/// And the word for the upper half.
const UPPER: usize = 8 - LOWER;

/// A copy of lines in order, which prefetches into one of the caches.
macro_rules! copy_lines {
    ($name:ident, $prefetch:literal, $cache:literal) => {
        #[doc = concat!("Copies `lines` lines of 64 bytes from any alignment, prefetching the source into the ", $cache)]
        /// cache, `ahead` bytes before it is loaded. The prefetch may point past the end of the source: it cannot fault.
        ///
        /// # Safety
        /// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
        /// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
        #[target_feature(enable = "neon")]
        pub unsafe fn $name(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
            if lines == 0 {
                return;
            }
            // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes. A prefetch cannot fault.
            unsafe {
                asm!(
                    "2:",
                    concat!("prfm ", $prefetch, ", [{s}, {ahead}]"),
                    "ldp {v0:q}, {v1:q}, [{s}]",
                    "ldp {v2:q}, {v3:q}, [{s}, #32]",
                    "stnp {v0:q}, {v1:q}, [{d}]",
                    "stnp {v2:q}, {v3:q}, [{d}, #32]",
                    "add {s}, {s}, #64",
                    "add {d}, {d}, #64",
                    "subs {n}, {n}, #1",
                    "b.ne 2b",
                    v0 = out(vreg) _,
                    v1 = out(vreg) _,
                    v2 = out(vreg) _,
                    v3 = out(vreg) _,
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
#[target_feature(enable = "neon")]
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: reads the 64 bytes at `line`; each of the `lines` rounds writes the next 64 bytes.
    unsafe {
        asm!(
            "ldr {v0:d}, [{s}, #{LOWER}]",
            "ldr {t:d}, [{s}, #{UPPER}]",
            "mov {v0}.d[1], {t}.d[0]",
            "ldr {v1:d}, [{s}, #16 + {LOWER}]",
            "ldr {t:d}, [{s}, #16 + {UPPER}]",
            "mov {v1}.d[1], {t}.d[0]",
            "ldr {v2:d}, [{s}, #32 + {LOWER}]",
            "ldr {t:d}, [{s}, #32 + {UPPER}]",
            "mov {v2}.d[1], {t}.d[0]",
            "ldr {v3:d}, [{s}, #48 + {LOWER}]",
            "ldr {t:d}, [{s}, #48 + {UPPER}]",
            "mov {v3}.d[1], {t}.d[0]",
            "2:",
            "stnp {v0:q}, {v1:q}, [{d}]",
            "stnp {v2:q}, {v3:q}, [{d}, #32]",
            "add {d}, {d}, #64",
            "subs {n}, {n}, #1",
            "b.ne 2b",
            v0 = out(vreg) _,
            v1 = out(vreg) _,
            v2 = out(vreg) _,
            v3 = out(vreg) _,
            t = out(vreg) _,
            LOWER = const LOWER,
            UPPER = const UPPER,
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}
