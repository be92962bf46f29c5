//! Loops over whole lines, and how they come to copy or read any number of bytes. They differ in how far ahead of the loads they
//! prefetch and into which cache, and in whether they go through one page after the other or through several in turn: then the
//! memory controller has several pages open, and the core's prefetcher several streams to follow.

use std::ptr;

use crate::read::read as read_bytes;

const PAGE: usize = 4096;
const LINE: usize = 64;

/// `rounds` rounds, at least one, each with a line of every page that a loop goes through in turn. Those that read ignore the destination.
///
/// # Safety
/// The source is valid for reads, and for a copy the destination for writes, of `rounds` lines of each of the loop's
/// pages, which do not overlap; a destination is at the border of a line. No other access to it before the drain. The
/// CPU has the loop's registers.
pub(super) type Rounds = unsafe fn(dst: *mut u8, src: *const u8, rounds: usize);

/// A loop that goes through `pages` pages in turn, and one that does line by line what is left.
pub(super) struct Lines {
    pub(super) pages: usize,
    pub(super) rounds: Rounds,
    pub(super) rest: Rounds,
}

impl Lines {
    /// Copies; the ends that are no whole lines of the destination by ordinary stores.
    ///
    /// # Safety
    /// As [`Run`](super::Run) says, and the CPU has the loops' registers.
    pub(super) unsafe fn copy(&self, dst: *mut u8, src: *const u8, len: usize) {
        let head = dst.align_offset(LINE).min(len);
        // SAFETY: the head, the lines and the tail are `len` bytes together. Behind the head the destination is at the border of a
        // line, unless there is nothing behind it. The caller's for the rest.
        unsafe {
            ptr::copy_nonoverlapping(src, dst, head);
            let done = head + self.whole(dst.add(head), src.add(head), len - head);
            ptr::copy_nonoverlapping(src.add(done), dst.add(done), len - done);
        }
    }

    /// Reads.
    ///
    /// # Safety
    /// The source is valid for reads of `len` bytes, and the CPU has the loops' registers.
    pub(super) unsafe fn read(&self, src: *const u8, len: usize) {
        // SAFETY: the lines and the tail are `len` bytes together; a loop that reads has no destination.
        unsafe {
            let done = self.whole(ptr::null_mut(), src, len);
            read_bytes(src.add(done), len - done);
        }
    }

    /// All whole lines of `len` bytes: how many bytes they are.
    ///
    /// # Safety
    /// As [`Rounds`] says, for so many bytes.
    unsafe fn whole(&self, dst: *mut u8, src: *const u8, len: usize) -> usize {
        let mut at = 0;
        let turn = if self.pages > 1 { self.pages * PAGE } else { usize::MAX };
        while len - at >= turn {
            // SAFETY: `pages` pages from `at` on, a multiple of a line.
            unsafe { (self.rounds)(dst.wrapping_add(at), src.wrapping_add(at), PAGE / LINE) };
            at += turn;
        }
        let lines = (len - at) / LINE;
        if lines > 0 {
            let line_by_line = if self.pages > 1 { self.rest } else { self.rounds };
            // SAFETY: `lines` lines from `at` on, a multiple of a line.
            unsafe { line_by_line(dst.wrapping_add(at), src.wrapping_add(at), lines) };
        }
        at + lines * LINE
    }
}

/// The candidates of some registers, in a module of their name. `$rounds!` makes the two loops of one: it is given the place of the line in each
/// page of a round, and what is prefetched before it (into which cache, how far ahead).
macro_rules! candidates {
    ($width:ident, $rounds:ident!($($argument:tt)*)) => {
        mod $width {
            use super::*;

            $rounds!($($argument)* plain: 0);
            $rounds!($($argument)* t0_1k: 0 (first 1024));
            $rounds!($($argument)* t2_2k: 0 (second 2048));
            $rounds!($($argument)* t2_4k: 0 (second 4096));
            $rounds!($($argument)* two: 0, 4096);
            $rounds!($($argument)* four: 0, 4096, 8192, 12288);
            $rounds!($($argument)* two_t2: 0 (second 8192), 4096 (second 12288));
            $rounds!($($argument)* four_t2: 0 (second 16384), 4096 (second 20480), 8192 (second 24576), 12288 (second 28672));

            macro_rules! candidate {
                ($copies:ident $name:literal $pages:literal $module:ident) => {
                    Loop {
                        name: concat!(stringify!($width), "-", $name),
                        run: if $copies {
                            |dst, src, len| {
                                let lines = Lines { pages: $pages, rounds: $module::copy, rest: plain::copy };
                                // SAFETY: the caller's; the loops of a CPU's own registers are listed, no others.
                                unsafe { lines.copy(dst, src, len) }
                            }
                        } else {
                            |_, src, len| {
                                let lines = Lines { pages: $pages, rounds: $module::read, rest: plain::read };
                                // SAFETY: as above.
                                unsafe { lines.read(src, len) }
                            }
                        },
                    }
                };
            }

            /// For a CPU that has the registers.
            pub(super) fn loops(copies: bool) -> Vec<Loop> {
                vec![
                    candidate!(copies "plain" 1 plain),
                    candidate!(copies "t0-1k" 1 t0_1k),
                    candidate!(copies "t2-2k" 1 t2_2k),
                    candidate!(copies "t2-4k" 1 t2_4k),
                    candidate!(copies "2-pages" 2 two),
                    candidate!(copies "4-pages" 4 four),
                    candidate!(copies "2-pages-t2" 2 two_t2),
                    candidate!(copies "4-pages-t2" 4 four_t2),
                ]
            }
        }
    };
}
