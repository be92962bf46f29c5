//! `DC ZVA`: zeroes a block without reading it, where the operating system allows it.

use crate::{LINE, stnp};
use core::arch::asm;

/// The bytes that one `DC ZVA` zeroes, a power of two; None if it is prohibited (DCZID_EL0: bits 3..0 are the logarithm of
/// the block's size in words of 4 bytes, bit 4 prohibits the instruction).
pub fn block_len() -> Option<usize> {
    let dczid: u64;
    // SAFETY: every aarch64 CPU lets every program read this register.
    unsafe { asm!("mrs {}, dczid_el0", out(reg) dczid, options(nomem, nostack, preserves_flags)) }
    if dczid & 0x10 == 0 { Some(4 << (dczid & 0xf)) } else { None }
}

/// Zeroes `lines` lines of 64 bytes: whole blocks by `DC ZVA`, what is before and after them, or all of it
/// where [`block_len`] has none, by `STNP` of general registers: builds without floating point have `DC ZVA`, too.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
pub unsafe fn zero_lines(dst: *mut u8, lines: usize) {
    let zeros = [0_u8; LINE];
    let Some(block) = block_len() else {
        // SAFETY: `dst` is valid for writes of `64 * lines` bytes, aligned, and not accessed before a drain, all by
        // contract; `zeros` is a line of this function's own.
        return unsafe { stnp::fill_lines(dst, zeros.as_ptr(), lines) };
    };
    let len = LINE * lines;
    let (head, blocks) = split(dst.addr(), len, block);
    let body = block * blocks;
    // SAFETY: head, body and tail are the caller's lines, one after the other: the head ends at a border of a line and of
    // a block, and the body is whole lines because a block larger than a line is a multiple of it and a smaller one
    // divides it. Each of the `blocks` rounds zeroes the next block.
    unsafe {
        stnp::fill_lines(dst, zeros.as_ptr(), head / LINE);
        if blocks > 0 {
            asm!(
                "2:",
                "dc zva, {d}",
                "add {d}, {d}, {block}",
                "subs {n}, {n}, #1",
                "b.ne 2b",
                d = inout(reg) dst.add(head) => _,
                block = in(reg) block,
                n = inout(reg) blocks => _,
                options(nostack),
            );
        }
        stnp::fill_lines(dst.add(head + body), zeros.as_ptr(), (len - head - body) / LINE);
    }
}

/// The bytes before the first whole block, and the whole blocks, of `len` bytes at `addr`, which are whole lines.
fn split(addr: usize, len: usize, block: usize) -> (usize, usize) {
    let head = (addr.wrapping_neg() % block.max(LINE)).min(len);
    (head, (len - head) / block)
}

/// Whether the `len` bytes at `pattern` are all zero. They may be uninitialised in part, as padding is: then the answer may
/// be either, and zeros are as good a value as any for those bytes.
///
/// # Safety
/// `pattern` is valid for reads of `len` bytes, at least one.
pub unsafe fn is_zero(pattern: *const u8, len: usize) -> bool {
    let any: u32;
    // SAFETY: each of the `len` rounds reads the next byte. It is assembly because to Rust an uninitialised byte has no
    // value at all.
    unsafe {
        asm!(
            "2:",
            "ldrb {byte:w}, [{p}], #1",
            "orr {any:w}, {any:w}, {byte:w}",
            "subs {n}, {n}, #1",
            "b.ne 2b",
            byte = out(reg) _,
            any = inout(reg) 0_u32 => any,
            p = inout(reg) pattern => _,
            n = inout(reg) len => _,
            options(nostack, readonly),
        );
    }
    any == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks are a line on most CPUs, and 256 bytes on some.
    #[test]
    fn blocks_are_whole_and_aligned_and_as_many_as_there_are() {
        for block in [4, 16, 64, 256, 2048] {
            for addr in (0..4096).step_by(LINE) {
                for len in (0..8192).step_by(LINE) {
                    let (head, blocks) = split(addr, len, block);
                    let first = addr.next_multiple_of(block);
                    let end = (addr + len) / block * block;
                    assert_eq!(blocks, end.saturating_sub(first) / block, "{len} bytes at {addr} by {block}");
                    let all_of_it = if first < addr + len { first - addr } else { len };
                    assert_eq!(head, all_of_it, "{len} bytes at {addr} by {block}");
                }
            }
        }
    }

    /// The library never asks for so few that there is no block among them.
    #[test]
    fn no_lines_are_no_blocks() {
        #[repr(align(64))]
        struct Lines([u8; 3 * LINE]);
        let mut lines = Lines([0xa5; 3 * LINE]);
        for count in 0..2 {
            // SAFETY: so many lines in the middle of a local array, drained before it is looked at.
            unsafe { zero_lines(lines.0[LINE..].as_mut_ptr(), count) };
            crate::drain();
            let expected = core::array::from_fn(|i| if i / LINE == 1 && count > 0 { 0 } else { 0xa5 });
            assert_eq!(lines.0, expected);
        }
    }
}
