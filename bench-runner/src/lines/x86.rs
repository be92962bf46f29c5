//! x86_64: lines as wide as the CPU's registers, and string instructions.

use std::arch::asm;
use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T2, _mm_prefetch};

use memcpy_streaming::Backend;

use super::{READ, STREAM, Width, cached, candidates};
use crate::peers::{Fill, Peer, Run};

/// Registers of a width, by the instructions that move and stream them, what leaves their upper halves clean, and where in the line each
/// one is. The compiler need not know of the instructions: it is told which registers change.
macro_rules! width {
    ($width:ident = $name:literal: $move:literal, $stream:literal, $end:literal, $($at:literal $register:tt)*) => {
        pub(crate) struct $width;

        impl Width for $width {
            const NAME: &'static str = $name;

            #[inline(always)]
            unsafe fn line<const DEED: u8>(dst: *mut u8, src: *const u8) {
                // SAFETY: the caller's: a line is read, and another written.
                unsafe {
                    match DEED {
                        READ => asm!(
                            $(concat!($move, " ", $register, ", [{s} + ", $at, "]"),)*
                            s = in(reg) src, $(out($register) _,)* options(nostack, preserves_flags)
                        ),
                        STREAM => asm!(
                            $(concat!($move, " ", $register, ", [{s} + ", $at, "]"),)*
                            $(concat!($stream, " [{d} + ", $at, "], ", $register),)*
                            s = in(reg) src, d = in(reg) dst, $(out($register) _,)* options(nostack, preserves_flags)
                        ),
                        _ => asm!(
                            $(concat!($move, " ", $register, ", [{s} + ", $at, "]"),)*
                            $(concat!($move, " [{d} + ", $at, "], ", $register),)*
                            s = in(reg) src, d = in(reg) dst, $(out($register) _,)* options(nostack, preserves_flags)
                        ),
                    }
                }
            }

            unsafe fn pattern(dst: *mut u8, pattern: *const u8, lines: usize) {
                // SAFETY: the caller's: a line is read, and `lines` are written.
                unsafe {
                    asm!(
                        $(concat!($move, " ", $register, ", [{s} + ", $at, "]"),)*
                        "2:",
                        $(concat!($move, " [{d} + ", $at, "], ", $register),)*
                        "add {d}, 64", "dec {n}", "jnz 2b",
                        s = in(reg) pattern, d = inout(reg) dst => _, n = inout(reg) lines => _,
                        $(out($register) _,)* options(nostack),
                    );
                }
            }

            #[inline(always)]
            fn end() {
                // SAFETY: the CPU has the instruction, and the vector registers are among those that a call may change.
                unsafe { asm!($end, clobber_abi("C"), options(nostack, preserves_flags)) }
            }
        }
    };
}

width!(Avx512 = "avx512": "vmovdqu64", "vmovntdq", "vzeroupper", 0 "zmm0");
width!(Avx2 = "avx2": "vmovdqu", "vmovntdq", "vzeroupper", 0 "ymm0" 32 "ymm1");
width!(Sse2 = "sse2": "movups", "movntdq", "", 0 "xmm0" 16 "xmm1" 32 "xmm2" 48 "xmm3");

/// Caches to prefetch into.
pub(super) const FIRST: i32 = _MM_HINT_T0;
pub(super) const SECOND: i32 = _MM_HINT_T2;

#[inline(always)]
pub(super) fn prefetch<const CACHE: i32>(at: *const u8) {
    // SAFETY: a prefetch cannot fault.
    unsafe { _mm_prefetch::<CACHE>(at.cast()) };
}

// SAFETY: the caller's.
const REP_MOVSB: Run = |dst, src, len| unsafe {
    asm!("rep movsb", inout("rdi") dst => _, inout("rsi") src => _, inout("rcx") len => _, options(nostack, preserves_flags))
};

/// Those of the widest registers that the CPU has, and its own copy.
pub(crate) fn loops(copies: bool) -> Vec<(String, Run)> {
    let mut loops = if is_x86_feature_detected!("avx512f") {
        candidates::<Avx512>(copies)
    } else if is_x86_feature_detected!("avx2") {
        candidates::<Avx2>(copies)
    } else {
        candidates::<Sse2>(copies)
    };
    loops.extend(copies.then(|| ("rep-movsb".to_string(), REP_MOVSB)));
    loops
}

/// String instructions, and a loop as wide as our own choice.
pub(crate) fn peers() -> [Peer; 2] {
    // SAFETY: the caller's.
    let stosb: Fill = |dst, byte, len| unsafe {
        asm!("rep stosb", inout("rdi") dst => _, inout("rcx") len => _, in("al") byte, options(nostack, preserves_flags))
    };
    let cached = match Backend::available().next() {
        Some(Backend::Avx512) => cached::<Avx512>(),
        Some(Backend::Avx2) => cached::<Avx2>(),
        _ => cached::<Sse2>(),
    };
    [Peer::new("rep-movsb", "rep movsb, rep stosb".to_string(), REP_MOVSB, stosb), cached]
}
