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

/// Those of each width that this CPU has copy every byte and no other; what reads needs no destination.
#[test]
fn loops_copy_every_byte_and_no_other() {
    let source: Vec<u8> = (0..40_000_u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
    for copies in [true, false] {
        let loops = all(copies);
        #[cfg(target_arch = "x86_64")]
        let loops = {
            use crate::lines::{Avx2, Sse2, candidates};
            let avx2 = if is_x86_feature_detected!("avx2") { candidates::<Avx2>(copies) } else { Vec::new() };
            [loops, candidates::<Sse2>(copies), avx2].concat()
        };
        let lens = [0, 1, 63, 64, 65, 200, 4095, 4096, 8192, 8300, 16384, 20_000, 36_900];
        for ((name, run), len) in loops.iter().flat_map(|one| lens.map(|len| (one, len))) {
            for (to, from) in [(64, 0), (97, 7), (127, 63)] {
                let mut bytes = vec![0xee_u8; len + 256];
                let dst = if copies { bytes[to..].as_mut_ptr() } else { std::ptr::null_mut() };
                // SAFETY: `len` bytes of the source and of the copy, which is drained before it is looked at.
                unsafe { run(dst, source[from..].as_ptr(), len) };
                memcpy_streaming::memcpy_streaming_drain();
                let mut expected = vec![0xee; len + 256];
                if copies {
                    expected[to..to + len].copy_from_slice(&source[from..from + len]);
                }
                assert!(bytes == expected, "{name}: {len} bytes at {to}");
            }
        }
    }
}
