//! What this CPU and its operating system allow. All questions to CPUID and XGETBV are asked here, once in a process.
//!
//! A feature bit counts only if the leaf that it is in exists, and if the operating system saves the registers that the
//! feature uses. CPUs and hypervisors that limit the leaves answer a higher one with the bits of another leaf.

use core::sync::atomic::{AtomicU32, Ordering};

mod identity;
#[cfg(not(target_env = "sgx"))]
mod leaves;

pub(super) use identity::{Identity, Vendor};

cfg_if::cfg_if! {
    if #[cfg(target_env = "sgx")] {
        /// CPUID is illegal in an enclave: the build says all there is to know.
        fn ask() -> (Features, Identity) {
            (Features::NONE, Identity::UNKNOWN)
        }
    } else {
        #[cfg(test)]
        mod models;
        #[cfg(all(test, target_arch = "x86_64"))]
        mod second_opinion;
        mod this_cpu;

        fn ask() -> (Features, Identity) {
            (leaves::features(&this_cpu::ThisCpu), Identity::of(&this_cpu::ThisCpu))
        }
    }
}

/// A set of features, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Features(u32);

impl Features {
    /// `movnti`, and 16-byte registers.
    pub(super) const SSE2: Features = Features(1);
    /// 32-byte registers, which the operating system saves.
    pub(super) const AVX2: Features = Features(1 << 1);
    /// 64-byte registers, which the operating system saves.
    pub(super) const AVX512F: Features = Features(1 << 2);
    /// AVX512_VBMI2: the CPUs that have it do not lower their clock for 64-byte registers.
    pub(super) const AVX512VBMI2: Features = Features(1 << 3);
    /// Direct stores of 64 bytes.
    pub(super) const MOVDIR64B: Features = Features(1 << 4);
    /// AMD's instruction that zeroes a line.
    pub(super) const CLZERO: Features = Features(1 << 5);
    /// Streaming loads.
    pub(super) const SSE41: Features = Features(1 << 6);
    /// Lines that are written back to memory, and leave the cache, one after the other. Lines of 64 bytes, or longer.
    pub(super) const CLFLUSH: Features = Features(1 << 7);
    /// The same for many lines at a time.
    pub(super) const CLFLUSHOPT: Features = Features(1 << 8);
    /// The same for lines that may stay in the cache.
    pub(super) const CLWB: Features = Features(1 << 9);
    /// What the build assumes of every CPU, and so need not be asked.
    const BUILD: Features = Features::NONE
        // Every x86_64 CPU has SSE2, even where a build may not use its registers.
        .with_if(cfg!(any(target_arch = "x86_64", target_feature = "sse2")), Features::SSE2)
        .with_if(cfg!(target_feature = "sse4.1"), Features::SSE41)
        .with_if(cfg!(target_feature = "avx2"), Features::AVX2)
        .with_if(cfg!(target_feature = "avx512f"), Features::AVX512F)
        .with_if(cfg!(target_feature = "avx512vbmi2"), Features::AVX512VBMI2);

    const NONE: Features = Features(0);

    const fn with(self, more: Features) -> Features {
        Features(self.0 | more.0)
    }

    const fn with_if(self, condition: bool, more: Features) -> Features {
        if condition { self.with(more) } else { self }
    }

    /// Whether all features of the other set are in this one.
    pub(super) const fn has(self, all: Features) -> bool {
        self.0 & all.0 == all.0
    }

    /// Those of the CPU that this runs on.
    #[inline]
    pub(super) fn of_this_cpu() -> Features {
        Features(answers() & FEATURES)
    }
}

/// Which CPU this runs on.
pub(super) fn identity() -> Identity {
    Identity::unpack(answers() >> IDENTITY_AT)
}

/// In the word of all answers: the features; where the identity begins; that all was asked.
const FEATURES: u32 = 0x3ff;
const IDENTITY_AT: u32 = 10;
const ASKED: u32 = 1 << 31;

/// All answers, in a word.
///
/// The first call asks, the others read the word. Two threads that ask at the same time find the same, so no lock is
/// needed, and none can be left locked by `fork`. Everything is asked at once: a program may forbid CPUID later on
/// (`arch_prctl(ARCH_CPUID_SET, 0)`).
#[inline]
fn answers() -> u32 {
    static CACHE: AtomicU32 = AtomicU32::new(0);

    #[cold]
    fn fill_cache() -> u32 {
        let (features, identity) = ask();
        let answers = features.with(Features::BUILD).0 | identity.pack() << IDENTITY_AT | ASKED;
        CACHE.store(answers, Ordering::Relaxed);
        answers
    }

    let cached = CACHE.load(Ordering::Relaxed);
    if cached & ASKED != 0 { cached } else { fill_cache() }
}
