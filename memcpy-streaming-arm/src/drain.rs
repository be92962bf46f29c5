//! The barriers: for streaming stores, and for non-temporal loads.

use core::arch::asm;

/// Orders every streaming store that this thread has issued before every store that it issues next (`DMB ISHST`).
///
/// `STNP` to ordinary memory takes its place in the memory model as any store does (Arm ARM, B2: the relaxation of
/// the non-temporal pairs is for the address dependencies of `LDNP`, and so is that of SVE's non-temporal loads). The same holds for
/// `STNT1B`, and for the stores of `CPYF*` and `SET*`: only within one of these instructions the order is the CPU's own. So a store
/// barrier for the inner shareable domain, all CPUs that run this program, is what they need. It does not cover devices outside that
/// domain, nor persistence (`DC CVAP` and `DSB` do).
#[inline]
pub fn drain() {
    // SAFETY: a barrier has no operands. It is not marked `nomem`: the compiler, too, must keep stores on their side.
    unsafe { asm!("dmb ishst", options(nostack, preserves_flags)) }
}

/// Orders what this thread has loaded before all that it loads or stores next, devices included (`DMB OSHLD`).
///
/// `LDNP` may be answered before a load that its address depends on (Arm ARM, "Load/Store Non-temporal pair"), and memory that is not
/// cached is written by devices, which are in the outer shareable domain at best.
#[inline]
pub fn load_fence() {
    // SAFETY: a barrier has no operands. It is not marked `nomem`: the compiler, too, must keep loads on their side.
    unsafe { asm!("dmb oshld", options(nostack, preserves_flags)) }
}
