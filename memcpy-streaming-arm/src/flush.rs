//! Writing lines of the cache back to memory.

use core::arch::asm;

/// The loop for one instruction.
macro_rules! clean_lines {
    ($(#[$feature:meta])* $name:ident, $instruction:literal, $to:literal, $needs:literal) => {
        #[doc = concat!("Writes `lines` lines of 64 bytes that are in a cache, whichever, to the ", $to, " (`", $instruction, "`).")]
        /// Complete after [`persist_fence`].
        ///
        /// # Safety
        /// * `line` is 64-byte aligned and valid for reads of `64 * lines` bytes.
        #[doc = concat!("* ", $needs)]
        $(#[$feature])*
        pub unsafe fn $name(line: *const u8, lines: usize) {
            let len = line_len();
            let mut at = line.addr() & !(len - 1);
            let end = line.addr() + 64 * lines;
            while at < end {
                // SAFETY: the CPU's line is one that a readable byte is in. The instruction changes no value. The assembly is not marked
                // `readonly`: what was stored before must have been stored.
                unsafe { asm!(concat!($instruction, ", {}"), in(reg) at, options(nostack, preserves_flags)) };
                at += len;
            }
        }
    };
}

clean_lines!(
    #[target_feature(enable = "dpb")]
    cvap,
    "dc cvap",
    "point of persistence",
    "The CPU has FEAT_DPB, and the instruction is allowed."
);
clean_lines!(cvac, "dc cvac", "point of coherency", "The instruction is allowed.");

/// Bytes of the shortest line of any data cache (CTR_EL0, DminLine: the logarithm of its size in words of 4 bytes).
fn line_len() -> usize {
    let ctr: usize;
    // SAFETY: every program may read this register; where a system forbids it, it answers in its place.
    unsafe { asm!("mrs {}, ctr_el0", out(reg) ctr, options(nomem, nostack, preserves_flags)) }
    4 << (ctr >> 16 & 0xf)
}

/// Waits until all lines that this thread has cleaned are there (`DSB SY`).
///
/// A `DMB` orders, and does not wait: only a `DSB` completes cache maintenance (Arm ARM, "Ordering and completion of data and
/// instruction cache instructions"). The whole system, because nothing says that the memory is in a smaller domain.
#[inline]
pub fn persist_fence() {
    // SAFETY: a barrier has no operands. It is not marked `nomem`: the compiler, too, must keep accesses on their side.
    unsafe { asm!("dsb sy", options(nostack, preserves_flags)) }
}
