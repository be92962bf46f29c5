//! The fence that orders streaming stores.

use core::arch::asm;

/// Orders every streaming store that this thread has issued before every store that it issues next (`sfence`).
///
/// The first thing another CPU can see of a later store is then preceded by all that was streamed. Neither a release
/// store nor the end of a function does that for non-temporal stores on x86 (Intel SDM volume 1, 10.4.6.2: they follow
/// a weakly ordered model, and `SFENCE` is what orders them).
#[inline]
pub fn drain() {
    // SAFETY: sfence is part of SSE, which every CPU with movnti has, and has no operands. It is not marked `nomem`:
    // the compiler, too, must keep stores on their side of it.
    unsafe { asm!("sfence", options(nostack, preserves_flags)) }
}
