//! Each line that was written is streamed or written back, once, before the one fence: a backend that lists what it is asked for shows it.

use super::WriteBack;
use crate::kernels::LINE;
use crate::listing::{self, List, flush_lines};
use crate::{BYPASS_LEN, Backend, Streamer};
use std::vec;
use std::vec::Vec;

const PAST: WriteBack = WriteBack { lines: flush_lines, streams_past_caches: true };
const NOT_PAST: WriteBack = WriteBack { lines: flush_lines, streams_past_caches: false };

/// The lines that `len` bytes are in.
fn lines_of(start: *mut u8, len: usize) -> Vec<*mut u8> {
    let (first, end) = (start.addr() & !(LINE - 1), start.addr() + len);
    let first = start.wrapping_sub(start.addr() - first);
    (0..).map(|i| first.wrapping_add(LINE * i)).take_while(|line| len > 0 && line.addr() < end).collect()
}

/// Runs over all offsets in a line, and lengths from nothing to those where copies are cut in every way.
fn for_each_block(mut test: impl FnMut(*mut u8, &[u8])) {
    let src = vec![7; 20_000];
    let mut dst = vec![0; src.len() + 2 * LINE];
    let lens = (0..BYPASS_LEN + 2 * LINE).chain([1000, 4096, 8191, 8192, 20_000]);
    let (lens_step, at_step) = if cfg!(miri) { (170, 31) } else { (1, 1) };
    for len in lens.step_by(lens_step) {
        for at in (0..LINE).step_by(at_step) {
            listing::take();
            test(dst[at..][..len].as_mut_ptr(), &src[..len]);
        }
    }
    crate::arch::drain();
}

fn sorted(mut lines: Vec<*mut u8>) -> Vec<*mut u8> {
    lines.sort();
    lines
}

/// All that was listed; after one fence, behind everything.
fn taken() -> List {
    let list = listing::take();
    assert_eq!(list.fences, [(list.lines.len(), list.flushed.len())], "one fence, at the end");
    list
}

#[test]
fn each_line_is_streamed_or_written_back_once() {
    for_each_block(|dst, src| {
        // SAFETY: so many bytes each, in two allocations; nobody else accesses them.
        unsafe { PAST.copy(listing::LISTING, dst, src.as_ptr(), src.len()) };
        let list = taken();
        let both = sorted([list.lines, list.flushed].concat());
        assert_eq!(both, lines_of(dst, src.len()), "a copy of {} bytes to {dst:?}", src.len());
        for period in [1, 24, LINE] {
            // SAFETY: the same, and the first bytes of the block are a value.
            unsafe { PAST.fill(listing::LISTING, dst, src.len(), [7; LINE].as_ptr(), period) };
            let list = taken();
            let both = sorted([list.lines, list.flushed].concat());
            assert_eq!(both, lines_of(dst, src.len()), "a fill of {} bytes at {dst:?}, by {period}", src.len());
        }
    });
}

/// Where streaming is only a hint, and where nothing is streamed.
#[test]
fn what_may_be_in_a_cache_is_written_back_once() {
    let portable = Streamer::with_backend(Backend::Portable).expect("there is always one");
    for_each_block(|dst, src| {
        for (back, how) in [(NOT_PAST, listing::LISTING), (PAST, portable), (NOT_PAST, portable)] {
            // SAFETY: so many bytes each, in two allocations; nobody else accesses them.
            unsafe { back.copy(how, dst, src.as_ptr(), src.len()) };
            assert_eq!(taken().flushed, lines_of(dst, src.len()), "a copy of {} bytes to {dst:?}", src.len());
        }
    });
}

/// The instruction that zeroes lines may leave them in a cache.
#[cfg(all(
    not(memcpy_streaming_portable),
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[test]
fn zeros_are_written_back() {
    for_each_block(|dst, src| {
        // SAFETY: so many bytes; nobody else accesses them.
        unsafe { PAST.fill(listing::LISTING, dst, src.len(), [0; LINE].as_ptr(), 1) };
        assert_eq!(taken().flushed, lines_of(dst, src.len()), "{} zeros at {dst:?}", src.len());
    });
}

/// The public functions answer alike, and do what they say where they can.
#[test]
fn whoever_asks_gets_the_same_answer() {
    if test_support::emulator::lacks_what_it_says() {
        return;
    }
    let answer = super::persist::<u8>(&[]);
    assert_eq!(answer.is_ok(), crate::arch::write_back().is_some());
    let (mut dst, src) = (vec![0_u16; 3000], vec![7_u16; 3000]);
    let written = if answer.is_ok() { 7 } else { 0 };
    assert_eq!(super::copy_persist(&mut dst, &src), answer);
    assert_eq!(dst, [written; 3000]);
    assert_eq!(super::fill_persist(&mut dst, 2 * written), answer);
    assert_eq!(dst, [2 * written; 3000]);
    assert_eq!(super::persist(&dst), answer);
    assert_eq!(super::fill_persist(&mut [(); 3], ()), answer);
}
