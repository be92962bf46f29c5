//! aarch64: lines by pairs of vector registers.

use std::arch::asm;

use super::{READ, STREAM, Width, cached, candidates};
use crate::peers::{Peer, Run};

pub(crate) struct Neon;

/// `asm!` of lines with four vector registers.
macro_rules! neon {
    ($($line:literal,)* ; $($operand:tt)*) => {
        asm!($($line,)* $($operand)* out("v0") _, out("v1") _, out("v2") _, out("v3") _, options(nostack))
    };
}

impl Width for Neon {
    const NAME: &'static str = "neon";

    #[inline(always)]
    unsafe fn line<const DEED: u8>(dst: *mut u8, src: *const u8) {
        // SAFETY: the caller's: a line is read, and another written.
        unsafe {
            match DEED {
                READ => neon!("ldp q0, q1, [{s}]", "ldp q2, q3, [{s}, #32]", ; s = in(reg) src,),
                STREAM => neon!(
                    "ldp q0, q1, [{s}]", "ldp q2, q3, [{s}, #32]", "stnp q0, q1, [{d}]", "stnp q2, q3, [{d}, #32]", ;
                    s = in(reg) src, d = in(reg) dst,
                ),
                _ => neon!(
                    "ldp q0, q1, [{s}]", "ldp q2, q3, [{s}, #32]", "stp q0, q1, [{d}]", "stp q2, q3, [{d}, #32]", ;
                    s = in(reg) src, d = in(reg) dst,
                ),
            }
        }
    }

    unsafe fn pattern(dst: *mut u8, pattern: *const u8, lines: usize) {
        // SAFETY: the caller's: a line is read, and `lines` are written.
        unsafe {
            neon!(
                "ldp q0, q1, [{s}]", "ldp q2, q3, [{s}, #32]",
                "2:", "stp q0, q1, [{d}], #32", "stp q2, q3, [{d}], #32", "subs {n}, {n}, #1", "b.ne 2b", ;
                s = in(reg) pattern, d = inout(reg) dst => _, n = inout(reg) lines => _,
            );
        }
    }
}

/// Caches to prefetch into: `pldl1keep`, `pldl2keep`.
pub(super) const FIRST: i32 = 0;
pub(super) const SECOND: i32 = 2;

#[inline(always)]
pub(super) fn prefetch<const CACHE: i32>(at: *const u8) {
    // SAFETY: a prefetch cannot fault.
    unsafe { asm!("prfm #{cache}, [{at}]", cache = const CACHE, at = in(reg) at, options(nostack, preserves_flags)) };
}

pub(crate) fn loops(copies: bool) -> Vec<(String, Run)> {
    candidates::<Neon>(copies)
}

/// A loop as wide as our kernel.
pub(crate) fn peers() -> [Peer; 1] {
    [cached::<Neon>()]
}
