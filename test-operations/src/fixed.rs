//! The copies of constant size as one function of any size.

use memcpy_streaming::{Streamer, memcpy_streaming_fixed};

/// Sizes below this one have such a copy.
pub(crate) const SIZES: usize = 16 * 9;

type Fixed = unsafe fn(Option<Streamer>, *mut u8, *const u8);

/// # Safety
/// As `memcpy_streaming_fixed`.
unsafe fn one<const N: usize>(streamer: Option<Streamer>, dst: *mut u8, src: *const u8) {
    // SAFETY: the caller's.
    unsafe {
        match streamer {
            Some(streamer) => streamer.memcpy_streaming_fixed::<N>(dst, src),
            None => memcpy_streaming_fixed::<N>(dst, src),
        }
    }
}

macro_rules! sixteens {
    ($($i:literal)*) => {[$([
        one::<{ 16 * $i }>, one::<{ 16 * $i + 1 }>, one::<{ 16 * $i + 2 }>, one::<{ 16 * $i + 3 }>,
        one::<{ 16 * $i + 4 }>, one::<{ 16 * $i + 5 }>, one::<{ 16 * $i + 6 }>, one::<{ 16 * $i + 7 }>,
        one::<{ 16 * $i + 8 }>, one::<{ 16 * $i + 9 }>, one::<{ 16 * $i + 10 }>, one::<{ 16 * $i + 11 }>,
        one::<{ 16 * $i + 12 }>, one::<{ 16 * $i + 13 }>, one::<{ 16 * $i + 14 }>, one::<{ 16 * $i + 15 }>,
    ]),*]};
}

static ALL: [[Fixed; 16]; SIZES / 16] = sixteens!(0 1 2 3 4 5 6 7 8);

/// Copies `src`, of fewer bytes than [`SIZES`], by the copy of its size: that of a backend, or the free function. Not
/// drained.
///
/// # Safety
/// As `memcpy_streaming_fixed` with the length of `src`.
pub(crate) unsafe fn copy(streamer: Option<Streamer>, dst: *mut u8, src: &[u8]) {
    // SAFETY: the caller's; the function found here copies `src.len()` bytes.
    unsafe { ALL[src.len() / 16][src.len() % 16](streamer, dst, src.as_ptr()) }
}
