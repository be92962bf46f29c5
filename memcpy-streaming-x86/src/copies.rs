//! The copies over whole lines, written once for all instruction sets: loops around the few instructions that move a line.

/// A loop over the lines in order, which prefetches the source.
///
/// `$asm` is `asm!` with the registers of the instruction set, `$line` its instructions for the line at an offset.
macro_rules! lines_in_order {
    ($(#[$feature:meta])* $name:ident, $prefetch:literal, $cache:literal, $asm:ident, $line:ident, $needs:literal) => {
        #[doc = concat!("Copies `lines` lines of 64 bytes from any alignment, prefetching the source into the ", $cache)]
        /// cache, `ahead` bytes before it is loaded. The prefetch may point past the end of the source: it cannot fault.
        ///
        /// # Safety
        /// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
        #[doc = concat!("* ", $needs)]
        /// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
        $(#[$feature])*
        pub unsafe fn $name(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
            if lines == 0 {
                return;
            }
            // SAFETY: each of the `lines` rounds reads and writes the next 64 bytes, all stores aligned as `dst` is. A
            // prefetch cannot fault.
            unsafe {
                $asm!(
                    [
                        "2:",
                        concat!($prefetch, " [{s} + {ahead}]"),
                        $line!("0"),
                        "add {s}, 64",
                        "add {d}, 64",
                        "dec {n}",
                        "jnz 2b",
                    ]
                    s = inout(reg) src => _,
                    d = inout(reg) dst => _,
                    n = inout(reg) lines => _,
                    ahead = in(reg) ahead,
                );
            }
        }
    };
}

/// A loop over groups of pages: eight lines of each page in turn, so that as many rows of the memory are busy at a time.
#[cfg(target_feature = "sse2")]
macro_rules! pages_in_turn {
    ($(#[$feature:meta])* $name:ident, $pages:literal, $offsets:literal, $asm:ident, $line:ident, $needs:literal) => {
        #[doc = concat!("Copies `groups` groups of ", $pages, " pages of 4 KiB from any alignment. Of the pages of a group")]
        /// it copies eight lines each in turn, prefetching the source into the second-level cache, `ahead` bytes before it is
        /// loaded. The prefetch may point past the end of the source: it cannot fault.
        ///
        /// # Safety
        #[doc = concat!("* `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `", $pages, " * 4096 * groups` bytes;")]
        ///   they do not overlap.
        #[doc = concat!("* ", $needs)]
        /// * No other access to the bytes at `dst`, by any thread, before this thread's next [`drain`](crate::drain).
        $(#[$feature])*
        pub unsafe fn $name(dst: *mut u8, src: *const u8, groups: usize, ahead: usize) {
            const GROUP: usize = $pages * 4096;
            for group in 0..groups {
                // SAFETY: the group is inside both blocks. Each of the 8 rounds reads and writes the next 512 bytes of each
                // of its pages, all stores aligned as `dst` is. A prefetch cannot fault.
                unsafe {
                    $asm!(
                        [
                            "2:",
                            $offsets,
                            ".irp l,0,64,128,192,256,320,384,448",
                            "prefetcht2 [{s} + {ahead} + \\o + \\l]",
                            ".endr",
                            ".irp l,0,64,128,192,256,320,384,448",
                            $line!("\\o + \\l"),
                            ".endr",
                            ".endr",
                            "add {s}, 512",
                            "add {d}, 512",
                            "dec {n}",
                            "jnz 2b",
                        ]
                        s = inout(reg) src.add(GROUP * group) => _,
                        d = inout(reg) dst.add(GROUP * group) => _,
                        n = inout(reg) 8_usize => _,
                        ahead = in(reg) ahead,
                    );
                }
            }
        }
    };
}

/// All copies of an instruction set with registers of its own.
#[cfg(target_feature = "sse2")]
macro_rules! copies {
    ($feature:literal, $asm:ident, $line:ident, $needs:literal) => {
        $crate::copies::lines_in_order!(
            #[target_feature(enable = $feature)]
            copy_lines,
            "prefetcht0",
            "first-level",
            $asm,
            $line,
            $needs
        );
        $crate::copies::lines_in_order!(
            #[target_feature(enable = $feature)]
            copy_lines_l2,
            "prefetcht2",
            "second-level",
            $asm,
            $line,
            $needs
        );
        $crate::copies::pages_in_turn!(
            #[target_feature(enable = $feature)]
            copy_2_pages,
            2,
            ".irp o,0,4096",
            $asm,
            $line,
            $needs
        );
        $crate::copies::pages_in_turn!(
            #[target_feature(enable = $feature)]
            copy_4_pages,
            4,
            ".irp o,0,4096,8192,12288",
            $asm,
            $line,
            $needs
        );
    };
}

pub(crate) use lines_in_order;
#[cfg(target_feature = "sse2")]
pub(crate) use {copies, pages_in_turn};
