//! aarch64: lines by pairs of vector registers.

use std::arch::asm;

use super::{READ, STREAM, Width, cached, candidates};
use crate::peers::{Peer, Run};

width!(
    Neon = "neon" ["v0" "v1" "v2" "v3"]
    ["ldp q0, q1, [{s}]" "ldp q2, q3, [{s}, #32]"]
    ["stnp q0, q1, [{d}]" "stnp q2, q3, [{d}, #32]"]
    ["stp q0, q1, [{d}]" "stp q2, q3, [{d}, #32]"]
    ["add {d}, {d}, #64" "subs {n}, {n}, #1" "b.ne 2b"]
    [""]
);

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
