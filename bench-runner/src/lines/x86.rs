//! x86_64: lines as wide as the CPU's registers, and string instructions.

use std::arch::asm;

use memcpy_streaming::Backend;

use super::{READ, STREAM, Width, cached};
use crate::loops::Loop;
use crate::peers::Peer;

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
            unsafe fn end() {
                // SAFETY: the CPU has the instruction, and the vector registers are among those that a call may change.
                unsafe { asm!($end, clobber_abi("C"), options(nostack, preserves_flags)) }
            }
        }
    };
}

width!(Avx512 = "avx512": "vmovdqu64", "vmovntdq", "vzeroupper", 0 "zmm0");
width!(Avx2 = "avx2": "vmovdqu", "vmovntdq", "vzeroupper", 0 "ymm0" 32 "ymm1");
width!(Sse2 = "sse2": "movups", "movntdq", "", 0 "xmm0" 16 "xmm1" 32 "xmm2" 48 "xmm3");

/// Of the first cache, or the second.
#[inline(always)]
pub(super) fn prefetch<const FIRST: bool>(at: *const u8) {
    // SAFETY: a prefetch cannot fault.
    unsafe {
        match FIRST {
            true => asm!("prefetcht0 [{}]", in(reg) at, options(nostack, preserves_flags)),
            false => asm!("prefetcht2 [{}]", in(reg) at, options(nostack, preserves_flags)),
        }
    }
}

/// Those of the widest registers that the CPU has, and its own copy.
pub(crate) fn loops(copies: bool) -> Vec<Loop> {
    let mut loops = if is_x86_feature_detected!("avx512f") {
        super::candidates::<Avx512>(copies)
    } else if is_x86_feature_detected!("avx2") {
        super::candidates::<Avx2>(copies)
    } else {
        super::candidates::<Sse2>(copies)
    };
    if copies {
        loops.push(Loop { name: "rep-movsb".to_string(), run: rep_movsb });
    }
    loops
}

/// String instructions, and a loop as wide as our own choice.
pub(crate) fn peers() -> Vec<Peer> {
    let own = Peer::new("rep-movsb".to_string(), "rep movsb, rep stosb".to_string(), rep_movsb, rep_stosb);
    let cached = match Backend::available().next() {
        Some(Backend::Avx512) => cached::<Avx512>(),
        Some(Backend::Avx2) => cached::<Avx2>(),
        _ => cached::<Sse2>(),
    };
    vec![own, cached]
}

/// # Safety
/// As `memcpy`.
unsafe fn rep_movsb(dst: *mut u8, src: *const u8, len: usize) {
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
