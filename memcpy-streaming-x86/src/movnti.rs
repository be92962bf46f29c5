//! `movnti`: streaming stores from general registers, for code that may not touch vector registers, as in a kernel. The
//! instruction came with SSE2 but needs no vector state.

use crate::copies::lines_in_order;
use core::arch::asm;

/// Repeats the assembly up to `.endr` for each word of a line, its offset in `\o`.
#[cfg(target_pointer_width = "64")]
macro_rules! for_each_word {
    () => {
        ".irp o,0,8,16,24,32,40,48,56"
    };
}
#[cfg(target_pointer_width = "32")]
macro_rules! for_each_word {
    () => {
        ".irp o,0,4,8,12,16,20,24,28,32,36,40,44,48,52,56,60"
    };
}

/// The line at an offset.
macro_rules! move_line {
    ($offset:literal) => {
        concat!(
            for_each_word!(),
            "\nmov {w}, [{s} + ",
            $offset,
            " + \\o]",
            "\nmovnti [{d} + ",
            $offset,
            " + \\o], {w}",
            "\n.endr",
        )
    };
}

/// `asm!` with a register for a word. The lines stand in brackets; all lines and operands end with a comma.
macro_rules! asm_word {
    ([$($line:tt)*] $($operand:tt)*) => {
        asm!($($line)* w = out(reg) _, $($operand)* options(nostack))
    };
}

lines_in_order!(copy_lines, "prefetcht0", "first-level", asm_word, move_line, "The CPU has SSE2 (every x86_64 has).");
lines_in_order!(
    copy_lines_l2,
    "prefetcht2",
    "second-level",
    asm_word,
    move_line,
    "The CPU has SSE2 (every x86_64 has)."
);

/// Repeats the 64 bytes at `line` over `lines` lines.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * The CPU has SSE2 (every x86_64 has).
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds writes the next 64 bytes. There are too few general registers to hold a line
    // on x86; its words are read again from the first-level cache.
    unsafe {
        asm!(
            "2:",
            for_each_word!(),
            "mov {w}, [{s} + \\o]",
            "movnti [{d} + \\o], {w}",
            ".endr",
            "add {d}, 64",
            "dec {n}",
            "jnz 2b",
            w = out(reg) _,
            s = in(reg) line,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}

/// Copies `N` bytes, a constant, in straight-line code: streaming stores of words in ascending order, ordinary ones for
/// the fewer than 4 bytes that may be left. Nothing else writes between them, so neighbouring calls fill whole lines.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `N` bytes, of any alignment; they do not overlap.
/// * The CPU has SSE2 (every x86_64 has).
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[inline(always)]
pub unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    // SAFETY: the contract is the same, and 0 is no more than `N`: the rest from there on is everything.
    unsafe { copy_rest::<N>(dst, src, 0) }
}

/// Bytes `at..N` of a [`copy_fixed`].
///
/// # Safety
/// As [`copy_fixed`], and `at <= N`.
#[inline(always)]
pub(crate) unsafe fn copy_rest<const N: usize>(dst: *mut u8, src: *const u8, mut at: usize) {
    const WORD: usize = size_of::<usize>();
    while at + WORD <= N {
        // SAFETY: the word at `at` ends within `N`.
        unsafe {
            asm!(
                "mov {w}, [{s}]",
                "movnti [{d}], {w}",
                w = out(reg) _,
                s = in(reg) src.add(at),
                d = in(reg) dst.add(at),
                options(nostack, preserves_flags),
            );
        }
        at += WORD;
    }
    if WORD > 4 && at + 4 <= N {
        // SAFETY: the 4 bytes at `at` end within `N`.
        unsafe {
            asm!(
                "mov {w:e}, [{s}]",
                "movnti [{d}], {w:e}",
                w = out(reg) _,
                s = in(reg) src.add(at),
                d = in(reg) dst.add(at),
                options(nostack, preserves_flags),
            );
        }
        at += 4;
    }
    // SAFETY: `N - at` bytes are left in both blocks.
    unsafe { crate::copy_words(dst.add(at), src.add(at), N - at) }
}
