//! Copies and fills by several threads, of every backend.
#![cfg(all(feature = "std", not(miri)))] // Megabytes.

mod common;
use common::{Arena, for_each_backend, noise};
use memcpy_streaming::{PARALLEL_LEN, copy_parallel, fill_parallel};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn threads(count: usize) -> NonZero<usize> {
    NonZero::new(count).expect("not 0")
}

/// Lengths around those where there is one thread more, at every kind of alignment.
#[test]
fn copies_and_fills() {
    let most = 4 * PARALLEL_LEN + 100;
    let data = noise(most, 1);
    let places = if common::emulator::is_emulated() { 1 } else { 3 };
    for_each_backend(|streamer| {
        let mut arena = Arena::new(4096, most);
        for len in [0, 1, 4096, PARALLEL_LEN, 2 * PARALLEL_LEN - 1, 2 * PARALLEL_LEN, 3 * PARALLEL_LEN + 77, most] {
            for (at, count) in [(1, 3), (0, 2), (4095, 64)].into_iter().take(places) {
                let what = || format!("{}: {len} bytes to {at} on {count} threads", streamer.backend());
                arena.reset(at, len);
                streamer.copy_parallel(arena.middle(), &data[..len], threads(count));
                arena.check(&data[..len], what);
                streamer.fill_parallel(arena.middle(), 0x77, threads(count));
                arena.check(&vec![0x77; len], what);
            }
        }
    });
}

/// Elements that do not end at page borders.
#[test]
fn elements_stay_whole() {
    let record = *b"a record of 24 bytes ...";
    let mut records = vec![[0; 24]; 3 * PARALLEL_LEN / 24];
    fill_parallel(&mut records, record, threads(3));
    assert!(records.iter().all(|found| *found == record));
    let numbered: Vec<[u32; 5]> = (0..PARALLEL_LEN as u32 / 5).map(|i| [i; 5]).collect();
    let mut copy = vec![[0; 5]; numbered.len()];
    copy_parallel(&mut copy, &numbered, threads(4));
    assert!(copy == numbered);
    // More than a part each.
    let huge = noise(3 * PARALLEL_LEN, 3);
    let mut copy = vec![0; huge.len()];
    copy_parallel(copy.as_chunks_mut::<PARALLEL_LEN>().0, huge.as_chunks::<PARALLEL_LEN>().0, threads(16));
    assert!(copy == huge);
    // Nothing, any number of times.
    fill_parallel(&mut [(); 100], (), threads(2));
}

#[test]
fn lengths_that_differ_are_refused() {
    let copy = || copy_parallel(&mut [0; 3], &[1; 4], threads(2));
    let payload = catch_unwind(AssertUnwindSafe(copy)).expect_err("it panics");
    let message = payload.downcast_ref::<String>().expect("a message");
    assert_eq!(message, "the destination has 3 elements and the source has 4");
}

/// A thread that cannot be started leaves its part to the others.
#[cfg(all(target_os = "linux", not(memcpy_streaming_portable)))] // A sanitizer needs room, too.
#[test]
fn works_without_threads() {
    const ALONE: &str = "MEMCPY_STREAMING_ALONE";
    if common::emulator::is_emulated() {
        return; // The limit would be the emulator's.
    }
    if std::env::var_os(ALONE).is_none() {
        let output = common::child("works_without_threads", ALONE, Some("1"));
        assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        return;
    }
    let data = noise(4 * PARALLEL_LEN, 2);
    let mut copy = vec![0; data.len()];
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a place for a limit, which is lowered for this process alone: there is no room for a stack any more.
    unsafe {
        assert_eq!(libc::getrlimit(libc::RLIMIT_AS, &raw mut limit), 0);
        limit.rlim_cur = 1 << 20;
        assert_eq!(libc::setrlimit(libc::RLIMIT_AS, &raw const limit), 0);
    }
    let started = std::thread::Builder::new().stack_size(8 << 20).spawn(|| ()).is_ok();
    copy_parallel(&mut copy, &data, threads(4));
    fill_parallel(&mut copy[..2 * PARALLEL_LEN], 3, threads(2));
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: the limit is what it may be.
    unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) };
    assert!(copy[..2 * PARALLEL_LEN].iter().all(|&byte| byte == 3));
    assert!(copy[2 * PARALLEL_LEN..] == data[2 * PARALLEL_LEN..]);
    assert!(!started, "there was room for a thread");
}
