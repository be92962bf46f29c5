//! x86_64: streaming loops of whole lines, as wide as the CPU's registers. What differs is how far ahead of the loads they prefetch and
//! into which cache, and whether they go through one page after the other or through several in turn: then the
//! memory controller has several pages open, and the core's prefetcher several streams to follow.

use std::arch::asm;

use super::{Loop, Way};

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

/// A loop's two functions: for each page of a round where its line is, and what is prefetched besides.
macro_rules! rounds {
    ($width:ident $asm:ident $feature:literal $name:ident: $($at:literal $(($prefetch:literal $ahead:literal))?),*) => {
        pub(super) mod $name {
            use super::*;

            /// # Safety
            /// As [`Rounds`](super::super::super::Rounds) says, `rounds` is not 0, and the CPU has the registers.
            #[target_feature(enable = $feature)]
            pub(in super::super) unsafe fn copy(dst: *mut u8, src: *const u8, rounds: usize) {
                // SAFETY: each of the rounds reads and writes a line of each page. A prefetch cannot fault.
                unsafe {
                    $asm!(
                        "2:",
                        $($(concat!($prefetch, " [{s} + ", $ahead, "]"),)? load!($width $at), stream!($width $at),)*
                        "add {s}, 64", "add {d}, 64", "dec {n}", "jnz 2b", ;
                        s = inout(reg) src => _, d = inout(reg) dst => _, n = inout(reg) rounds => _,
                    );
                }
            }

            /// # Safety
            /// As for the copy.
            #[target_feature(enable = $feature)]
            pub(in super::super) unsafe fn read(_: *mut u8, src: *const u8, rounds: usize) {
                // SAFETY: each of the rounds reads a line of each page. A prefetch cannot fault.
                unsafe {
                    $asm!(
                        "2:",
                        $($(concat!($prefetch, " [{s} + ", $ahead, "]"),)? load!($width $at),)*
                        "add {s}, 64", "dec {n}", "jnz 2b", ;
                        s = inout(reg) src => _, n = inout(reg) rounds => _,
                    );
                }
            }
        }
    };
}

/// All loops of a width.
macro_rules! width {
    ($width:ident $asm:ident $feature:literal) => {
        mod $width {
            use super::*;

            rounds!($width $asm $feature plain: 0);
            rounds!($width $asm $feature t0_1k: 0 ("prefetcht0" 1024));
            rounds!($width $asm $feature t2_2k: 0 ("prefetcht2" 2048));
            rounds!($width $asm $feature t2_4k: 0 ("prefetcht2" 4096));
            rounds!($width $asm $feature two: 0, 4096);
            rounds!($width $asm $feature four: 0, 4096, 8192, 12288);
            rounds!($width $asm $feature two_t2: 0 ("prefetcht2" 8192), 4096 ("prefetcht2" 12288));
            rounds!($width $asm $feature four_t2: 0 ("prefetcht2" 16384), 4096 ("prefetcht2" 20480),
                8192 ("prefetcht2" 24576), 12288 ("prefetcht2" 28672));

            /// The candidates.
            pub(super) fn loops(copies: bool) -> Vec<Loop> {
                macro_rules! candidate {
                    ($name:literal $pages:literal $module:ident) => {
                        Loop {
                            name: concat!(stringify!($width), "-", $name),
                            way: Way::Pages {
                                pages: $pages,
                                rounds: if copies { $module::copy } else { $module::read },
                                rest: if copies { plain::copy } else { plain::read },
                                copies,
                            },
                        }
                    };
                }
                vec![
                    candidate!("plain" 1 plain),
                    candidate!("t0-1k" 1 t0_1k),
                    candidate!("t2-2k" 1 t2_2k),
                    candidate!("t2-4k" 1 t2_4k),
                    candidate!("2-pages" 2 two),
                    candidate!("4-pages" 4 four),
                    candidate!("2-pages-t2" 2 two_t2),
                    candidate!("4-pages-t2" 4 four_t2),
                ]
            }
        }
    };
}

width!(avx512 avx "avx512f");
width!(avx2 avx "avx2");
width!(sse2 sse "sse2");

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
        loops.push(Loop { name: "rep-movsb", way: Way::Whole(crate::peers::rep_movsb) });
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
