//! SVE: `LDNT1B` and `STNT1B`, a line by four registers of whatever length.
//!
//! Only the CPU knows how long they are: 16 to 256 bytes. Predicates cut off what is behind the line, so that of longer registers the last
//! ones move nothing. The instructions are in SME's streaming mode too; nothing here enters or leaves it, or uses the first-fault register.

use core::arch::asm;

/// A block that begins with the predicates of a line: `p0` to `p3` are its bytes in four registers that follow each other.
macro_rules! lines {
    ($($line:expr),+ ; $($operands:tt)+) => {
        asm!(
            "cntb {vl}",
            "whilelo p0.b, xzr, {len}",
            "mov {i}, {vl}",
            "whilelo p1.b, {i}, {len}",
            "add {i}, {i}, {vl}",
            "whilelo p2.b, {i}, {len}",
            "add {i}, {i}, {vl}",
            "whilelo p3.b, {i}, {len}",
            $($line,)+
            vl = out(reg) _,
            i = out(reg) _,
            len = in(reg) crate::LINE,
            out("v0") _, out("v1") _, out("v2") _, out("v3") _,
            out("p0") _, out("p1") _, out("p2") _, out("p3") _,
            $($operands)+
        )
    };
}

/// A copy of lines in order, which prefetches into one of the caches.
macro_rules! copy_lines {
    ($name:ident, $prefetch:literal, $cache:literal) => {
        #[doc = concat!("Copies `lines` lines of 64 bytes from any alignment, prefetching the source into the ", $cache)]
        /// cache, `ahead` bytes before it is loaded. The prefetch may point past the end of the source: it cannot fault.
        ///
        /// # Safety
        /// * The CPU has SVE, and the system lets this program use it.
        /// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
        /// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
        #[target_feature(enable = "sve")]
        pub unsafe fn $name(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
            if lines == 0 {
                return;
            }
            // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes: a byte of the line is in one register, because four of
            // them have at least 64, and inactive ones access nothing. A prefetch cannot fault. The upper parts of `z0` to `z3` are lost
            // with the registers that are named.
            unsafe {
                lines!(
                    "2:",
                    concat!("prfm ", $prefetch, ", [{s}, {ahead}]"),
                    "ldnt1b {{z0.b}}, p0/z, [{s}]",
                    "ldnt1b {{z1.b}}, p1/z, [{s}, #1, mul vl]",
                    "ldnt1b {{z2.b}}, p2/z, [{s}, #2, mul vl]",
                    "ldnt1b {{z3.b}}, p3/z, [{s}, #3, mul vl]",
                    "stnt1b {{z0.b}}, p0, [{d}]",
                    "stnt1b {{z1.b}}, p1, [{d}, #1, mul vl]",
                    "stnt1b {{z2.b}}, p2, [{d}, #2, mul vl]",
                    "stnt1b {{z3.b}}, p3, [{d}, #3, mul vl]",
                    "add {s}, {s}, #64",
                    "add {d}, {d}, #64",
                    "subs {n}, {n}, #1",
                    "b.ne 2b";
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

/// Repeats the 64 bytes at `line` over `lines` lines.
///
/// # Safety
/// * The CPU has SVE, and the system lets this program use it.
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[target_feature(enable = "sve")]
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: reads the 64 bytes at `line`; each of the `lines` rounds writes the next 64 bytes, as in a copy.
    unsafe {
        lines!(
            "ld1b {{z0.b}}, p0/z, [{s}]",
            "ld1b {{z1.b}}, p1/z, [{s}, #1, mul vl]",
            "ld1b {{z2.b}}, p2/z, [{s}, #2, mul vl]",
            "ld1b {{z3.b}}, p3/z, [{s}, #3, mul vl]",
            "2:",
            "stnt1b {{z0.b}}, p0, [{d}]",
            "stnt1b {{z1.b}}, p1, [{d}, #1, mul vl]",
            "stnt1b {{z2.b}}, p2, [{d}, #2, mul vl]",
            "stnt1b {{z3.b}}, p3, [{d}, #3, mul vl]",
            "add {d}, {d}, #64",
            "subs {n}, {n}, #1",
            "b.ne 2b";
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}
