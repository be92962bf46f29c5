//! Copies, and fills with values, with patterns of bytes, and with records of words, at every offset in a line.

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::arena::{Arena, SIZE, noise};

/// Few bytes; about a line; about what streams in a scope and in a call of its own; a page.
const LENS: [usize; 17] = [0, 1, 7, 16, 63, 64, 65, 127, 200, 255, 256, 300, 576, 1023, 1024, 1100, 4096];

/// It carries from byte to byte.
const STEP: u64 = 0x0101_0101_0101_01ff;

/// Copies by calls that drain, and in a scope.
pub(crate) fn copies(streamer: Streamer) {
    let (mut arena, src) = (Arena::new(), source());
    for (at, len) in (0..64).flat_map(|at| LENS.map(|len| (at, len))) {
        // Every offset of the source against some of the destination.
        let from = (5 * at + len) % 64;
        let src = &src[from..from + len];
        arena.check(
            (at, len),
            format_args!("copy from {from}"),
            |i| noise(from + i),
            &[&|dst| streamer.copy(dst, src), &|dst| streamer.scope(|scope| scope.copy(dst, src))],
        );
    }
}

/// Copies in straight-line code.
pub(crate) fn copies_of_constant_size(streamer: Streamer) {
    let (mut arena, src) = (Arena::new(), source());
    macro_rules! sizes {
        ($($size:literal)*) => {$(
            for at in 0..64 {
                let from = (5 * at + $size) % 64;
                let what = format_args!("copy of a constant number of bytes from {from}");
                arena.check((at, $size), what, |i| noise(from + i), &[&|dst| {
                    let src = src[from..from + $size].as_ptr();
                    // SAFETY: both slices have so many bytes; the arena is not looked at before the drain.
                    unsafe { streamer.memcpy_streaming_fixed::<$size>(dst.as_mut_ptr(), src) };
                    memcpy_streaming_drain();
                }]);
            }
        )*};
    }
    sizes!(0 1 7 8 9 15 16 24 31 32 40 56 63 64 72 80 88 96 104 112 120 128 200);
}

fn source() -> [u8; SIZE + 64] {
    core::array::from_fn(noise)
}

/// Fills with bytes, words and values that divide no line. Zeros are a case of their own: CLZERO, DC ZVA.
pub(crate) fn fills(streamer: Streamer) {
    let mut arena = Arena::new();
    for block in (0..64).flat_map(|at| LENS.map(|len| (at, len))) {
        for byte in [0, 0x3c] {
            arena.check(
                block,
                format_args!("fill with {byte}"),
                |_| byte,
                &[&|dst| streamer.fill(dst, byte), &|dst| streamer.scope(|scope| scope.fill(dst, byte))],
            );
        }
        values_of::<2>(streamer, &mut arena, block);
        values_of::<8>(streamer, &mut arena, block);
        values_of::<16>(streamer, &mut arena, block);
        values_of::<24>(streamer, &mut arena, block);
        values_of::<64>(streamer, &mut arena, block);
    }
}

fn values_of<const N: usize>(streamer: Streamer, arena: &mut Arena, (at, len): (usize, usize)) {
    let value: [u8; N] = core::array::from_fn(noise);
    let fill = |dst: &mut [u8]| streamer.scope(|scope| scope.fill(dst.as_chunks_mut::<N>().0, value));
    arena.check((at, len / N * N), format_args!("fill with values of {N} bytes"), |i| noise(i % N), &[&fill]);
}

/// Patterns of 1 to 200 bytes.
pub(crate) fn patterns(streamer: Streamer) {
    let mut arena = Arena::new();
    let bytes: [u8; 200] = core::array::from_fn(noise);
    for period in 1..=bytes.len() {
        let (pattern, what) = (&bytes[..period], format_args!("pattern of {period}"));
        let in_scope = |dst: &mut [u8]| streamer.scope(|scope| scope.fill_pattern(dst, pattern));
        for block in (0..64).flat_map(|at| [(at, (7 * period + 3 * at) % 700), (at, 1100)]) {
            arena.check(block, what, |i| noise(i % period), &[&in_scope]);
        }
        let block = (period % 64, 1100 + period);
        arena.check(block, what, |i| noise(i % period), &[&|dst| streamer.fill_pattern(dst, pattern)]);
    }
}

/// Records of 1 to 16 words; each word in turn grows.
pub(crate) fn records(streamer: Streamer) {
    let mut arena = Arena::new();
    let words: [u64; 16] =
        core::array::from_fn(|word| u64::from_ne_bytes(core::array::from_fn(|i| noise(8 * word + i))));
    for (size, at) in (1..=words.len()).flat_map(|size| (0..64).map(move |at| (size, at))) {
        let record = &words[..size];
        for count in [0, 1, 3, 16, 31] {
            let block = (at, 8 * size * count);
            let write = |dst: &mut [u8]| {
                // SAFETY: there is room for `count` records; the arena is not looked at before the drain.
                unsafe { streamer.memset_pattern_streaming(dst.as_mut_ptr(), record, count) };
                memcpy_streaming_drain();
            };
            arena.check(block, format_args!("records of {size} words"), |i| noise(i % (8 * size)), &[&write]);
            let word = (at + count) % size;
            let right = |i: usize| {
                let (row, column) = (i / 8 / size, i / 8 % size);
                let grown = if column == word { STEP.wrapping_mul(row as u64) } else { 0 };
                words[column].wrapping_add(grown).to_ne_bytes()[i % 8]
            };
            let write = |dst: &mut [u8]| {
                // SAFETY: as above, and the record has the word.
                unsafe { streamer.memset_pattern_stepped_streaming(dst.as_mut_ptr(), record, count, word, STEP) };
                memcpy_streaming_drain();
            };
            arena.check(block, format_args!("records of {size} words, of which {word} grows"), right, &[&write]);
        }
    }
}
