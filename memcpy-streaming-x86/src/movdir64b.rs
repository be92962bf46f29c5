//! `MOVDIR64B`: direct stores of a whole line, read from memory and written with 64-byte write atomicity.

use crate::copies::lines_in_order;
use core::arch::asm;

/// The line at the beginning. (The instruction takes its destination from a register.)
macro_rules! move_line {
    ("0") => {
        "movdir64b {d}, [{s}]"
    };
}

/// `asm!`. The lines stand in brackets; all lines and operands end with a comma.
macro_rules! asm_memory {
    ([$($line:tt)*] $($operand:tt)*) => {
        asm!($($line)* $($operand)* options(nostack))
    };
}

lines_in_order!(copy_lines, "prefetcht0", "first-level", asm_memory, move_line, "The CPU has MOVDIR64B.");
lines_in_order!(copy_lines_l2, "prefetcht2", "second-level", asm_memory, move_line, "The CPU has MOVDIR64B.");

/// Repeats the 64 bytes at `line` over `lines` lines. The instruction reads them from memory each time: from the
/// first-level cache.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * The CPU has MOVDIR64B.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds writes the next 64 bytes, the store aligned as `dst` is.
    unsafe {
        asm!(
            "2:",
            "movdir64b {d}, [{s}]",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}

/// Copies `N` bytes, a constant, as whole lines: no loop that a compiler would not unroll, no call.
///
/// # Safety
/// * `N` is a multiple of 64.
/// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `N` bytes; they do not overlap.
/// * The CPU has MOVDIR64B.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[inline(always)]
pub unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    let mut at = 0;
    while at < N {
        // SAFETY: the line at `at` ends within `N` and is aligned as `dst` is.
        unsafe {
            asm!(
                "movdir64b {d}, [{s}]",
                s = in(reg) src.add(at),
                d = in(reg) dst.add(at),
                options(nostack, preserves_flags),
            );
        }
        at += 64;
    }
}
