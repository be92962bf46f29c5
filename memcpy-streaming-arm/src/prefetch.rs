//! The hint that a line will be needed soon.

use core::arch::asm;

/// Asks for the line at `place` to be brought into the cache, to be written (`PRFM PSTL1KEEP`). It may be anywhere: a prefetch cannot
/// fault.
#[inline(always)]
pub fn prefetch(place: *const u8) {
    // SAFETY: a prefetch accesses no memory as far as the program can tell, and cannot fault.
    unsafe { asm!("prfm pstl1keep, [{p}]", p = in(reg) place, options(nostack, preserves_flags, readonly)) }
}
