//! Fills with patterns of bytes and with records of words, with and without a word that grows.

use memcpy_streaming::Streamer;

use crate::arena::{Arena, ROOM, noise};

/// It carries from byte to byte.
const STEP: u64 = 0x0101_0101_0101_01ff;

/// Patterns of 1 to 200 bytes at every offset in a line.
pub(crate) fn patterns(streamer: Streamer) {
    let mut arena = Arena::new();
    let bytes: [u8; 200] = core::array::from_fn(noise);
    for period in 1..=bytes.len() {
        for at in 0..64 {
            for len in [(7 * period + 3 * at) % 700, 1100] {
                let expected = |i| noise(i % period);
                streamer.scope(|scope| scope.fill_pattern(arena.block(at, len), &bytes[..period]));
                arena.check(expected, format_args!("{len} bytes at {at} of a pattern of {period}"));
            }
        }
        let len = 1100 + period;
        streamer.fill_pattern(arena.block(period % 64, len), &bytes[..period]);
        arena.check(|i| noise(i % period), format_args!("{len} bytes, drained, of a pattern of {period}"));
    }
}

/// Records of 1 to 16 words at every offset in a line; each word in turn grows.
pub(crate) fn records(streamer: Streamer) {
    let mut arena = Arena::new();
    let words: [u64; 16] =
        core::array::from_fn(|word| u64::from_ne_bytes(core::array::from_fn(|i| noise(8 * word + i))));
    for size in 1..=words.len() {
        let record = &words[..size];
        for at in 0..64 {
            for count in [0, 1, 3, 16, 31] {
                let len = 8 * size * count;
                assert!(len <= ROOM);
                let dst = arena.block(at, len).as_mut_ptr();
                // SAFETY: `count` records; the arena is not looked at before the drain.
                unsafe { streamer.memset_pattern_streaming(dst, record, count) };
                memcpy_streaming::memcpy_streaming_drain();
                arena.check(|i| noise(i % (8 * size)), format_args!("{count} records of {size} words at {at}"));

                let word = (at + count) % size;
                let dst = arena.block(at, len).as_mut_ptr();
                // SAFETY: as above, and the record has the word.
                unsafe { streamer.memset_pattern_stepped_streaming(dst, record, count, word, STEP) };
                memcpy_streaming::memcpy_streaming_drain();
                let expected = |i: usize| {
                    let (row, column) = (i / 8 / size, i / 8 % size);
                    let grown = if column == word { STEP.wrapping_mul(row as u64) } else { 0 };
                    words[column].wrapping_add(grown).to_ne_bytes()[i % 8]
                };
                arena.check(expected, format_args!("{count} records of {size} words at {at}, word {word} grows"));
            }
        }
    }
}
