//! What this CPU and its system allow besides the base instruction set, asked once in a process.

use core::sync::atomic::{AtomicU8, Ordering};

/// A set of features, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Features(u8);

impl Features {
    /// Vectors of a length that only the CPU knows.
    pub(super) const SVE: Features = Features(1);
    /// Memory copy and set instructions.
    pub(super) const MOPS: Features = Features(1 << 1);

    /// A point of persistence, and DC CVAP (FEAT_DPB).
    pub(super) const DPB: Features = Features(1 << 2);
    /// The system has said what there is. What it has not named is not there.
    pub(super) const HWCAP: Features = Features(1 << 3);

    pub(super) const NONE: Features = Features(0);
    /// What the build assumes of every CPU.
    const BUILD: Features = Features::NONE
        .with_if(cfg!(target_feature = "sve"), Features::SVE)
        .with_if(cfg!(target_feature = "dpb"), Features::DPB);

    pub(super) const fn with_if(self, condition: bool, more: Features) -> Features {
        if condition { Features(self.0 | more.0) } else { self }
    }

    /// Whether all features of the other set are in this one.
    pub(super) const fn has(self, all: Features) -> bool {
        self.0 & all.0 == all.0
    }

    /// Those of the CPU that this runs on. The first call asks, the others read what it found. Two threads that ask at the same time find
    /// the same, so that no lock is needed.
    pub(super) fn of_this_cpu() -> Features {
        const ASKED: u8 = 1 << 7;
        static CACHE: AtomicU8 = AtomicU8::new(0);
        let cached = CACHE.load(Ordering::Relaxed);
        if cached & ASKED != 0 {
            return Features(cached & !ASKED);
        }
        let Features(found) = ask().with_if(true, Features::BUILD);
        CACHE.store(found | ASKED, Ordering::Relaxed);
        Features(found)
    }
}

cfg_if::cfg_if! {
    if #[cfg(any(target_os = "linux", target_os = "android"))] {
        use super::linux::ask;
    } else {
        /// Nobody can be asked who would not end a program for the question: what the build assumes is all.
        fn ask() -> Features {
            Features::NONE
        }
    }
}
