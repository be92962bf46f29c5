//! Candidates for what the machine can do at best: loops that copy past the cache, and loops that read. Which of them is the
//! fastest depends on the machine, so nobody knows before they were measured there.

use std::hint::black_box;
use std::slice;

use memcpy_streaming::{Backend, Streamer};

use crate::peers::{LIBC_COPY, Run};

/// Those that copy, or those that read, with the names that results have for them. Ours and those that are written here, for the widest
/// registers of the CPU, must be drained; what reads ignores the destination.
pub(crate) fn all(copies: bool) -> Vec<(String, Run)> {
    let mut loops = Vec::<(String, Run)>::new();
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    loops.extend(crate::lines::loops(copies));
    if copies {
        // SAFETY: the caller's.
        let ours: Run = |dst, src, len| unsafe { Streamer::new().memcpy_streaming(dst, src, len) };
        loops.push((Backend::active().to_string(), ours));
        loops.push(("libc".to_string(), LIBC_COPY));
    } else {
        // SAFETY: the caller's.
        loops.push(("compiled".to_string(), |_, src, len| read(unsafe { slice::from_raw_parts(src, len) })));
    }
    loops
}

/// Reads every byte.
#[inline(never)]
pub(crate) fn read(bytes: &[u8]) {
    let mut sum = [0_u64; 8];
    let (lines, rest) = bytes.as_chunks::<64>();
    for line in lines {
        for (sum, word) in sum.iter_mut().zip(line.as_chunks().0) {
            *sum = sum.wrapping_add(u64::from_ne_bytes(*word));
        }
    }
    for byte in rest {
        sum[0] = sum[0].wrapping_add(u64::from(*byte));
    }
    black_box(sum);
}
