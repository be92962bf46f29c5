//! The safe operations, of every backend, against std's own.

mod common;
use common::seeded::{every, properties};
use common::{Arena, for_each_backend, noise};
use memcpy_streaming::{DRAINED_BYPASS_LEN, Streamer};
use std::mem::MaybeUninit;

/// Lengths around everything that decides how a copy is made.
fn lengths() -> impl Iterator<Item = usize> {
    let longer = [127, 128, 129, 255, 256, 257, 511, 512, 513, 575, 640, 1000, 4096, 33_000, 4097, 70_000];
    (0..70).chain(longer).step_by(every(7))
}

#[test]
fn copies() {
    let data = noise(70_000, 1);
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, data.len());
        for len in lengths() {
            for at in [0, 1, 32, 63].into_iter().step_by(every(3)) {
                arena.reset(at, len);
                streamer.copy(arena.middle(), &data[..len]);
                arena.check(&data[..len], || format!("{} copy of {len} to {at}", streamer.backend()));
                arena.reset(at, len);
                streamer.scope(|s| s.copy(arena.middle(), &data[..len]));
                arena.check(&data[..len], || format!("{} scoped copy of {len} to {at}", streamer.backend()));
            }
        }
    });
}

#[test]
fn fills() {
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 70_000);
        for len in lengths() {
            for at in [0, 1, 32, 63].into_iter().step_by(every(3)) {
                let what = || format!("{} fill of {len} at {at}", streamer.backend());
                arena.reset(at, len);
                streamer.fill(arena.middle(), 0x77);
                arena.check(&vec![0x77; len], what);
                arena.reset(at, len);
                streamer.scope(|s| s.fill(arena.middle(), 0x78));
                arena.check(&vec![0x78; len], what);
            }
        }
    });
}

/// Every length of pattern up to two lines, some long ones, at several alignments.
#[test]
fn pattern_fills() {
    let noise = noise(5000, 2);
    let periods = (1..=130_usize).chain([191, 192, 255, 511, 512, 700, 1023, 1024, 1025, 2048, 4999]);
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 9000);
        for period in periods.clone().step_by(every(47)) {
            let pattern = &noise[..period];
            let blocks = [(0_usize, 0), (1, 3), (300, 0), (511, 9), (512, 0), (8999, 63), (1000, 1), (8192, 0)];
            for (len, at) in blocks.into_iter().step_by(every(3)) {
                let expected = &pattern.repeat(len.div_ceil(period))[..len];
                let what = || format!("{}: pattern of {period} over {len} bytes at {at}", streamer.backend());
                arena.reset(at, len);
                streamer.fill_pattern(arena.middle(), pattern);
                arena.check(expected, what);
                arena.reset(at, len);
                streamer.scope(|s| s.fill_pattern(arena.middle(), pattern));
                arena.check(expected, what);
            }
        }
    });
}

/// Types of all kinds: with padding, larger than a line, of no size.
#[test]
fn types() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Padded {
        small: u8,
        large: u32,
    }
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Large([u16; 101]);

    fn one<T: Copy + PartialEq + std::fmt::Debug>(streamer: Streamer, values: &[T], other: T) {
        let mut dst = vec![other; values.len()];
        streamer.copy(&mut dst, values);
        assert_eq!(dst, values);
        let mut memory = vec![MaybeUninit::uninit(); values.len()];
        assert_eq!(streamer.copy_uninit(&mut memory, values), values);
        streamer.fill(&mut dst, other);
        assert_eq!(dst, vec![other; values.len()]);
        let mut memory = vec![MaybeUninit::uninit(); values.len()];
        assert_eq!(streamer.fill_uninit(&mut memory, other), vec![other; values.len()]);
        let mut memory = vec![MaybeUninit::uninit(); values.len()];
        streamer.scope(|s| s.copy_uninit(&mut memory, values));
        // SAFETY: the scope has initialised all of it.
        let copied: Vec<T> = memory.iter().map(|value| unsafe { value.assume_init() }).collect();
        assert_eq!(copied, values);
        let mut dst = values.to_vec();
        streamer.scope(|s| s.fill(&mut dst, other));
        assert_eq!(dst, vec![other; values.len()]);
    }

    for_each_backend(|streamer| {
        for len in [0, 10, 64, 1, 63, 1000].into_iter().step_by(every(2)) {
            let padded: Vec<_> = (0..len).map(|i| Padded { small: i as u8, large: !i }).collect();
            one(streamer, &padded, Padded { small: 1, large: 2 });
            let large: Vec<_> = (0..len).map(|i| Large([i as u16; 101])).collect();
            one(streamer, &large, Large([7; 101]));
            one(streamer, &vec![(); len as usize], ());
            one(streamer, &(0..len).map(f64::from).collect::<Vec<_>>(), 0.5);
            one(streamer, &(0..len).map(|i| i as u8).collect::<Vec<_>>(), 5);
        }
    });
}

properties! {
    fn random(data: Vec<u64>, pattern: Vec<u8>, again: u8) -> bool {
        let data = data.repeat(1 + usize::from(again) % if cfg!(miri) { 4 } else { 256 });
        for_each_backend(|streamer| {
            let mut copied = vec![0; data.len()];
            streamer.copy(&mut copied, &data);
            assert_eq!(copied, data);
            if !pattern.is_empty() {
                let mut filled = vec![0; 8 * data.len()];
                streamer.fill_pattern(&mut filled, &pattern);
                assert_eq!(filled, pattern.repeat(filled.len().div_ceil(pattern.len()))[..filled.len()]);
            }
        });
        true
    }
}

/// Neighbours in one scope, some of which share a line.
#[test]
fn many_in_one_scope() {
    let data = noise(100 * 300, 3);
    for_each_backend(|streamer| {
        for block in [300, 1, 13, 64, 100, 256].into_iter().step_by(every(3)) {
            let mut dst = vec![0; data.len()];
            let blocks = streamer.scope(|s| {
                let pairs = dst.chunks_mut(block).zip(data.chunks(block));
                pairs.map(|(to, from)| s.copy(to, from)).count()
            });
            assert_eq!(blocks, data.len().div_ceil(block));
            assert_eq!(dst, data, "{} in blocks of {block}", streamer.backend());
        }
    });
}

/// What was copied before a panic is there after it.
#[test]
fn scope_unwinds() {
    let data = noise(DRAINED_BYPASS_LEN * 4, 4);
    for_each_backend(|streamer| {
        let mut dst = vec![0; data.len()];
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            streamer.scope(|s| {
                s.copy(&mut dst, &data);
                panic!("in the scope");
            })
        }));
        assert_eq!(*result.unwrap_err().downcast::<&str>().unwrap(), "in the scope");
        assert_eq!(dst, data);
    });
}

fn panic_message(run: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = std::panic::catch_unwind(run).expect_err("it should panic");
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

#[test]
fn panics_name_the_lengths() {
    let lengths = "the destination has 3 elements and the source has 2";
    assert_eq!(panic_message(|| memcpy_streaming::copy(&mut [0; 3], &[0; 2])), lengths);
    let uninit = || {
        memcpy_streaming::copy_uninit(&mut [MaybeUninit::uninit(); 3], &[0; 2]);
    };
    assert_eq!(panic_message(uninit), lengths);
    assert_eq!(panic_message(|| memcpy_streaming::scope(|_| Streamer::new().copy(&mut [0; 3], &[0; 2]))), lengths);
    assert_eq!(panic_message(|| memcpy_streaming::fill_pattern(&mut [0; 3], &[])), "the pattern is empty");
}
