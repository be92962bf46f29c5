//! Candidates for what the machine can do at best: loops that copy past the cache, and loops that read. Which of them is the
//! fastest depends on the machine, so nobody knows before they were measured there.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[macro_use]
mod lines;

#[cfg(target_arch = "aarch64")]
mod arm;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::ptr;

use memcpy_streaming::{Backend, Streamer};

use crate::read::read;

/// What a loop does. One that reads ignores the destination.
///
/// # Safety
/// As `memcpy`, and no other access to the destination before the drain. One that reads needs the source only.
type Run = unsafe fn(dst: *mut u8, src: *const u8, len: usize);

/// A candidate.
#[derive(Clone, Copy)]
pub(crate) struct Loop {
    /// As results name it.
    pub(crate) name: &'static str,
    run: Run,
}

impl Loop {
    /// Copies, or reads, `len` bytes.
    ///
    /// # Safety
    /// As `memcpy` (a loop that reads touches the source only), and no other access to the destination before the drain.
    #[inline(always)]
    pub(crate) unsafe fn run(self, dst: *mut u8, src: *const u8, len: usize) {
        // SAFETY: the caller's.
        unsafe { (self.run)(dst, src, len) }
    }
}

/// Loops that copy.
pub(crate) fn copies() -> Vec<Loop> {
    let mut loops = own(true);
    loops.push(Loop { name: Backend::active().name(), run: ours });
    loops.push(Loop { name: "libc", run: libc });
    loops
}

/// Loops that read.
pub(crate) fn reads() -> Vec<Loop> {
    let mut loops = own(false);
    loops.push(Loop { name: "compiled", run: compiled });
    loops
}

/// Those that are written here, for the widest registers of the CPU.
fn own(copies: bool) -> Vec<Loop> {
    #[cfg(target_arch = "x86_64")]
    return x86::loops(copies);
    #[cfg(target_arch = "aarch64")]
    return arm::loops(copies);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let _ = copies;
        Vec::new()
    }
}

/// # Safety
/// As [`Run`] says.
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
        let loops = if copies { super::copies() } else { reads() };
        #[cfg(target_arch = "x86_64")]
        let loops = [loops, x86::narrower(copies)].concat();
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
