//! x86_64: lines as wide as the CPU's registers, and string instructions.

use std::arch::asm;
use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T2, _mm_prefetch};

use memcpy_streaming::Backend;

use super::{READ, STREAM, Width, cached, candidates};
use crate::peers::{Fill, Peer, Run};

width!(
    Avx512 = "avx512" ["zmm0"]
    ["vmovdqu64 zmm0, [{s}]"]
    ["vmovntdq [{d}], zmm0"]
    ["vmovdqu64 [{d}], zmm0"]
    ["add {d}, 64" "dec {n}" "jnz 2b"]
    ["vzeroupper", clobber_abi("sysv64")]
);

width!(
    Avx2 = "avx2" ["ymm0" "ymm1"]
    ["vmovdqu ymm0, [{s}]" "vmovdqu ymm1, [{s} + 32]"]
    ["vmovntdq [{d}], ymm0" "vmovntdq [{d} + 32], ymm1"]
    ["vmovdqu [{d}], ymm0" "vmovdqu [{d} + 32], ymm1"]
    ["add {d}, 64" "dec {n}" "jnz 2b"]
    ["vzeroupper", clobber_abi("sysv64")]
);

width!(
    Sse2 = "sse2" ["xmm0" "xmm1" "xmm2" "xmm3"]
    ["movups xmm0, [{s}]" "movups xmm1, [{s} + 16]" "movups xmm2, [{s} + 32]" "movups xmm3, [{s} + 48]"]
    ["movntdq [{d}], xmm0" "movntdq [{d} + 16], xmm1" "movntdq [{d} + 32], xmm2" "movntdq [{d} + 48], xmm3"]
    ["movups [{d}], xmm0" "movups [{d} + 16], xmm1" "movups [{d} + 32], xmm2" "movups [{d} + 48], xmm3"]
    ["add {d}, 64" "dec {n}" "jnz 2b"]
    [""]
);

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
