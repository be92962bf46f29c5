//! Candidates for what the machine can do at best: loops that copy past the cache, and loops that read. Which of them is the
//! fastest depends on the machine, so nobody knows before they were measured there.

use std::slice;

use memcpy_streaming::{Backend, Streamer};

use crate::peers::{self, Run};
use crate::read::read;

/// A candidate.
#[derive(Clone)]
pub(crate) struct Loop {
    /// As results name it.
    pub(crate) name: String,
    /// No other access to the destination before the drain. What reads ignores it.
    pub(crate) run: Run,
}

/// Loops that copy, or such that read: those that are written here, for the widest registers of the CPU, and others.
pub(crate) fn all(copies: bool) -> Vec<Loop> {
    let mut loops = Vec::new();
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    loops.extend(crate::lines::loops(copies));
    if copies {
        loops.push(Loop { name: Backend::active().name().to_string(), run: ours });
        loops.push(Loop { name: "libc".to_string(), run: peers::libc_copy });
    } else {
        loops.push(Loop { name: "compiled".to_string(), run: compiled });
    }
    loops
}

/// # Safety
/// As `memcpy`, and no other access to the destination before the drain.
unsafe fn ours(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's.
    unsafe { Streamer::new().memcpy_streaming(dst, src, len) }
}

/// # Safety
/// The source is valid for reads of `len` bytes.
unsafe fn compiled(_: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's.
    read(unsafe { slice::from_raw_parts(src, len) });
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::ptr;

    use memcpy_streaming::memcpy_streaming_drain;

    use super::*;

    /// Those of a kind, and besides of every width that this CPU has.
    fn all(copies: bool) -> Vec<Loop> {
        let mut loops = super::all(copies);
        let names: HashSet<_> = loops.iter().map(|one| one.name.clone()).collect();
        assert_eq!(names.len(), loops.len(), "{names:?}");
        #[cfg(target_arch = "x86_64")]
        {
            loops.extend(crate::lines::candidates::<crate::lines::Sse2>(copies));
            if is_x86_feature_detected!("avx2") {
                loops.extend(crate::lines::candidates::<crate::lines::Avx2>(copies));
            }
        }
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
                    unsafe { (candidate.run)(copied.as_mut_ptr().add(to), source.as_ptr().add(from), len) };
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
                unsafe { (candidate.run)(ptr::null_mut(), source.as_ptr().add(3), len) };
            }
        }
        assert!(source.iter().all(|byte| *byte == 1));
    }
}
