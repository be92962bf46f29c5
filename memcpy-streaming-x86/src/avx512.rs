//! AVX-512: streaming stores of a whole line.

use crate::copies::copies;
use crate::fills::fills;
use crate::upper::asm_cleaning_upper;

/// The line at an offset.
#[rustfmt::skip] // An instruction a line.
macro_rules! move_line {
    ($offset:literal) => {
        concat!(
            "vmovdqu64 zmm0, [{s} + ", $offset, "]\n",
            "vmovntdq [{d} + ", $offset, "], zmm0\n",
        )
    };
}

copies!("avx512f", asm_cleaning_upper, move_line, "The CPU and the operating system support AVX-512F.");

/// The line for a fill.
macro_rules! load_words {
    () => {
        concat!(
            "vmovq xmm0, [{s}]\n",
            "vmovhps xmm0, xmm0, [{s} + 8]\n",
            "vmovq xmm1, [{s} + 16]\n",
            "vmovhps xmm1, xmm1, [{s} + 24]\n",
            "vinserti32x4 zmm0, zmm0, xmm1, 1\n",
            "vmovq xmm1, [{s} + 32]\n",
            "vmovhps xmm1, xmm1, [{s} + 40]\n",
            "vinserti32x4 zmm0, zmm0, xmm1, 2\n",
            "vmovq xmm1, [{s} + 48]\n",
            "vmovhps xmm1, xmm1, [{s} + 56]\n",
            "vinserti32x4 zmm0, zmm0, xmm1, 3\n",
        )
    };
}

macro_rules! stream {
    () => {
        "vmovntdq [{d}], zmm0"
    };
}

macro_rules! store {
    () => {
        "vmovdqu64 [{d}], zmm0"
    };
}

fills!("avx512f", asm_cleaning_upper, load_words, stream, store, "The CPU and the operating system support AVX-512F.");
