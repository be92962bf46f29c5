//! `CLZERO` (AMD): zeroes a line without reading it, and without sending its zeros to memory one by one.

use core::arch::asm;

/// Zeroes `lines` lines of 64 bytes. The stores are weakly ordered as streaming ones are (AMD64 manual, volume 3).
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes.
/// * The CPU has CLZERO.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
pub unsafe fn zero_lines(dst: *mut u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds zeroes the line at rax, which is the next one.
    unsafe {
        asm!(
            "2:",
            "clzero",
            "add rax, 64",
            "dec {n}",
            "jnz 2b",
            inout("rax") dst => _,
            n = inout(reg) lines => _,
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
    let any: u8;
    // SAFETY: each of the `len` rounds reads the next byte. It is assembly because to Rust an uninitialised byte has no
    // value at all.
    unsafe {
        asm!(
            "2:",
            "or {any}, byte ptr [{p}]",
            "inc {p}",
            "dec {n}",
            "jnz 2b",
            any = inout(reg_byte) 0_u8 => any,
            p = inout(reg) pattern => _,
            n = inout(reg) len => _,
            options(nostack, readonly),
        );
    }
    any == 0
}
