//! The raw copies, of every backend, at every alignment.

mod common;
use common::seeded::every;
use common::{Arena, for_each_backend, noise, seeded, thin};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

/// One copy between two arenas, checked on all sides; the source too must come out unchanged.
fn copy(streamer: Streamer, dst: &mut Arena, src: &mut Arena, data: &[u8], dst_at: usize, src_at: usize) {
    let len = data.len();
    dst.reset(dst_at, len);
    src.reset(src_at, len);
    src.middle().copy_from_slice(data);
    // SAFETY: two arenas of `len` bytes each; nothing touches the destination before the drain.
    unsafe { streamer.memcpy_streaming(dst.middle().as_mut_ptr(), src.middle().as_ptr(), len) };
    memcpy_streaming_drain();
    let what = || format!("{}: {len} bytes from {src_at} to {dst_at}", streamer.backend());
    dst.check(data, what);
    src.check(data, what);
}

/// All offsets in a line on both sides with all lengths up to five lines: 64 * 64 * 321 copies for each backend. Where
/// that takes too long, a thinner grid that still has every offset pair and every length.
#[test]
fn every_alignment_and_length() {
    let step = if thin() { 13 } else { 1 };
    let data = noise(320, 1);
    for_each_backend(|streamer| {
        let (mut dst, mut src) = (Arena::new(64, 320), Arena::new(64, 320));
        for dst_at in (0..64).step_by(every(9)) {
            for src_at in (0..64).step_by(every(11)) {
                for len in ((dst_at + src_at) % step..=320).step_by(step * every(3)) {
                    copy(streamer, &mut dst, &mut src, &data[..len], dst_at, src_at);
                }
            }
        }
    });
}

#[test]
fn across_pages() {
    let data = noise(3 * 4096, 2);
    for_each_backend(|streamer| {
        let (mut dst, mut src) = (Arena::new(4096, data.len()), Arena::new(4096, data.len()));
        let lens = [255, 256, 257, 511, 512, 513, 576, 577, 1000, 4095, 4096, 4097, 8192, 12_288];
        for len in lens.into_iter().step_by(every(4)) {
            for dst_at in [0, 1, 63, 64, 4096 - 64, 4096 - 33, 4095] {
                for src_at in [0, 7, 32, 4096 - 65, 4095] {
                    copy(streamer, &mut dst, &mut src, &data[..len], dst_at, src_at);
                }
            }
        }
    });
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn large() {
    let data = noise((3 << 20) + 77, 3);
    for_each_backend(|streamer| {
        let (mut dst, mut src) = (Arena::new(64, data.len()), Arena::new(64, data.len()));
        for (len, dst_at, src_at) in [(1 << 20, 0, 0), (1 << 20, 3, 0), ((3 << 20) + 77, 17, 40), (65_537, 0, 1)] {
            copy(streamer, &mut dst, &mut src, &data[..len], dst_at, src_at);
        }
    });
}

#[test]
fn random() {
    fn property(data: Vec<u8>, again: u8, dst_at: usize, src_at: usize) -> bool {
        // quickcheck's vectors are short; repeated they reach the bulk loops too.
        let data = data.repeat(1 + usize::from(again));
        for_each_backend(|streamer| {
            let (dst_at, src_at) = (dst_at % 4096, src_at % 4096);
            let (mut dst, mut src) = (Arena::new(dst_at, data.len()), Arena::new(src_at, data.len()));
            copy(streamer, &mut dst, &mut src, &data, dst_at, src_at);
        });
        true
    }
    seeded::check!("random", 500, property as fn(Vec<u8>, u8, usize, usize) -> bool);
}

/// The copies of constant size, at every offset in a line. (The grids have all sizes below 128.)
#[test]
fn fixed() {
    type Copy = fn(Option<Streamer>, &mut [u8], &[u8]);
    fn of<const N: usize>() -> (usize, Copy) {
        let copy: Copy = |streamer, dst, src| {
            let (dst, src) =
                (dst.first_chunk_mut::<N>().unwrap().as_mut_ptr(), src.first_chunk::<N>().unwrap().as_ptr());
            match streamer {
                // SAFETY: two slices of at least N bytes, one of them exclusively borrowed; it is drained before it is looked at.
                Some(streamer) => unsafe { streamer.memcpy_streaming_fixed::<N>(dst, src) },
                // SAFETY: the same.
                None => unsafe { memcpy_streaming::memcpy_streaming_fixed::<N>(dst, src) },
            }
        };
        (N, copy)
    }
    let small = [of::<0>(), of::<1>(), of::<2>(), of::<3>(), of::<4>(), of::<5>(), of::<7>(), of::<8>(), of::<12>()];
    let middle = [of::<15>(), of::<16>(), of::<23>(), of::<31>(), of::<40>(), of::<56>(), of::<63>(), of::<64>()];
    let large = [of::<65>(), of::<72>(), of::<80>(), of::<88>(), of::<96>(), of::<127>(), of::<128>(), of::<256>()];
    for_each_backend(|streamer| {
        for (len, copy) in small.iter().chain(&middle).chain(&large).copied() {
            let data = noise(len, len as u64);
            let (mut dst, mut src) = (Arena::new(64, len), Arena::new(64, len));
            for dst_at in (0..64).step_by(every(31)) {
                for src_at in [0, 1, 8, 13, 63] {
                    for how in [None, Some(streamer)] {
                        dst.reset(dst_at, len);
                        src.reset(src_at, len);
                        src.middle().copy_from_slice(&data);
                        copy(how, dst.middle(), src.middle());
                        memcpy_streaming_drain();
                        let what = || format!("{} fixed::<{len}> from {src_at} to {dst_at}", streamer.backend());
                        dst.check(&data, what);
                        src.check(&data, what);
                    }
                }
            }
        }
    });
}
