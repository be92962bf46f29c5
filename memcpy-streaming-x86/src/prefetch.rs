//! The hint that a line will be needed soon.

/// Asks for the line at `place` to be brought into the cache (`prefetcht0`). It may be anywhere: a prefetch cannot fault.
///
/// Nothing in builds for CPUs that may lack the instruction (32 bits without SSE).
#[inline(always)]
pub fn prefetch(place: *const u8) {
    #[cfg(any(target_arch = "x86_64", target_feature = "sse"))]
    // SAFETY: a prefetch accesses no memory as far as the program can tell, and cannot fault. It is part of SSE, which the build assumes, or
    // every x86_64 CPU has.
    unsafe {
        core::arch::asm!("prefetcht0 [{p}]", p = in(reg) place, options(nostack, preserves_flags, readonly))
    }
    #[cfg(not(any(target_arch = "x86_64", target_feature = "sse")))]
    let _ = place;
}
