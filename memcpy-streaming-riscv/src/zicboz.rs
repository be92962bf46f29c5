//! `CBO.ZERO`: zeroes a block without reading it, where the system allows it. Only the system knows how long a block is.

use core::arch::asm;

/// Zeroes `blocks` blocks, of `block` bytes each.
///
/// # Safety
/// * The CPU has Zicboz, and the system lets this program use it; its blocks have `block` bytes.
/// * `dst` is aligned to a block and valid for writes of `block * blocks` bytes.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next release fence.
#[inline(never)] // A function of its own, which `cargo xtask asm` finds.
pub unsafe fn zero_blocks(dst: *mut u8, blocks: usize, block: usize) {
    if blocks == 0 {
        return;
    }
    // SAFETY: each of the `blocks` rounds zeroes the next block.
    unsafe {
        asm!(
            ".option push",
            ".option arch, +zicboz",
            "2:",
            "cbo.zero ({d})",
            "add {d}, {d}, {block}",
            "addi {n}, {n}, -1",
            "bnez {n}, 2b",
            ".option pop",
            d = inout(reg) dst => _,
            block = in(reg) block,
            n = inout(reg) blocks => _,
            options(nostack),
        );
    }
}

/// Whether the `len` bytes at `pattern` are all zero. They may be uninitialised in part, as padding is: then the answer may be
/// either, and zeros are as good a value as any for those bytes.
///
/// # Safety
/// `pattern` is valid for reads of `len` bytes, at least one.
pub unsafe fn is_zero(pattern: *const u8, len: usize) -> bool {
    let any: usize;
    // SAFETY: each of the `len` rounds reads the next byte. It is assembly because to Rust an uninitialised byte has no
    // value at all.
    unsafe {
        asm!(
            "2:",
            "lbu {byte}, 0({p})",
            "or {any}, {any}, {byte}",
            "addi {p}, {p}, 1",
            "addi {n}, {n}, -1",
            "bnez {n}, 2b",
            byte = out(reg) _,
            any = inout(reg) 0_usize => any,
            p = inout(reg) pattern => _,
            n = inout(reg) len => _,
            options(nostack, readonly),
        );
    }
    any == 0
}
