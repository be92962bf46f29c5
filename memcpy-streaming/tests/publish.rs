//! What the drain promises: streamed bytes are ordered before whatever this thread stores next, a relaxed store included.
//!
//! x86 orders ordinary stores whether they are fenced or not; Miri, which has the portable backend, does not: it reports a data
//! race if the drain is no fence there. `litmus` looks for streaming stores that a release store overtakes.

mod common;
use common::{for_each_backend, noise};
use memcpy_streaming::memcpy_streaming_drain;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const LEN: usize = 1000;

/// Bytes that one thread writes and another one reads, each in its turn.
struct Shared(UnsafeCell<[u8; LEN]>);

// SAFETY: `turn` in the test says who may access the bytes.
unsafe impl Sync for Shared {}

#[test]
fn a_relaxed_store_after_the_drain_publishes() {
    let src = noise(LEN, 8);
    for_each_backend(|streamer| {
        let (shared, turn) = (Shared(UnsafeCell::new([0; LEN])), AtomicBool::new(false));
        let (shared, turn) = (&shared, &turn);
        let read = thread::scope(|threads| {
            let reader = threads.spawn(|| {
                while !turn.load(Ordering::Acquire) {
                    thread::yield_now();
                }
                // SAFETY: it is the reader's turn; the drain comes before that of the writer ends.
                unsafe { *shared.0.get() }
            });
            // SAFETY: as many bytes each; it is the writer's turn until after the drain.
            unsafe { streamer.memcpy_streaming(shared.0.get().cast(), src.as_ptr(), LEN) };
            memcpy_streaming_drain();
            turn.store(true, Ordering::Relaxed);
            reader.join().expect("it does not panic")
        });
        assert!(read == src[..], "{}", streamer.backend());
    });
}
