//! Candidates for what the machine can do at best: loops that copy past the cache, and loops that read. Which of them is the
//! fastest depends on the machine, so nobody knows before they were measured there.

#[cfg(target_arch = "x86_64")]
mod x86;

use std::ptr;

use memcpy_streaming::{Backend, Streamer};

use crate::read::read;

/// What pages in turn are.
const PAGE: usize = 4096;
/// Bytes of a line.
const LINE: usize = 64;

/// `rounds` rounds, each with a line of every page that the loop goes through in turn. Loops that read ignore the destination.
///
/// # Safety
/// The source is valid for reads, and for a copy the destination for writes, of `rounds` lines of each of the loop's
/// pages, which do not overlap; a destination is at the border of a line. No other access to it before the drain.
type Rounds = unsafe fn(dst: *mut u8, src: *const u8, rounds: usize);

/// The same for bytes.
///
/// # Safety
/// As `memcpy`, and no other access to the destination before the drain.
type Whole = unsafe fn(dst: *mut u8, src: *const u8, len: usize);

/// A candidate.
#[derive(Clone, Copy)]
pub(crate) struct Loop {
    /// As results name it.
    pub(crate) name: &'static str,
    way: Way,
}

#[derive(Clone, Copy)]
enum Way {
    /// So many pages in turn, and what is left line by line.
    Pages { pages: usize, rounds: Rounds, rest: Rounds, copies: bool },
    /// Somebody else's.
    Whole(Whole),
}

impl Loop {
    /// Copies, or reads, `len` bytes.
    ///
    /// # Safety
    /// As `memcpy` (a loop that reads touches the source only), and no other access to the destination before the drain.
    #[inline(always)]
    pub(crate) unsafe fn run(self, dst: *mut u8, src: *const u8, len: usize) {
        match self.way {
            // SAFETY: the caller's.
            Way::Whole(whole) => unsafe { whole(dst, src, len) },
            Way::Pages { pages, rounds, rest, copies } => {
                let head = if copies { dst.align_offset(LINE).min(len) } else { 0 };
                let turn = if pages > 1 { pages * PAGE } else { LINE };
                let (turns, lines) = ((len - head) / turn, (len - head) % turn / LINE);
                // SAFETY: head, turns, lines and the tail follow each other and are `len` bytes together; behind the head the
                // destination is at the border of a line, and so it stays. The caller's for the rest.
                unsafe {
                    if copies {
                        ptr::copy_nonoverlapping(src, dst, head);
                    }
                    let mut at = head;
                    if pages > 1 {
                        for _ in 0..turns {
                            rounds(dst.wrapping_add(at), src.add(at), PAGE / LINE);
                            at += turn;
                        }
                    } else if turns > 0 {
                        rounds(dst.wrapping_add(at), src.add(at), turns);
                        at += turns * LINE;
                    }
                    if lines > 0 {
                        rest(dst.wrapping_add(at), src.add(at), lines);
                        at += lines * LINE;
                    }
                    if copies {
                        ptr::copy_nonoverlapping(src.add(at), dst.wrapping_add(at), len - at);
                    } else {
                        read(src.add(at), len - at);
                    }
                }
            }
        }
    }
}

/// Loops that copy.
pub(crate) fn copies() -> Vec<Loop> {
    let mut loops = own(true);
    loops.push(Loop { name: Backend::active().name(), way: Way::Whole(ours) });
    loops.push(Loop { name: "libc", way: Way::Whole(libc) });
    loops
}

/// Loops that read.
pub(crate) fn reads() -> Vec<Loop> {
    let mut loops = own(false);
    loops.push(Loop { name: "compiled", way: Way::Whole(compiled) });
    loops
}

/// Those that are written here, for the widest registers of the CPU.
fn own(copies: bool) -> Vec<Loop> {
    #[cfg(target_arch = "x86_64")]
    return x86::loops(copies);
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = copies;
        Vec::new()
    }
}

/// # Safety
/// As [`Whole`] says.
unsafe fn ours(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's.
    unsafe { Streamer::new().memcpy_streaming(dst, src, len) }
}

/// # Safety
/// As `memcpy`.
unsafe fn libc(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's. The length is hidden, so that it is the library's function that is called.
    unsafe { ptr::copy_nonoverlapping(src, dst, std::hint::black_box(len)) }
}

/// # Safety
/// The source is valid for reads of `len` bytes.
unsafe fn compiled(_: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's.
    unsafe { read(src, len) }
}

#[cfg(test)]
mod tests {
    use memcpy_streaming::memcpy_streaming_drain;

    use super::*;

    /// Of every width that this CPU has.
    fn all(copies: bool) -> Vec<Loop> {
        let mut loops = if copies { super::copies() } else { reads() };
        #[cfg(target_arch = "x86_64")]
        loops.extend(x86::narrower(copies));
        loops
    }

    #[test]
    fn every_loop_copies_every_byte_and_no_other() {
        let source: Vec<u8> = (0..40_000_u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
        for candidate in all(true) {
            for len in [0, 1, 63, 64, 65, 200, 4095, 4096, 8192, 8300, 16384, 20_000, 36_900] {
                for (to, from) in [(64, 0), (97, 7), (127, 63)] {
                    let mut copied = vec![0xee_u8; len + 256];
                    // SAFETY: `len` bytes of the source and of the copy, which is drained before it is looked at.
                    unsafe { candidate.run(copied.as_mut_ptr().add(to), source.as_ptr().add(from), len) };
                    memcpy_streaming_drain();
                    let right = copied[to..to + len] == source[from..from + len];
                    assert!(right, "{}: wrong bytes of {len} at {to}", candidate.name);
                    let outside = copied[..to].iter().chain(&copied[to + len..]);
                    assert!(outside.copied().all(|byte| byte == 0xee), "{}: {len} at {to}", candidate.name);
                }
            }
        }
    }

    #[test]
    fn a_loop_that_reads_writes_nothing() {
        let source = vec![1_u8; 40_000];
        for candidate in all(false) {
            for len in [0, 1, 64, 8300, 39_000] {
                // SAFETY: `len` bytes of the source; it has no destination to touch.
                unsafe { candidate.run(ptr::null_mut(), source.as_ptr().add(3), len) };
            }
        }
        assert!(source.iter().all(|byte| *byte == 1));
    }

    #[test]
    fn names_are_names() {
        for loops in [copies(), reads()] {
            let mut names: Vec<_> = loops.iter().map(|candidate| candidate.name).collect();
            assert!(names.iter().all(|name| name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')), "{names:?}");
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), loops.len());
        }
    }
}
