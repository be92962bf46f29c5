//! x86_64: string instructions, and plain loops as wide as our kernels.

use std::arch::asm;
use std::ptr;

use memcpy_streaming::Backend;

use super::{Copy, Fill, Pattern, Peer};

pub(super) fn peers() -> Vec<Peer> {
    let plain = |name, copy: Copy, fill: Fill, pattern: Pattern| Peer {
        name,
        version: "plain loop, 64 bytes a round".to_string(),
        copy: Some(copy),
        fill: Some(fill),
        pattern: Some(pattern),
        persist: None,
        streams: false,
    };
    let mut peers = vec![Peer {
        name: "rep-movsb",
        version: "rep movsb, rep stosb".to_string(),
        copy: Some(rep_movsb),
        fill: Some(rep_stosb),
        pattern: None,
        persist: None,
        streams: false,
    }];
    // One: as wide as our own choice.
    peers.push(match Backend::available().next() {
        Some(Backend::Avx512) => plain("cached-avx512", avx512::copy, avx512::fill, avx512::pattern),
        Some(Backend::Avx2) => plain("cached-avx2", avx2::copy, avx2::fill, avx2::pattern),
        _ => plain("cached-sse2", sse2::copy, sse2::fill, sse2::pattern),
    });
    peers
}

/// # Safety
/// As `memcpy`.
pub(crate) unsafe fn rep_movsb(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's.
    unsafe {
        asm!("rep movsb", inout("rdi") dst => _, inout("rsi") src => _, inout("rcx") len => _,
            options(nostack, preserves_flags));
    }
}

/// # Safety
/// As `memset`.
unsafe fn rep_stosb(dst: *mut u8, byte: u8, len: usize) {
    // SAFETY: the caller's.
    unsafe {
        asm!("rep stosb", inout("rdi") dst => _, inout("rcx") len => _, in("al") byte,
            options(nostack, preserves_flags));
    }
}

/// The loops of one width: registers of a class, and as many moves as a line takes.
macro_rules! loops {
    ($module:ident, $feature:literal, $class:ident, $move:literal, $upper:literal, $($at:literal $reg:ident)*) => {
        mod $module {
            use super::*;

            /// # Safety
            /// As `memcpy`, and the CPU has the registers.
            #[target_feature(enable = $feature)]
            pub(super) unsafe fn copy(dst: *mut u8, src: *const u8, len: usize) {
                let lines = len / 64;
                if lines > 0 {
                    // SAFETY: `lines` rounds of 64 bytes lie inside both blocks.
                    unsafe {
                        asm!(
                            "2:",
                            $(concat!($move, " {", stringify!($reg), "}, [{s} + ", $at, "]"),)*
                            $(concat!($move, " [{d} + ", $at, "], {", stringify!($reg), "}"),)*
                            "add {s}, 64",
                            "add {d}, 64",
                            "dec {n}",
                            "jnz 2b",
                            $upper,
                            $($reg = out($class) _,)*
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
            /// As `memset`, the pattern is valid for reads of 64 bytes, and the CPU has the registers.
            #[target_feature(enable = $feature)]
            pub(super) unsafe fn pattern(dst: *mut u8, pattern: *const u8, len: usize) {
                let lines = len / 64;
                if lines > 0 {
                    // SAFETY: `lines` rounds of 64 bytes lie inside the block.
                    unsafe {
                        asm!(
                            $(concat!($move, " {", stringify!($reg), "}, [{s} + ", $at, "]"),)*
                            "2:",
                            $(concat!($move, " [{d} + ", $at, "], {", stringify!($reg), "}"),)*
                            "add {d}, 64",
                            "dec {n}",
                            "jnz 2b",
                            $upper,
                            $($reg = out($class) _,)*
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
            /// As `memset`, and the CPU has the registers.
            #[target_feature(enable = $feature)]
            pub(super) unsafe fn fill(dst: *mut u8, byte: u8, len: usize) {
                let line = [byte; 64];
                // SAFETY: the caller's; a line of 64 bytes.
                unsafe { pattern(dst, line.as_ptr(), len) }
            }
        }
    };
}

loops!(sse2, "sse2", xmm_reg, "movups", "", 0 a 16 b 32 c 48 e);
loops!(avx2, "avx2", ymm_reg, "vmovdqu", "vzeroupper", 0 a 32 b);
loops!(avx512, "avx512f", zmm_reg, "vmovdqu64", "vzeroupper", 0 a);
