//! x86 and x86_64.

use crate::Backend;
use crate::kernels::{Kernels, Support, ZeroLines};
use memcpy_streaming_x86 as x86;

#[cfg(all(test, target_arch = "x86_64"))]
mod second_opinion;

pub(crate) use x86::{copy_record, copy_words, drain, repeat_in_line};

/// A line of the table: a backend, the module of `memcpy-streaming-x86` with its kernels, what this CPU allows, and what it
/// has for lines of zeros.
macro_rules! kernels {
    ($backend:ident, $module:ident, $support:expr, $zero_lines:expr) => {
        Kernels {
            backend: Backend::$backend,
            support: || $support,
            copy_lines: x86::$module::copy_lines,
            fill_lines: x86::$module::fill_lines,
            zero_lines: $zero_lines,
        }
    };
}

/// Whether the CPU has a feature, by its name in Rust. The crate cpufeatures asks once, and also asks the operating system
/// whether it saves the wide registers.
macro_rules! has {
    ($feature:tt) => {{
        cpufeatures::new!(feature, $feature);
        feature::get()
    }};
}

pub(crate) static KERNELS: &[Kernels] = &[
    // Where there is AVX-512, streamed zeros are no slower than CLZERO.
    #[cfg(target_feature = "sse2")]
    kernels!(Avx512, avx512, detect::avx512(), || None),
    #[cfg(target_feature = "sse2")]
    kernels!(Avx2, avx2, good_if(has!("avx2")), clzero),
    // The build assumes SSE2, or this would not be compiled.
    #[cfg(target_feature = "sse2")]
    kernels!(Sse2, sse2, Support::Good, clzero),
    kernels!(Movnti, movnti, good_if(detect::movnti()), clzero),
    // Nobody has measured it for bulk yet, so it is for who asks.
    kernels!(Movdir64b, movdir64b, on_request_if(detect::movdir64b()), || None),
];

fn good_if(present: bool) -> Support {
    if present { Support::Good } else { Support::Missing }
}

fn on_request_if(present: bool) -> Support {
    if present { Support::OnRequest } else { Support::Missing }
}

cfg_if::cfg_if! {
    if #[cfg(target_arch = "x86_64")] {
        pub(crate) use x86::clzero::is_zero;

        /// CLZERO: 48 against 22 GB/s of streamed zeros on Zen 3 (as given), 74 against 82 (AVX-512) on Zen 4.
        fn clzero() -> Option<ZeroLines> {
            detect::clzero().then_some(x86::clzero::zero_lines as ZeroLines)
        }
    } else {
        /// # Safety
        /// None: it reads nothing.
        pub(crate) unsafe fn is_zero(_pattern: *const u8, _len: usize) -> bool {
            false
        }

        fn clzero() -> Option<ZeroLines> {
            None
        }
    }
}

/// What takes more than [`has`] to find out.
mod detect {
    use super::Support;

    /// AVX-512 came with CPUs that lower their clock for it (Skylake-SP); those with VNNI or VBMI2 hardly do.
    #[cfg(target_feature = "sse2")]
    pub(super) fn avx512() -> Support {
        if !has!("avx512f") {
            Support::Missing
        } else if has!("avx512vbmi2") || has_avx512vnni() {
            Support::Good
        } else {
            Support::OnRequest
        }
    }

    /// AVX512_VNNI: leaf 7, ECX bit 11.
    #[cfg(target_feature = "sse2")]
    pub(super) fn has_avx512vnni() -> bool {
        leaf7_ecx() & (1 << 11) != 0
    }

    /// The feature bits of leaf 7 (Intel SDM, volume 2, CPUID) that cpufeatures does not know; 0 on CPUs without it.
    #[allow(unused_unsafe)] // `__cpuid` is safe in newer versions of the standard library.
    fn leaf7_ecx() -> u32 {
        #[cfg(target_arch = "x86")]
        use core::arch::x86::{__cpuid, __cpuid_count};
        #[cfg(target_arch = "x86_64")]
        use core::arch::x86_64::{__cpuid, __cpuid_count};
        if !movnti() {
            return 0; // A CPU that may not even have cpuid.
        }
        // SAFETY: every CPU with SSE2 has cpuid.
        unsafe { if __cpuid(0).eax >= 7 { __cpuid_count(7, 0).ecx } else { 0 } }
    }

    /// MOVDIR64B: leaf 7, ECX bit 28.
    pub(super) fn movdir64b() -> bool {
        leaf7_ecx() & (1 << 28) != 0
    }

    /// CLZERO: extended leaf 8, EBX bit 0 (AMD64 manual, volume 3, appendix E). Asked once.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn clzero() -> bool {
        use core::arch::x86_64::__cpuid;
        use core::sync::atomic::{AtomicU8, Ordering};
        const UNKNOWN: u8 = 2;
        static CACHE: AtomicU8 = AtomicU8::new(UNKNOWN);
        let cached = CACHE.load(Ordering::Relaxed);
        if cached != UNKNOWN {
            return cached == 1;
        }
        #[allow(unused_unsafe)] // `__cpuid` is safe in newer versions of the standard library.
        // SAFETY: every x86_64 CPU has cpuid.
        let has = unsafe { __cpuid(0x8000_0000).eax >= 0x8000_0008 && __cpuid(0x8000_0008).ebx & 1 != 0 };
        CACHE.store(has.into(), Ordering::Relaxed);
        has
    }

    /// `movnti` came with SSE2, which is part of x86_64 even where a build may not use its registers.
    pub(super) fn movnti() -> bool {
        cfg!(any(target_arch = "x86_64", target_feature = "sse2")) || has!("sse2")
    }
}

cfg_if::cfg_if! {
    if #[cfg(target_feature = "sse2")] {
        /// # Safety
        /// * `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
        /// * No other access to the bytes at `dst` before a drain.
        #[inline(always)]
        pub(crate) unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
            if dst.addr().is_multiple_of(16) {
                // SAFETY: the caller's, the alignment just checked, and a build that assumes SSE2.
                unsafe { x86::sse2::copy_fixed::<N>(dst, src) }
            } else {
                // SAFETY: the caller's, and a build that assumes SSE2.
                unsafe { x86::movnti::copy_fixed::<N>(dst, src) }
            }
        }
    } else if #[cfg(target_arch = "x86_64")] {
        pub(crate) use x86::movnti::copy_fixed;
    } else {
        /// A 32-bit build for CPUs that may lack `movnti`: ordinary stores, because there is no dispatch here.
        ///
        /// # Safety
        /// `src` is valid for reads and `dst` for writes of `N` bytes; they do not overlap.
        #[inline(always)]
        pub(crate) unsafe fn copy_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
            // SAFETY: the caller's.
            unsafe { core::ptr::copy_nonoverlapping(src, dst, N) }
        }
    }
}

/// # Safety
/// As [`copy_fixed`], and the CPU has the backend.
#[inline(always)]
pub(crate) unsafe fn copy_fixed_by<const N: usize>(backend: Backend, dst: *mut u8, src: *const u8) {
    // SAFETY: the caller's, and what the guards say.
    unsafe {
        match backend {
            Backend::Movnti => x86::movnti::copy_fixed::<N>(dst, src),
            Backend::Movdir64b if (dst.addr() | N).is_multiple_of(x86::LINE) => {
                x86::movdir64b::copy_fixed::<N>(dst, src)
            }
            _ => copy_fixed::<N>(dst, src),
        }
    }
}
