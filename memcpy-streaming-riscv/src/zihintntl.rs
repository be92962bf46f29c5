//! `NTL.ALL` before each store of a word. Loads are aligned: RISC-V lets others be as slow as a trap, or fail.

use crate::LINE;
use core::arch::asm;
use core::mem::MaybeUninit;
use core::ptr;

const WORD: usize = 8;

/// A block of assembly that may use the names of the hints, which older builds do not know.
macro_rules! hinted {
    ($($line:expr),+ ; $($operands:tt)+) => {
        asm!(".option push", ".option arch, +zihintntl", $($line,)+ ".option pop", $($operands)+)
    };
}

/// Copies `lines` lines of 64 bytes from any alignment. It takes the form of the other copies: there is no prefetch, so that `_ahead` does not
/// matter.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next release fence.
pub unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, _ahead: usize) {
    if lines == 0 {
        return;
    }
    if !src.addr().is_multiple_of(WORD) {
        // SAFETY: the contract is the same, and there is a line.
        return unsafe { copy_unaligned(dst, src, lines) };
    }
    // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes, by aligned words.
    unsafe {
        hinted!(
            "2:",
            "ld {w0}, 0({s})",
            "ld {w1}, 8({s})",
            "ld {w2}, 16({s})",
            "ld {w3}, 24({s})",
            "ld {w4}, 32({s})",
            "ld {w5}, 40({s})",
            "ld {w6}, 48({s})",
            "ld {w7}, 56({s})",
            "ntl.all",
            "sd {w0}, 0({d})",
            "ntl.all",
            "sd {w1}, 8({d})",
            "ntl.all",
            "sd {w2}, 16({d})",
            "ntl.all",
            "sd {w3}, 24({d})",
            "ntl.all",
            "sd {w4}, 32({d})",
            "ntl.all",
            "sd {w5}, 40({d})",
            "ntl.all",
            "sd {w6}, 48({d})",
            "ntl.all",
            "sd {w7}, 56({d})",
            "addi {s}, {s}, 64",
            "addi {d}, {d}, 64",
            "addi {n}, {n}, -1",
            "bnez {n}, 2b";
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
            options(nostack),
        );
    }
}

/// Copies lines from a source that is not aligned to a word. The first line and the last one go by way of the stack: those between them can
/// then be loaded by aligned words that are inside the source.
///
/// # Safety
/// As [`copy_lines`]; there is a line.
#[inline(never)]
unsafe fn copy_unaligned(dst: *mut u8, src: *const u8, lines: usize) {
    let last = lines - 1;
    let end = LINE * last;
    // SAFETY: the first line, the last one, which may be the same, and those between them are the lines that the caller vouches for. What
    // is between them has a line of the source before it and one behind it.
    unsafe {
        copy_line(dst, src);
        if last > 1 {
            copy_shifted(dst.add(LINE), src.add(LINE), last - 1);
        }
        if last > 0 {
            copy_line(dst.add(end), src.add(end));
        }
    }
}

/// A word of [`copy_shifted`]: put together of the last one that was loaded and the next, which stays for the next word.
macro_rules! shifted {
    ($at:literal) => {
        concat!(
            "srl {low}, {next}, {down}\n",
            "ld {next}, ",
            $at,
            " + 8({s})\n",
            "sll {high}, {next}, {up}\n",
            "or {low}, {low}, {high}\n",
            "ntl.all\n",
            "sd {low}, ",
            $at,
            "({d})",
        )
    };
}

/// Copies lines by aligned words of which each gives a part of two.
///
/// # Safety
/// As [`copy_lines`]; `src` is not aligned to a word; the words with its first and its last byte are valid for reads; there is a line.
#[inline(never)]
unsafe fn copy_shifted(dst: *mut u8, src: *const u8, lines: usize) {
    let beyond = src.addr() % WORD;
    // SAFETY: loads the word with the first byte; each of the `lines` rounds loads the next 8, of which the last one has the first bytes
    // behind the line, or the last byte of the source, and writes the next 64 bytes.
    unsafe {
        hinted!(
            "ld {next}, 0({s})",
            "2:",
            shifted!("0"),
            shifted!("8"),
            shifted!("16"),
            shifted!("24"),
            shifted!("32"),
            shifted!("40"),
            shifted!("48"),
            shifted!("56"),
            "addi {s}, {s}, 64",
            "addi {d}, {d}, 64",
            "addi {n}, {n}, -1",
            "bnez {n}, 2b";
            next = out(reg) _,
            low = out(reg) _,
            high = out(reg) _,
            down = in(reg) 8 * beyond,
            up = in(reg) 8 * (WORD - beyond),
            s = inout(reg) src.sub(beyond) => _,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}

/// A line from any alignment, by way of the stack.
///
/// # Safety
/// As [`copy_lines`], of one line.
unsafe fn copy_line(dst: *mut u8, src: *const u8) {
    let mut line = [MaybeUninit::<u64>::uninit(); LINE / WORD];
    let line = line.as_mut_ptr().cast::<u8>();
    // SAFETY: a line, as the caller vouches, to an aligned one of this function's own, and from there to where it belongs.
    unsafe {
        ptr::copy_nonoverlapping(src, line, LINE);
        copy_lines(dst, line, 1, 0);
    }
}

/// Repeats the 64 bytes at `line` over `lines` lines. The line is loaded in words.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.
/// * `line` is aligned to 8 bytes.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next release fence.
pub unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: reads the 64 bytes at `line`; each of the `lines` rounds writes the next 64 bytes.
    unsafe {
        hinted!(
            "ld {w0}, 0({s})",
            "ld {w1}, 8({s})",
            "ld {w2}, 16({s})",
            "ld {w3}, 24({s})",
            "ld {w4}, 32({s})",
            "ld {w5}, 40({s})",
            "ld {w6}, 48({s})",
            "ld {w7}, 56({s})",
            "2:",
            "ntl.all",
            "sd {w0}, 0({d})",
            "ntl.all",
            "sd {w1}, 8({d})",
            "ntl.all",
            "sd {w2}, 16({d})",
            "ntl.all",
            "sd {w3}, 24({d})",
            "ntl.all",
            "sd {w4}, 32({d})",
            "ntl.all",
            "sd {w5}, 40({d})",
            "ntl.all",
            "sd {w6}, 48({d})",
            "ntl.all",
            "sd {w7}, 56({d})",
            "addi {d}, {d}, 64",
            "addi {n}, {n}, -1",
            "bnez {n}, 2b";
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

/// Copies `N` bytes, a constant, in straight-line code: words behind a hint where both ends are aligned to one, else ordinary stores, as for the
/// fewer than 8 bytes that may be left.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `N` bytes, of any alignment; they do not overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next release fence.
#[inline(always)]
pub unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    let whole = if (dst.addr() | src.addr()).is_multiple_of(WORD) { N / WORD * WORD } else { 0 };
    let mut at = 0;
    while at < whole {
        // SAFETY: the word at `at` ends within `N`, and is aligned on both sides.
        unsafe {
            hinted!(
                "ld {word}, 0({s})",
                "ntl.all",
                "sd {word}, 0({d})";
                word = out(reg) _,
                s = in(reg) src.add(at),
                d = in(reg) dst.add(at),
                options(nostack),
            );
        }
        at += WORD;
    }
    // SAFETY: `N - whole` bytes are left in both blocks, which do not overlap.
    unsafe { ptr::copy_nonoverlapping(src.add(whole), dst.add(whole), N - whole) }
}
