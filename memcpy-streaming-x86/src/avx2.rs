//! AVX2: streaming stores of 32 bytes.

use crate::copies::copies;
use crate::fills::fills;
use crate::upper::asm_cleaning_upper;

/// The line at an offset.
#[rustfmt::skip] // An instruction a line.
macro_rules! move_line {
    ($offset:literal) => {
        concat!(
            "vmovdqu ymm0, [{s} + ", $offset, "]\n",
            "vmovdqu ymm1, [{s} + ", $offset, " + 32]\n",
            "vmovntdq [{d} + ", $offset, "], ymm0\n",
            "vmovntdq [{d} + ", $offset, " + 32], ymm1\n",
        )
    };
}

copies!("avx2", asm_cleaning_upper, move_line, "The CPU and the operating system support AVX2.");

/// The line for a fill.
macro_rules! load_words {
    () => {
        concat!(
            "vmovq xmm0, [{s}]\n",
            "vmovhps xmm0, xmm0, [{s} + 8]\n",
            "vmovq xmm2, [{s} + 16]\n",
            "vmovhps xmm2, xmm2, [{s} + 24]\n",
            "vinserti128 ymm0, ymm0, xmm2, 1\n",
            "vmovq xmm1, [{s} + 32]\n",
            "vmovhps xmm1, xmm1, [{s} + 40]\n",
            "vmovq xmm2, [{s} + 48]\n",
            "vmovhps xmm2, xmm2, [{s} + 56]\n",
            "vinserti128 ymm1, ymm1, xmm2, 1\n",
        )
    };
}

macro_rules! stream {
    () => {
        concat!("vmovntdq [{d}], ymm0\n", "vmovntdq [{d} + 32], ymm1\n",)
    };
}

macro_rules! store {
    () => {
        concat!("vmovdqu [{d}], ymm0\n", "vmovdqu [{d} + 32], ymm1\n",)
    };
}

fills!("avx2", asm_cleaning_upper, load_words, stream, store, "The CPU and the operating system support AVX2.");
