//! Loops over lines of 64 bytes by vector registers. Those that stream, or only read, differ in how far ahead of the loads they prefetch
//! and into which cache, and in whether they go through one page after the other or through several in turn: then the memory controller
//! has several pages open, and the core's prefetcher several streams to follow.

/// Registers that hold a line, by the instructions that load, stream and store it, and those that end a round of a loop that stores. The
/// compiler need not know of the instructions: it is told which registers change.
macro_rules! width {
    (
        $width:ident = $name:literal [$($register:tt)*]
        [$($load:literal)*] [$($stream:literal)*] [$($store:literal)*] [$($next:literal)*] [$($end:tt)*]
    ) => {
        pub(crate) struct $width;

        impl Width for $width {
            const NAME: &'static str = $name;

            #[inline(always)]
            unsafe fn line<const DEED: u8>(dst: *mut u8, src: *const u8) {
                // SAFETY: the caller's: a line is read, and another written.
                unsafe {
                    match DEED {
                        READ => asm!(
                            $($load,)*
                            s = in(reg) src, $(out($register) _,)* options(nostack, preserves_flags)
                        ),
                        STREAM => asm!(
                            $($load,)* $($stream,)*
                            s = in(reg) src, d = in(reg) dst, $(out($register) _,)* options(nostack, preserves_flags)
                        ),
                        _ => asm!(
                            $($load,)* $($store,)*
                            s = in(reg) src, d = in(reg) dst, $(out($register) _,)* options(nostack, preserves_flags)
                        ),
                    }
                }
            }

            unsafe fn pattern(dst: *mut u8, pattern: *const u8, lines: usize) {
                // SAFETY: the caller's: a line is read, and `lines` are written.
                unsafe {
                    asm!(
                        $($load,)* "2:", $($store,)* $($next,)*
                        s = in(reg) pattern, d = inout(reg) dst => _, n = inout(reg) lines => _,
                        $(out($register) _,)* options(nostack),
                    );
                }
            }

            #[inline(always)]
            fn end() {
                // SAFETY: the CPU has the instruction, which names the registers that it changes.
                unsafe { asm!($($end)*, options(nostack, preserves_flags)) }
            }
        }
    };
}

#[cfg_attr(target_arch = "aarch64", path = "arm.rs")]
#[cfg_attr(target_arch = "x86_64", path = "x86.rs")]
mod arch;

use std::{ptr, slice};

pub(crate) use arch::*;

use crate::loops::read;
use crate::peers::{Fill, Peer, Run};

const PAGE: usize = 4096;
const LINE: usize = 64;

/// What is done with a line that was loaded: nothing, a streaming store, an ordinary one.
const READ: u8 = 0;
const STREAM: u8 = 1;
const STORE: u8 = 2;

/// Registers that hold a line. Whoever uses them promises that the CPU has them.
pub(crate) trait Width {
    const NAME: &'static str;

    /// # Safety
    /// The line at `src` is valid for reads, and unless the deed is to read, that at `dst` for writes; streaming stores need it to be at the
    /// border of a line.
    unsafe fn line<const DEED: u8>(dst: *mut u8, src: *const u8);

    /// Stores the line at `pattern` `lines` times, at least once.
    ///
    /// # Safety
    /// The line is valid for reads, and so many at `dst` for writes.
    unsafe fn pattern(dst: *mut u8, pattern: *const u8, lines: usize);

    /// Leaves the registers as other code expects them.
    fn end();
}

/// `rounds` rounds, each with a line of every one of `PAGES` pages, before which the one that is `AHEAD` bytes behind it (if not 0) is
/// prefetched into a cache.
///
/// # Safety
/// As [`Width::line`], for each of the lines; they do not overlap. No other access to the destination before the drain.
unsafe fn rounds<W: Width, const DEED: u8, const PAGES: usize, const AHEAD: usize, const CACHE: i32>(
    mut dst: *mut u8,
    mut src: *const u8,
    rounds: usize,
) {
    for _ in 0..rounds {
        for page in 0..PAGES {
            let (dst, src) = (dst.wrapping_add(page * PAGE), src.wrapping_add(page * PAGE));
            if AHEAD > 0 {
                prefetch::<CACHE>(src.wrapping_add(AHEAD));
            }
            // SAFETY: the caller's.
            unsafe { W::line::<DEED>(dst, src) };
        }
        (dst, src) = (dst.wrapping_add(LINE), src.wrapping_add(LINE));
    }
    W::end();
}

/// Copies or reads `len` bytes: whole lines by such rounds, and the ends by ordinary loads and stores.
///
/// # Safety
/// As `memcpy`, and no other access to the destination before the drain; what reads ignores the destination.
unsafe fn all<W: Width, const DEED: u8, const PAGES: usize, const AHEAD: usize, const CACHE: i32>(
    dst: *mut u8,
    src: *const u8,
    len: usize,
) {
    let mut at = if DEED == STREAM { dst.align_offset(LINE).min(len) } else { 0 };
    // SAFETY: the head, the lines and the tail are `len` bytes together. What is streamed is at borders of lines behind the head, unless
    // there is nothing behind it.
    unsafe {
        ptr::copy_nonoverlapping(src, dst, at);
        while PAGES > 1 && len - at >= PAGES * PAGE {
            rounds::<W, DEED, PAGES, AHEAD, CACHE>(dst.wrapping_add(at), src.add(at), PAGE / LINE);
            at += PAGES * PAGE;
        }
        // What is left of several pages is not prefetched.
        let rest = if PAGES == 1 { rounds::<W, DEED, 1, AHEAD, CACHE> } else { rounds::<W, DEED, 1, 0, CACHE> };
        let lines = (len - at) / LINE;
        rest(dst.wrapping_add(at), src.add(at), lines);
        at += lines * LINE;
        match DEED {
            READ => read(slice::from_raw_parts(src.add(at), len - at)),
            _ => ptr::copy_nonoverlapping(src.add(at), dst.add(at), len - at),
        }
    }
}

/// The candidates of some registers, with their names.
pub(crate) fn candidates<W: Width>(copies: bool) -> Vec<(String, Run)> {
    fn of<W: Width, const DEED: u8>() -> [(&'static str, Run); 8] {
        [
            ("plain", all::<W, DEED, 1, 0, FIRST>),
            ("t0-1k", all::<W, DEED, 1, 1024, FIRST>),
            ("t2-2k", all::<W, DEED, 1, 2048, SECOND>),
            ("t2-4k", all::<W, DEED, 1, 4096, SECOND>),
            ("2-pages", all::<W, DEED, 2, 0, FIRST>),
            ("4-pages", all::<W, DEED, 4, 0, FIRST>),
            ("2-pages-t2", all::<W, DEED, 2, 8192, SECOND>),
            ("4-pages-t2", all::<W, DEED, 4, 16384, SECOND>),
        ]
    }
    let runs = if copies { of::<W, STREAM>() } else { of::<W, READ>() };
    runs.map(|(name, run)| (format!("{}-{name}", W::NAME), run)).into()
}

/// A plain loop of some registers.
fn cached<W: Width>() -> Peer {
    // SAFETY: the caller's; a line.
    let fill: Fill = |dst, byte, len| unsafe { pattern::<W>(dst, [byte; LINE].as_ptr(), len) };
    let version = "plain loop, 64 bytes a round".to_string();
    let peer = Peer::new(format!("cached-{}", W::NAME), version, all::<W, STORE, 1, 0, FIRST>, fill);
    Peer { pattern: Some(pattern::<W>), ..peer }
}

/// # Safety
/// As `memset`, and the pattern is valid for reads of 64 bytes.
unsafe fn pattern<W: Width>(dst: *mut u8, pattern: *const u8, len: usize) {
    let lines = len / LINE;
    // SAFETY: the lines, and the bytes that are left: fewer than a line.
    unsafe {
        if lines > 0 {
            W::pattern(dst, pattern, lines);
            W::end();
        }
        ptr::copy_nonoverlapping(pattern, dst.add(lines * LINE), len % LINE);
    }
}
