//! Tunings: whatever the sizes and distances are, the same bytes are written.

mod common;
use common::seeded::every;
use common::{Arena, for_each_backend, noise};
use memcpy_streaming::{Prefetch, Tuning, memcpy_streaming_drain};
use std::sync::Mutex;

/// For the rest of the process. LeakSanitizer finds them here.
fn leak(text: &str) -> &'static Tuning {
    static ALL: Mutex<Vec<&'static Tuning>> = Mutex::new(Vec::new());
    let tuning: &'static Tuning = Box::leak(Box::new(text.parse().expect(text)));
    ALL.lock().expect("nobody panics with it").push(tuning);
    tuning
}

/// Each loop, with lengths around the places where it begins and where its groups end, at several alignments.
#[test]
fn every_loop_writes_the_same_bytes() {
    let tunings = [
        "prefetch=none pages=1",
        "prefetch=l1 ahead=64 prefetch-from=128 pages=1",
        "prefetch=l1 ahead=8192 prefetch-from=16384 pages=1",
        "prefetch=l2 ahead=64 prefetch-from=128 pages=1",
        "prefetch=l2 ahead=4096 prefetch-from=8192 pages=1",
        "prefetch=none pages=2 pages-from=16384",
        "prefetch=l2 ahead=128 prefetch-from=256 pages=2 pages-from=16384",
        "prefetch=l2 ahead=2048 prefetch-from=4096 pages=4 pages-from=32768",
    ];
    let data = noise(120_000, 7);
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, data.len());
        for text in tunings.into_iter().step_by(every(3)) {
            let tuning = leak(&format!("{text} bypass=256 raw-lines=64"));
            let streamer = streamer.with_tuning(tuning);
            let groups = [16_384, 24_576, 32_768, 49_152, 65_536];
            let lens =
                [128, 192, 256, 8192].into_iter().chain(groups).flat_map(|len| [len - 64, len, len + 64, len + 77]);
            for len in lens.chain([data.len()]).step_by(every(11)) {
                for (dst_at, src_at) in [(0, 0), (0, 7), (33, 7), (63, 1)].into_iter().step_by(every(3)) {
                    let src = &data[src_at..][..len.min(data.len() - src_at)];
                    arena.reset(dst_at, src.len());
                    // SAFETY: two slices of the same length in two allocations; the destination is not touched before the drain.
                    unsafe { streamer.memcpy_streaming(arena.middle().as_mut_ptr(), src.as_ptr(), src.len()) };
                    memcpy_streaming_drain();
                    arena.check(src, || {
                        format!("{}, {text}: {len} bytes from {src_at} to {dst_at}", streamer.backend())
                    });
                }
            }
        }
    });
}

/// Ordinary fills with patterns that divide a line are stored by kernels of their own.
#[test]
fn fills_that_are_not_streamed_have_the_same_bytes() {
    let late = leak("bypass=1048576 raw-lines=1048576 drained-copy=1048576 drained-fill=1048576");
    let pattern = noise(64, 8);
    for_each_backend(|streamer| {
        let streamer = streamer.with_tuning(late);
        let mut arena = Arena::new(64, 5000);
        for period in [1, 2, 3, 4, 8, 16, 24, 32, 64] {
            for len in [0_usize, 1, 31, 63, 64, 65, 127, 128, 129, 200, 256, 1000, 5000].into_iter().step_by(every(3)) {
                for at in [0, 1, 33].into_iter().step_by(every(2)) {
                    let expected = &pattern[..period].repeat(len.div_ceil(period))[..len];
                    arena.reset(at, len);
                    streamer.fill_pattern(arena.middle(), &pattern[..period]);
                    arena.check(expected, || format!("{}: {len} bytes of {period} at {at}", streamer.backend()));
                }
            }
        }
    });
}

#[test]
fn every_line_is_within_what_the_constants_promise() {
    let own = Tuning::of_this_cpu();
    assert!(own.bypass() >= memcpy_streaming::BYPASS_LEN && own.raw_lines() >= 64);
    assert!(own.drained_copy().min(own.drained_fill()) >= memcpy_streaming::DRAINED_BYPASS_LEN);
    assert!(own.prefetch() == Prefetch::None || own.prefetch_from() >= 2 * own.ahead());
    assert!(own.pages() == 1 || own.pages_from() >= 2 * 4096 * own.pages());
}
