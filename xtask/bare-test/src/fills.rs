//! Fills with values, with patterns of bytes, and with records of words, at every offset in a line.

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::arena::{Arena, noise};

const LENS: [usize; 10] = [0, 1, 63, 64, 200, 256, 300, 1024, 1100, 4096];

/// It carries from byte to byte.
const STEP: u64 = 0x0101_0101_0101_01ff;

/// Fills with bytes, words and values that divide no line. Zeros are a case of their own: CLZERO, DC ZVA.
pub(crate) fn values(streamer: Streamer) {
    let mut arena = Arena::new();
    for block in (0..64).flat_map(|at| LENS.map(|len| (at, len))) {
        for byte in [0, 0x3c] {
            arena.check(block, format_args!("fill with {byte}"), |_| byte, |dst| streamer.fill(dst, byte));
            arena.check(
                block,
                format_args!("fill with {byte} in a scope"),
                |_| byte,
                |dst| {
                    streamer.scope(|scope| scope.fill(dst, byte));
                },
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
    arena.check(
        (at, len / N * N),
        format_args!("fill with values of {N} bytes"),
        |i| noise(i % N),
        |dst| {
            streamer.scope(|scope| scope.fill(dst.as_chunks_mut::<N>().0, value));
        },
    );
}

/// Patterns of 1 to 200 bytes.
pub(crate) fn patterns(streamer: Streamer) {
    let mut arena = Arena::new();
    let bytes: [u8; 200] = core::array::from_fn(noise);
    for period in 1..=bytes.len() {
        let (pattern, right) = (&bytes[..period], |i| noise(i % period));
        for block in (0..64).flat_map(|at| [(at, (7 * period + 3 * at) % 700), (at, 1100)]) {
            arena.check(block, format_args!("pattern of {period}, in a scope"), right, |dst| {
                streamer.scope(|scope| scope.fill_pattern(dst, pattern));
            });
        }
        let block = (period % 64, 1100 + period);
        arena.check(block, format_args!("pattern of {period}"), right, |dst| streamer.fill_pattern(dst, pattern));
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
            arena.check(
                block,
                format_args!("records of {size} words"),
                |i| noise(i % (8 * size)),
                |dst| {
                    // SAFETY: there is room for `count` records; the arena is not looked at before the drain.
                    unsafe { streamer.memset_pattern_streaming(dst.as_mut_ptr(), record, count) };
                    memcpy_streaming_drain();
                },
            );
            let word = (at + count) % size;
            let right = |i: usize| {
                let (row, column) = (i / 8 / size, i / 8 % size);
                let grown = if column == word { STEP.wrapping_mul(row as u64) } else { 0 };
                words[column].wrapping_add(grown).to_ne_bytes()[i % 8]
            };
            arena.check(block, format_args!("records of {size} words, of which {word} grows"), right, |dst| {
                // SAFETY: as above, and the record has the word.
                unsafe { streamer.memset_pattern_stepped_streaming(dst.as_mut_ptr(), record, count, word, STEP) };
                memcpy_streaming_drain();
            });
        }
    }
}
