//! `DC ZVA`: zeroes a block without reading it, where the operating system allows it.

use core::arch::asm;

/// The bytes that one `DC ZVA` zeroes, a power of two; None if it is prohibited (DCZID_EL0: bits 3..0 are the logarithm of
/// the block's size in words of 4 bytes, bit 4 prohibits the instruction).
pub fn block_len() -> Option<usize> {
    let dczid: u64;
    // SAFETY: every aarch64 CPU lets every program read this register.
    unsafe { asm!("mrs {}, dczid_el0", out(reg) dczid, options(nomem, nostack, preserves_flags)) }
    if dczid & 0x10 == 0 { Some(4 << (dczid & 0xf)) } else { None }
}

/// Zeroes `blocks` blocks, of `block` bytes each.
///
/// # Safety
/// * `block` is what [`block_len`] answers.
/// * `dst` is aligned to a block and valid for writes of `block * blocks` bytes.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
#[inline(never)] // A function of its own, which `cargo xtask asm` finds.
pub unsafe fn zero_blocks(dst: *mut u8, blocks: usize, block: usize) {
    if blocks == 0 {
        return;
    }
    // SAFETY: each of the `blocks` rounds zeroes the next block.
    unsafe {
        asm!(
            "2:",
            "dc zva, {d}",
            "add {d}, {d}, {block}",
            "subs {n}, {n}, #1",
            "b.ne 2b",
            d = inout(reg) dst => _,
            block = in(reg) block,
            n = inout(reg) blocks => _,
            options(nostack),
        );
    }
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
