//! Non-temporal loads (`LDNP`) of whole lines: a source that is not cached, or is not worth a place in the cache.

use core::arch::asm;

/// Copies `lines` lines of 64 bytes by `LDNP` of 16-byte registers, and ordinary stores to any alignment.
///
/// # Safety
/// `src` is 64-byte aligned and valid for reads, `dst` valid for writes, of `64 * lines` bytes; they do not overlap.
#[cfg(target_feature = "neon")]
#[target_feature(enable = "neon")]
#[inline(never)] // Looked at where it is, by `cargo xtask asm`.
pub unsafe fn load_lines_16(dst: *mut u8, src: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes.
    unsafe {
        asm!(
            "2:",
            "ldnp {v0:q}, {v1:q}, [{s}]",
            "ldnp {v2:q}, {v3:q}, [{s}, #32]",
            "stp {v0:q}, {v1:q}, [{d}]",
            "stp {v2:q}, {v3:q}, [{d}, #32]",
            "add {s}, {s}, #64",
            "add {d}, {d}, #64",
            "subs {n}, {n}, #1",
            "b.ne 2b",
            v0 = out(vreg) _,
            v1 = out(vreg) _,
            v2 = out(vreg) _,
            v3 = out(vreg) _,
            s = inout(reg) src => _,
            d = inout(reg) dst => _,
            n = inout(reg) lines => _,
            options(nostack),
        );
    }
}

/// Copies `lines` lines of 64 bytes by `LDNP` of general registers, and ordinary stores to any alignment.
///
/// # Safety
/// `src` is 64-byte aligned and valid for reads, `dst` valid for writes, of `64 * lines` bytes; they do not overlap.
#[inline(never)] // As above.
pub unsafe fn load_lines_8(dst: *mut u8, src: *const u8, lines: usize) {
    if lines == 0 {
        return;
    }
    // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes.
    unsafe {
        asm!(
            "2:",
            "ldnp {w0}, {w1}, [{s}]",
            "ldnp {w2}, {w3}, [{s}, #16]",
            "ldnp {w4}, {w5}, [{s}, #32]",
            "ldnp {w6}, {w7}, [{s}, #48]",
            "stp {w0}, {w1}, [{d}]",
            "stp {w2}, {w3}, [{d}, #16]",
            "stp {w4}, {w5}, [{d}, #32]",
            "stp {w6}, {w7}, [{d}, #48]",
            "add {s}, {s}, #64",
            "add {d}, {d}, #64",
            "subs {n}, {n}, #1",
            "b.ne 2b",
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
