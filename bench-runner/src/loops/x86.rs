//! x86_64: streaming loops as wide as the CPU's registers.

use std::arch::asm;

use super::Loop;
use super::lines::Lines;

/// `asm!` that may use the vector registers by their names and leaves their upper halves clean.
macro_rules! avx {
    ($($line:expr,)* ; $($operand:tt)*) => {
        asm!($($line,)* "vzeroupper", $($operand)*
            out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _,
            out("ymm4") _, out("ymm5") _, out("ymm6") _, out("ymm7") _,
            out("ymm8") _, out("ymm9") _, out("ymm10") _, out("ymm11") _,
            out("ymm12") _, out("ymm13") _, out("ymm14") _, out("ymm15") _,
            options(nostack))
    };
}

/// The same without AVX: four registers.
macro_rules! sse {
    ($($line:expr,)* ; $($operand:tt)*) => {
        asm!($($line,)* $($operand)* out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _, options(nostack))
    };
}

/// Prefetches.
macro_rules! prefetch {
    (first $ahead:literal) => {
        concat!("prefetcht0 [{s} + ", $ahead, "]")
    };
    (second $ahead:literal) => {
        concat!("prefetcht2 [{s} + ", $ahead, "]")
    };
}

/// Loads a line.
macro_rules! load {
    (avx512 $at:literal) => {
        concat!("vmovdqu64 zmm0, [{s} + ", $at, "]")
    };
    (avx2 $at:literal) => {
        concat!("vmovdqu ymm0, [{s} + ", $at, "]\nvmovdqu ymm1, [{s} + ", $at, " + 32]")
    };
    (sse2 $at:literal) => {
        concat!(
            "movups xmm0, [{s} + ",
            $at,
            "]\nmovups xmm1, [{s} + ",
            $at,
            " + 16]\n",
            "movups xmm2, [{s} + ",
            $at,
            " + 32]\nmovups xmm3, [{s} + ",
            $at,
            " + 48]"
        )
    };
}

/// Streams the line that was loaded.
macro_rules! stream {
    (avx512 $at:literal) => {
        concat!("vmovntdq [{d} + ", $at, "], zmm0")
    };
    (avx2 $at:literal) => {
        concat!("vmovntdq [{d} + ", $at, "], ymm0\nvmovntdq [{d} + ", $at, " + 32], ymm1")
    };
    (sse2 $at:literal) => {
        concat!(
            "movntdq [{d} + ",
            $at,
            "], xmm0\nmovntdq [{d} + ",
            $at,
            " + 16], xmm1\n",
            "movntdq [{d} + ",
            $at,
            " + 32], xmm2\nmovntdq [{d} + ",
            $at,
            " + 48], xmm3"
        )
    };
}

/// A loop's two functions.
macro_rules! rounds {
    ($width:ident $asm:ident $feature:literal $name:ident: $($at:literal $(($cache:ident $ahead:literal))?),*) => {
        mod $name {
            use super::*;

            /// # Safety
            /// As [`Rounds`](super::super::super::lines::Rounds) says.
            #[target_feature(enable = $feature)]
            pub(super) unsafe fn copy(dst: *mut u8, src: *const u8, rounds: usize) {
                // SAFETY: each of the rounds reads and writes a line of each page. A prefetch cannot fault.
                unsafe {
                    $asm!(
                        "2:",
                        $($(prefetch!($cache $ahead),)? load!($width $at), stream!($width $at),)*
                        "add {s}, 64", "add {d}, 64", "dec {n}", "jnz 2b", ;
                        s = inout(reg) src => _, d = inout(reg) dst => _, n = inout(reg) rounds => _,
                    );
                }
            }

            /// # Safety
            /// As [`Rounds`](super::super::super::lines::Rounds) says.
            #[target_feature(enable = $feature)]
            pub(super) unsafe fn read(_: *mut u8, src: *const u8, rounds: usize) {
                // SAFETY: each of the rounds reads a line of each page. A prefetch cannot fault.
                unsafe {
                    $asm!(
                        "2:",
                        $($(prefetch!($cache $ahead),)? load!($width $at),)*
                        "add {s}, 64", "dec {n}", "jnz 2b", ;
                        s = inout(reg) src => _, n = inout(reg) rounds => _,
                    );
                }
            }
        }
    };
}

candidates!(avx512, rounds!(avx512 avx "avx512f"));
candidates!(avx2, rounds!(avx2 avx "avx2"));
candidates!(sse2, rounds!(sse2 sse "sse2"));

/// Those of the widest registers that the CPU has, and its own copy.
pub(super) fn loops(copies: bool) -> Vec<Loop> {
    let mut loops = if is_x86_feature_detected!("avx512f") {
        avx512::loops(copies)
    } else if is_x86_feature_detected!("avx2") {
        avx2::loops(copies)
    } else {
        sse2::loops(copies)
    };
    if copies {
        loops.push(Loop { name: "rep-movsb", run: crate::peers::rep_movsb });
    }
    loops
}

/// The loops of the CPU's other registers, to be tested.
#[cfg(test)]
pub(super) fn narrower(copies: bool) -> Vec<Loop> {
    let mut loops = sse2::loops(copies);
    if is_x86_feature_detected!("avx2") {
        loops.extend(avx2::loops(copies));
    }
    loops
}
