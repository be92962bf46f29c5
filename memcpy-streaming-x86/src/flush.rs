//! Writing lines of the cache back to memory.

use core::arch::asm;

/// The loop for one instruction.
macro_rules! flush_lines {
    ($name:ident, $instruction:literal, $what:literal, $needs:literal) => {
        #[doc = concat!("Writes `lines` lines of 64 bytes that are in a cache, whichever, back to memory (`", $instruction, "`), and ", $what)]
        ///
        /// # Safety
        /// * `line` is 64-byte aligned and valid for reads of `64 * lines` bytes.
        #[doc = concat!("* ", $needs)]
        pub unsafe fn $name(line: *const u8, lines: usize) {
            if lines == 0 {
                return;
            }
            // SAFETY: each of the `lines` rounds names the next line, which may be read, and changes no value. The assembly is not marked
            // `readonly`: what was stored before must have been stored.
            unsafe {
                asm!(
                    "2:",
                    concat!($instruction, " [{p}]"),
                    "add {p}, 64",
                    "dec {n}",
                    "jnz 2b",
                    p = inout(reg) line => _,
                    n = inout(reg) lines => _,
                    options(nostack),
                );
            }
        }
    };
}

flush_lines!(clwb, "clwb", "may leave them in the cache. Ordered by [`drain`](crate::drain).", "The CPU has CLWB.");
flush_lines!(
    clflushopt,
    "clflushopt",
    "out of the cache. Ordered by [`drain`](crate::drain).",
    "The CPU has CLFLUSHOPT."
);
flush_lines!(
    clflush,
    "clflush",
    "out of the cache, one after the other.",
    "The CPU has CLFLUSH, and lines of 64 bytes."
);
