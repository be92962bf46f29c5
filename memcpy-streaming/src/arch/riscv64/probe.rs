//! What Linux says of the CPU, by the system call `riscv_hwprobe`, asked once in a process. RISC-V has no register that a program could read.

use core::num::NonZero;
use core::sync::atomic::{AtomicUsize, Ordering};

/// What this CPU and its system allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cpu {
    /// Whether the hint is worth giving: it is unless somebody knows that this CPU ignores it. Every CPU executes it.
    pub(super) may_hint: bool,
    /// The bytes of the blocks that CBO.ZERO zeroes, a power of two, where the system allows it.
    pub(super) block: Option<NonZero<usize>>,
}

impl Cpu {
    /// Nobody says anything: the hint does no harm, and CBO.ZERO may be an illegal instruction.
    const UNKNOWN: Cpu = Cpu { may_hint: true, block: None };

    /// The one that this runs on. The first call asks, the others read what it found. Two threads that ask at the same time find the same, so
    /// that no lock is needed.
    pub(super) fn this() -> Cpu {
        static CACHE: AtomicUsize = AtomicUsize::new(0);
        let cached = CACHE.load(Ordering::Relaxed);
        if cached & ASKED != 0 {
            return Cpu::unpack(cached);
        }
        let cpu = ask();
        CACHE.store(cpu.pack() | ASKED, Ordering::Relaxed);
        cpu
    }

    /// A block of four bytes or more leaves room for two bits.
    fn pack(self) -> usize {
        self.block.map_or(0, NonZero::get) | if self.may_hint { MAY_HINT } else { 0 }
    }

    fn unpack(word: usize) -> Cpu {
        Cpu { may_hint: word & MAY_HINT != 0, block: NonZero::new(word & !(ASKED | MAY_HINT)) }
    }
}

/// In the word of all answers, beside the bytes of a block.
const ASKED: usize = 1;
const MAY_HINT: usize = 1 << 1;

cfg_if::cfg_if! {
    if #[cfg(any(target_os = "linux", target_os = "android"))] {
        mod linux;
        use linux::ask;
    } else {
        fn ask() -> Cpu {
            Cpu::UNKNOWN
        }
    }
}
