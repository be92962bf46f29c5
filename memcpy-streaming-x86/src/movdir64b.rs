//! `MOVDIR64B`: direct stores of a whole line, read from memory and written with 64-byte write atomicity.

use core::arch::asm;

/// Copies `lines` lines of 64 bytes from any alignment, prefetching the source `ahead` bytes before it is read. The
/// prefetch may point past the end of the source: it cannot fault.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
/// * The CPU has MOVDIR64B.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
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
            "movdir64b {d}, [{s}]",
            "add {s}, 64",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            s = inout(reg) src => _,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            ahead = in(reg) ahead,
            options(nostack),
        );
    }
}

/// [`copy_lines`]: the instruction has one width. Whether it waits for words that were just stored is the CPU's affair.
///
/// # Safety
/// As there.
pub unsafe fn copy_lines_narrow(dst: *mut u8, src: *const u8, lines: usize) {
    // SAFETY: the caller's.
    unsafe { copy_lines(dst, src, lines, 0) }
}

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
