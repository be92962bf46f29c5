//! FEAT_MOPS: copies and fills of any length in three instructions, with the non-temporal hint for what is stored.
//!
//! Prologue, main part and epilogue stand together, in this order, on the same registers, as the architecture wants it. An interrupt may
//! come in the middle of each: the registers then say how far it is. They need no vector registers.

use crate::stnp;
use core::arch::asm;

/// Copies `lines` lines of 64 bytes from any alignment. It takes the form of the other copies; `_ahead` does not matter, because the CPU
/// knows how much is to come.
///
/// # Safety
/// * The CPU has FEAT_MOPS, and the system lets this program use it.
/// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
pub unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, _ahead: usize) {
    // SAFETY: reads and writes `64 * lines` bytes, without overlap.
    unsafe {
        asm!(
            // For this block alone: each is assembled by itself.
            ".arch_extension mops",
            "cpyfpwn [{d}]!, [{s}]!, {n}!",
            "cpyfmwn [{d}]!, [{s}]!, {n}!",
            "cpyfewn [{d}]!, [{s}]!, {n}!",
            d = inout(reg) dst => _,
            s = inout(reg) src => _,
            n = inout(reg) crate::LINE * lines => _,
            options(nostack),
        );
    }
}

/// Repeats the 64 bytes at `line` over `lines` lines: by `SETPN` and those that follow if they are all the same, else by `STNP`.
///
/// # Safety
/// * The CPU has FEAT_MOPS, and the system lets this program use it.
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    // SAFETY: `line` and `dst` are what the caller vouches for. `SETPN` writes `64 * lines` bytes.
    unsafe {
        let (byte, is_one_value) = byte_of(line);
        if !is_one_value {
            return stnp::fill_lines(dst, line, lines);
        }
        asm!(
            ".arch_extension mops",
            "setpn [{d}]!, {n}!, {byte}",
            "setmn [{d}]!, {n}!, {byte}",
            "seten [{d}]!, {n}!, {byte}",
            d = inout(reg) dst => _,
            n = inout(reg) crate::LINE * lines => _,
            byte = in(reg) byte,
            options(nostack),
        );
    }
}

/// The first byte at `line`, and whether all 64 are the same. They may be uninitialised in part, as padding is: then the answer may be either.
///
/// # Safety
/// `line` is valid for reads of 64 bytes.
unsafe fn byte_of(line: *const u8) -> (u64, bool) {
    let byte: u64;
    let differing: u64;
    // SAFETY: each of the 8 rounds reads the next word. It is assembly because to Rust an uninitialised byte has no value at all.
    unsafe {
        asm!(
            "ldrb {byte:w}, [{p}]",
            // The byte in all places of a word.
            "mul {all}, {byte}, {ones}",
            "2:",
            "ldr {word}, [{p}], #8",
            "eor {word}, {word}, {all}",
            "orr {differing}, {differing}, {word}",
            "subs {n}, {n}, #1",
            "b.ne 2b",
            byte = out(reg) byte,
            all = out(reg) _,
            word = out(reg) _,
            ones = in(reg) 0x0101_0101_0101_0101_u64,
            differing = inout(reg) 0_u64 => differing,
            p = inout(reg) line => _,
            n = inout(reg) crate::LINE / 8 => _,
            options(nostack, readonly),
        );
    }
    (byte, differing == 0)
}
