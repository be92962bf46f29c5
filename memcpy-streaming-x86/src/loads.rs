//! Streaming loads (`movntdqa`, SSE4.1): whole lines of a source that is write-combining.
//!
//! Such memory is not cached: an ordinary load of it fetches its line, and the next one fetches it again. A streaming load keeps the line in
//! one of a few buffers, for the other loads of that line. So all loads of a line follow each other, and the stores come after a few lines
//! (Intel SDM volume 1, 12.10.3).

use crate::upper::asm_cleaning_upper;

/// A loop over groups of lines, and one over those that are left.
///
/// `$asm` is `asm!` with the registers of the instruction set, which are called `$v` and a number; `$group` are the numbers of those
/// that hold `$lines` lines, `$line` of those that hold one.
macro_rules! load_lines {
    (
        $name:ident, $feature:literal, $asm:ident, $load:expr, $store:expr, $v:literal, $bytes:literal,
        $lines:literal: $group:literal, $line:literal, $needs:literal
    ) => {
        #[doc = concat!("Copies `lines` lines of 64 bytes by streaming loads of ", $bytes, " bytes, and ordinary stores to any alignment.")]
        ///
        /// # Safety
        /// * `src` is 64-byte aligned and valid for reads, `dst` valid for writes, of `64 * lines` bytes; they do not overlap.
        #[doc = concat!("* ", $needs)]
        #[target_feature(enable = $feature)]
        pub unsafe fn $name(dst: *mut u8, src: *const u8, lines: usize) {
            // SAFETY: each round reads and writes the next lines, of which there are `lines` in all; all loads are aligned as `src` is.
            unsafe {
                $asm!(
                    [
                        "sub {n}, {G}",
                        "jb 3f",
                        "2:",
                        concat!(".irp i,", $group),
                        concat!($load, " ", $v, "\\i, [{s} + ", $bytes, " * \\i]"),
                        ".endr",
                        concat!(".irp i,", $group),
                        concat!($store, " [{d} + ", $bytes, " * \\i], ", $v, "\\i"),
                        ".endr",
                        "add {s}, 64 * {G}",
                        "add {d}, 64 * {G}",
                        "sub {n}, {G}",
                        "jae 2b",
                        "3:",
                        "add {n}, {G}",
                        "jz 5f",
                        "4:",
                        concat!(".irp i,", $line),
                        concat!($load, " ", $v, "\\i, [{s} + ", $bytes, " * \\i]"),
                        ".endr",
                        concat!(".irp i,", $line),
                        concat!($store, " [{d} + ", $bytes, " * \\i], ", $v, "\\i"),
                        ".endr",
                        "add {s}, 64",
                        "add {d}, 64",
                        "dec {n}",
                        "jnz 4b",
                        "5:",
                    ]
                    s = inout(reg) src => _,
                    d = inout(reg) dst => _,
                    n = inout(reg) lines => _,
                    G = const $lines,
                );
            }
        }
    };
}

load_lines!(
    load_lines_64,
    "avx512f",
    asm_cleaning_upper,
    "vmovntdqa",
    "vmovdqu64",
    "zmm",
    64,
    4: "0,1,2,3",
    "0",
    "The CPU and the operating system support AVX-512F."
);
load_lines!(
    load_lines_32,
    "avx2",
    asm_cleaning_upper,
    "vmovntdqa",
    "vmovdqu",
    "ymm",
    32,
    4: "0,1,2,3,4,5,6,7",
    "0,1",
    "The CPU and the operating system support AVX2."
);

/// `asm!` with all registers of 16 bytes. The lines stand in brackets; all lines and operands end with a comma.
#[cfg(target_arch = "x86_64")]
macro_rules! asm_xmm {
    ([$($line:tt)*] $($operand:tt)*) => {
        core::arch::asm!(
            $($line)*
            $($operand)*
            out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
            out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
            out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
            out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
            options(nostack),
        )
    };
}
#[cfg(target_arch = "x86")]
macro_rules! asm_xmm {
    ([$($line:tt)*] $($operand:tt)*) => {
        core::arch::asm!(
            $($line)*
            $($operand)*
            out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
            out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
            options(nostack),
        )
    };
}

/// The instructions on registers of 16 bytes; in code that is compiled for AVX, the VEX forms (see `sse2.rs`).
#[cfg(not(target_feature = "avx"))]
macro_rules! load_lines_xmm {
    ($($registers:tt)*) => {
        load_lines!(load_lines_16, "sse4.1", asm_xmm, "movntdqa", "movups", "xmm", 16, $($registers)*, "The CPU has SSE4.1.");
    };
}
#[cfg(target_feature = "avx")]
macro_rules! load_lines_xmm {
    ($($registers:tt)*) => {
        load_lines!(load_lines_16, "sse4.1", asm_xmm, "vmovntdqa", "vmovups", "xmm", 16, $($registers)*, "The CPU has SSE4.1.");
    };
}

#[cfg(target_arch = "x86_64")]
load_lines_xmm!(4: "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", "0,1,2,3");
#[cfg(target_arch = "x86")]
load_lines_xmm!(2: "0,1,2,3,4,5,6,7", "0,1,2,3");
