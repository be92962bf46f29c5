//! The fences: for streaming stores, and for streaming loads.

use core::arch::asm;

/// Orders every streaming store that this thread has issued before every store that it issues next (`sfence`).
///
/// The first thing another CPU can see of a later store is then preceded by all that was streamed. Neither a release
/// store nor the end of a function does that for non-temporal stores on x86 (Intel SDM volume 1, 10.4.6.2: they follow
/// a weakly ordered model, and `SFENCE` is what orders them).
///
/// In builds for CPUs that may lack `sfence` (32 bits without SSE) it is a locked instruction, which waits for as much.
#[inline]
pub fn drain() {
    // Neither is marked `nomem`: the compiler, too, must keep stores on their side of it.
    #[cfg(any(target_arch = "x86_64", target_feature = "sse"))]
    // SAFETY: sfence has no operands; it is part of SSE, which the build assumes, or every x86_64 CPU has.
    unsafe {
        asm!("sfence", options(nostack, preserves_flags))
    }
    #[cfg(not(any(target_arch = "x86_64", target_feature = "sse")))]
    // SAFETY: the top of the stack is memory of this thread, and keeps its value.
    unsafe {
        asm!("lock or dword ptr [esp], 0")
    }
}

/// Orders what this thread has loaded and stored before all that it loads next (`mfence`).
///
/// Streaming loads of write-combining memory are answered from buffers that nobody snoops: without the fence they may be answered
/// with what was fetched before another thread or a device said that it had written (Intel SDM volume 1, 12.10.3, and volume 2, `MOVNTDQA`).
///
/// In builds for CPUs that may lack `mfence` (32 bits without SSE2) it is a locked instruction; those have no streaming loads.
#[inline]
pub fn load_fence() {
    #[cfg(any(target_arch = "x86_64", target_feature = "sse2"))]
    // SAFETY: mfence has no operands; it is part of SSE2, which the build assumes, or every x86_64 CPU has.
    unsafe {
        asm!("mfence", options(nostack, preserves_flags))
    }
    #[cfg(not(any(target_arch = "x86_64", target_feature = "sse2")))]
    // SAFETY: the top of the stack is memory of this thread, and keeps its value.
    unsafe {
        asm!("lock or dword ptr [esp], 0")
    }
}
