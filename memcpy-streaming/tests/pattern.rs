//! The raw fills, of every backend, against plain loops.

mod common;
use common::seeded::every;
use common::{Arena, for_each_backend, noise};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};
use std::ptr;

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks().0.iter().map(|word| u64::from_ne_bytes(*word)).collect()
}

/// More records than fit into a buffer on the stack.
const MANY: usize = if cfg!(miri) { 40 } else { 400 };

/// The plain loop.
fn expected(record: &[u64], count: usize, stepped: Option<(usize, u64)>) -> Vec<u8> {
    let bytes: Vec<u8> = record.iter().flat_map(|value| value.to_ne_bytes()).collect();
    let mut bytes = bytes.repeat(count);
    if let Some((word, step)) = stepped {
        let words = bytes.as_chunks_mut().0.iter_mut().skip(word).step_by(record.len());
        for (i, found) in (0..).zip(words) {
            *found = u64::to_ne_bytes(record[word].wrapping_add(step.wrapping_mul(i)));
        }
    }
    bytes
}

fn check(
    streamer: Streamer,
    arena: &mut Arena,
    at: usize,
    record: &[u64],
    count: usize,
    stepped: Option<(usize, u64)>,
) {
    let expected = expected(record, count, stepped);
    arena.reset(at, expected.len());
    let dst = arena.middle().as_mut_ptr();
    // SAFETY: the middle of the arena has the size of `count` records and is not touched before the drain.
    unsafe {
        match stepped {
            None => streamer.memset_pattern_streaming(dst, record, count),
            Some((word, step)) => streamer.memset_pattern_stepped_streaming(dst, record, count, word, step),
        }
    }
    memcpy_streaming_drain();
    arena.check(&expected, || {
        format!("{}: {count} records of {} words at {at}, stepped {stepped:?}", streamer.backend(), record.len())
    });
}

/// Every record size from 8 to 128 bytes, at every offset in a line, with few and with many records.
#[test]
fn every_record_size() {
    let noise = words(&noise(128, 5));
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 128 * 400);
        for len in (1..=16).step_by(every(7)) {
            let record = &noise[..len];
            for at in (0..64).step_by(every(30)) {
                for count in [0, 1, 2, 3, 7, 16, 33, 61].into_iter().step_by(every(3)) {
                    check(streamer, &mut arena, at, record, count, None);
                }
            }
            check(streamer, &mut arena, 0, record, MANY, None);
            check(streamer, &mut arena, 8, record, MANY - 1, None);
        }
    });
}

/// The same with every word of the record stepped.
#[test]
fn every_stepped_word() {
    let noise = words(&noise(128, 6));
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 128 * 400);
        for len in (1..=16).step_by(every(7)) {
            let record = &noise[..len];
            for word in (0..len).step_by(every(6)) {
                for at in [0, 8, 16, 40, 56, 1, 12, 63].into_iter().step_by(every(3)) {
                    for count in [0, 1, 5, 32, 61].into_iter().step_by(every(3)) {
                        check(streamer, &mut arena, at, record, count, Some((word, 0x1000)));
                    }
                }
                check(streamer, &mut arena, 0, record, MANY, Some((word, u64::MAX / 7)));
                check(streamer, &mut arena, 24, record, MANY - 9, Some((word, 1_u64.wrapping_neg())));
            }
        }
    });
}

#[test]
fn bytes() {
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 70_000);
        for len in (0..600).chain([4096, 65_536, 69_999]).step_by(every(67)) {
            for at in [0, 1, 31, 63] {
                arena.reset(at, len);
                // SAFETY: `len` bytes, not touched before the drain.
                unsafe { streamer.memset_streaming(arena.middle().as_mut_ptr(), 0x5c, len) };
                memcpy_streaming_drain();
                arena.check(&vec![0x5c; len], || format!("{}: {len} bytes at {at}", streamer.backend()));
            }
        }
    });
}

/// Zeros have kernels of their own on some CPUs, from a page on; almost zeros do not.
#[cfg_attr(miri, ignore = "the only backend there has none, and it takes minutes")]
#[test]
fn zeros() {
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 128 * 400);
        for len in (1..=16).step_by(every(7)) {
            for at in [0, 1, 8, 56, 63] {
                for count in [31, 400] {
                    check(streamer, &mut arena, at, &vec![0; len], count, None);
                    let mut record = vec![0; len];
                    record[len - 1] = 1 << 63;
                    check(streamer, &mut arena, at, &record, count, None);
                }
            }
        }
        for len in [4096, 50_000, 4095, 4159, 4224].into_iter().step_by(every(2)) {
            for at in [0, 1, 63] {
                arena.reset(at, len);
                streamer.fill(arena.middle(), 0_u8);
                arena.check(&vec![0; len], || format!("{}: {len} zeros at {at}", streamer.backend()));
            }
        }
    });
}

/// As C has it: of an empty pattern, and into no bytes, nothing is written, whatever the pointers are.
#[test]
fn an_empty_pattern_of_bytes_writes_nothing() {
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 8192);
        for (at, len) in [(0, 0), (0, 64), (8, 1000), (0, 8192)] {
            arena.reset(at, len);
            let before = arena.middle().to_vec();
            // SAFETY: `len` bytes that are not touched before the drain, and no bytes at all.
            unsafe {
                streamer.memset_pattern_bytes_streaming(arena.middle().as_mut_ptr(), len, ptr::null(), 0);
                streamer.memset_pattern_bytes_streaming(ptr::null_mut(), 0, b"abc".as_ptr(), 3);
            }
            memcpy_streaming_drain();
            arena.check(&before, || format!("{}: {len} bytes at {at}", streamer.backend()));
        }
    });
}

#[test]
fn records_of_the_wrong_length_panic() {
    for_each_backend(|streamer| {
        for record in [&[][..], &[0; 17][..]] {
            let result = std::panic::catch_unwind(|| {
                // SAFETY: nothing is written: the record is refused.
                unsafe { streamer.memset_pattern_streaming(std::ptr::dangling_mut(), record, 0) }
            });
            let message = *result.unwrap_err().downcast::<String>().unwrap();
            assert!(message.contains(&format!("a record of {} words", record.len())), "{message}");
        }
        let result = std::panic::catch_unwind(|| {
            // SAFETY: nothing is written: the word is refused.
            unsafe { streamer.memset_pattern_stepped_streaming(std::ptr::dangling_mut(), &[0; 3], 0, 3, 1) }
        });
        assert_eq!(*result.unwrap_err().downcast::<String>().unwrap(), "word 3 of a record of 3 words");
    });
}
