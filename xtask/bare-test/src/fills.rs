//! Fills with a value. Zeros are a case of their own: CLZERO, DC ZVA.

use memcpy_streaming::Streamer;

use crate::arena::{Arena, noise};

const LENS: [usize; 10] = [0, 1, 63, 64, 200, 256, 300, 1024, 1100, 4096];

/// Fills with bytes, words and values that divide no line.
pub(crate) fn check(streamer: Streamer) {
    let mut arena = Arena::new();
    for at in 0..64 {
        for len in LENS {
            for byte in [0, 0x3c] {
                streamer.fill(arena.block(at, len), byte);
                arena.check(|_| byte, format_args!("fill of {len} bytes at {at} with {byte}"));
                streamer.scope(|scope| scope.fill(arena.block(at, len), byte));
                arena.check(|_| byte, format_args!("fill in a scope, {len} bytes at {at} with {byte}"));
            }
            values::<2>(streamer, &mut arena, at, len);
            values::<8>(streamer, &mut arena, at, len);
            values::<16>(streamer, &mut arena, at, len);
            values::<24>(streamer, &mut arena, at, len);
            values::<64>(streamer, &mut arena, at, len);
        }
    }
}

fn values<const N: usize>(streamer: Streamer, arena: &mut Arena, at: usize, len: usize) {
    let value: [u8; N] = core::array::from_fn(noise);
    let len = len / N * N;
    streamer.scope(|scope| scope.fill(arena.block(at, len).as_chunks_mut::<N>().0, value));
    arena.check(|i| noise(i % N), format_args!("fill of {len} bytes at {at} with values of {N} bytes"));
}
