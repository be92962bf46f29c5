//! AVX2: streaming stores of 32 bytes.

use crate::copies::copies;
use crate::fills::fills;
use crate::upper::asm_cleaning_upper;

/// The line at an offset.
macro_rules! line {
    ($offset:literal) => {
        concat!(
            "vmovdqu ymm0, [{s} + ",
            $offset,
            "]\n",
            "vmovdqu ymm1, [{s} + ",
            $offset,
            " + 32]\n",
            "vmovntdq [{d} + ",
            $offset,
            "], ymm0\n",
            "vmovntdq [{d} + ",
            $offset,
            " + 32], ymm1",
        )
    };
}

copies!("avx2", asm_cleaning_upper, line, "The CPU and the operating system support AVX2.");

/// The line for a fill.
macro_rules! load_words {
    () => {
        "vmovq xmm0, [{s}]
        vmovhps xmm0, xmm0, [{s} + 8]
        vmovq xmm2, [{s} + 16]
        vmovhps xmm2, xmm2, [{s} + 24]
        vinserti128 ymm0, ymm0, xmm2, 1
        vmovq xmm1, [{s} + 32]
        vmovhps xmm1, xmm1, [{s} + 40]
        vmovq xmm2, [{s} + 48]
        vmovhps xmm2, xmm2, [{s} + 56]
        vinserti128 ymm1, ymm1, xmm2, 1"
    };
}

macro_rules! stream {
    () => {
        "vmovntdq [{d}], ymm0
        vmovntdq [{d} + 32], ymm1"
    };
}

macro_rules! store {
    () => {
        "vmovdqu [{d}], ymm0
        vmovdqu [{d} + 32], ymm1"
    };
}

fills!("avx2", asm_cleaning_upper, load_words, stream, store, "The CPU and the operating system support AVX2.");
