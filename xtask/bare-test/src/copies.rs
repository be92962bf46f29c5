//! Copies, at every offset in a line.

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::arena::{Arena, SIZE, noise};

/// Few bytes; about a line; about what streams in a scope and in a call of its own; a page.
const LENS: [usize; 15] = [0, 1, 7, 16, 63, 64, 65, 127, 255, 256, 300, 576, 1023, 1100, 4096];

/// Copies by calls that drain, and in a scope.
pub(crate) fn of_any_length(streamer: Streamer) {
    let (mut arena, src) = (Arena::new(), source());
    for (at, len) in (0..64).flat_map(|at| LENS.map(|len| (at, len))) {
        // Every offset of the source against some of the destination.
        let from = (5 * at + len) % 64;
        let (src, right) = (&src[from..from + len], |i| noise(from + i));
        arena.check((at, len), format_args!("copy from {from}"), right, |dst| streamer.copy(dst, src));
        arena.check((at, len), format_args!("copy in a scope from {from}"), right, |dst| {
            streamer.scope(|scope| scope.copy(dst, src));
        });
    }
}

/// Copies in straight-line code.
pub(crate) fn of_constant_size(streamer: Streamer) {
    let (mut arena, src) = (Arena::new(), source());
    macro_rules! sizes {
        ($($size:literal)*) => {$(
            for at in 0..64 {
                let from = (5 * at + $size) % 64;
                let what = format_args!("copy of a constant number of bytes from {from}");
                arena.check((at, $size), what, |i| noise(from + i), |dst| {
                    let src = src[from..from + $size].as_ptr();
                    // SAFETY: both slices have so many bytes; the arena is not looked at before the drain.
                    unsafe { streamer.memcpy_streaming_fixed::<$size>(dst.as_mut_ptr(), src) };
                    memcpy_streaming_drain();
                });
            }
        )*};
    }
    sizes!(0 1 7 8 9 15 16 24 31 32 40 56 63 64 72 80 88 96 104 112 120 128 200);
}

fn source() -> [u8; SIZE + 64] {
    core::array::from_fn(noise)
}
