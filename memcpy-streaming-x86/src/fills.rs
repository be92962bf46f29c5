//! The repetition of a line that is held in registers, written once for the instruction sets that have registers for it.

/// A loop that stores the line which `$load` has loaded.
macro_rules! fill {
    ($feature:literal, $name:ident, $how:literal, $dst:literal, $asm:ident, $load:ident, $store:ident, $needs:literal, $after:literal) => {
        #[doc = concat!("Repeats the 64 bytes at `line` over `lines` lines by ", $how, " stores. The line is loaded in words.")]
        ///
        /// # Safety
        #[doc = concat!("* `dst` is ", $dst, " for writes of `64 * lines` bytes, `line` valid for reads of 64; no overlap.")]
        #[doc = concat!("* ", $needs)]
        #[doc = $after]
        #[target_feature(enable = $feature)]
        pub unsafe fn $name(dst: *mut u8, line: *const u8, lines: usize) {
            if lines == 0 {
                return;
            }
            // SAFETY: reads the 64 bytes at `line`; each of the `lines` rounds writes the next 64 bytes, by streaming stores
            // only where the caller vouches for the alignment.
            unsafe {
                $asm!(
                    [
                        $load!(),
                        "2:",
                        $store!(),
                        "add {d}, 64",
                        "dec {n}",
                        "jnz 2b",
                    ]
                    s = in(reg) line,
                    d = inout(reg) dst => _,
                    n = inout(reg) lines => _,
                );
            }
        }
    };
}

/// Both repetitions of an instruction set.
macro_rules! fills {
    ($feature:literal, $asm:ident, $load:ident, $stream:ident, $store:ident, $needs:literal) => {
        $crate::fills::fill!(
            $feature,
            fill_lines,
            "streaming",
            "64-byte aligned and valid",
            $asm,
            $load,
            $stream,
            $needs,
            "* No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain)."
        );
        $crate::fills::fill!($feature, fill_ordinary, "ordinary", "valid", $asm, $load, $store, $needs, "");
    };
}

pub(crate) use {fill, fills};
