//! aarch64: a plain loop as wide as our kernel.

use std::arch::asm;
use std::ptr;

use super::Peer;

pub(super) fn peers() -> Vec<Peer> {
    vec![Peer {
        name: "cached-neon",
        version: "plain loop, 64 bytes a round".to_string(),
        copy: Some(copy),
        fill: Some(fill),
        pattern: Some(pattern),
        persist: None,
        streams: false,
    }]
}

/// # Safety
/// As `memcpy`.
unsafe fn copy(dst: *mut u8, src: *const u8, len: usize) {
    let lines = len / 64;
    if lines > 0 {
        // SAFETY: `lines` rounds of 64 bytes lie inside both blocks.
        unsafe {
            asm!(
                "2:",
                "ldp {a:q}, {b:q}, [{s}], #32",
                "ldp {c:q}, {e:q}, [{s}], #32",
                "stp {a:q}, {b:q}, [{d}], #32",
                "stp {c:q}, {e:q}, [{d}], #32",
                "subs {n}, {n}, #1",
                "b.ne 2b",
                a = out(vreg) _, b = out(vreg) _, c = out(vreg) _, e = out(vreg) _,
                s = inout(reg) src => _,
                d = inout(reg) dst => _,
                n = inout(reg) lines => _,
                options(nostack),
            );
        }
    }
    let done = 64 * lines;
    // SAFETY: the bytes that are left.
    unsafe { ptr::copy_nonoverlapping(src.add(done), dst.add(done), len - done) }
}

/// # Safety
/// As `memset`; the pattern is valid for reads of 64 bytes.
unsafe fn pattern(dst: *mut u8, pattern: *const u8, len: usize) {
    let lines = len / 64;
    if lines > 0 {
        // SAFETY: `lines` rounds of 64 bytes lie inside the block.
        unsafe {
            asm!(
                "ldp {a:q}, {b:q}, [{s}]",
                "ldp {c:q}, {e:q}, [{s}, #32]",
                "2:",
                "stp {a:q}, {b:q}, [{d}], #32",
                "stp {c:q}, {e:q}, [{d}], #32",
                "subs {n}, {n}, #1",
                "b.ne 2b",
                a = out(vreg) _, b = out(vreg) _, c = out(vreg) _, e = out(vreg) _,
                s = in(reg) pattern,
                d = inout(reg) dst => _,
                n = inout(reg) lines => _,
                options(nostack),
            );
        }
    }
    let done = 64 * lines;
    // SAFETY: the bytes that are left: fewer than 64.
    unsafe { ptr::copy_nonoverlapping(pattern, dst.add(done), len - done) }
}

/// # Safety
/// As `memset`.
unsafe fn fill(dst: *mut u8, byte: u8, len: usize) {
    let line = [byte; 64];
    // SAFETY: the caller's; a line of 64 bytes.
    unsafe { pattern(dst, line.as_ptr(), len) }
}
