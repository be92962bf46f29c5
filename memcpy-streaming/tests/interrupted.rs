//! Signals in the middle of a copy or a fill, again and again: it goes on where it was. Some backends move everything by one instruction, which
//! is interrupted too. Not on i686: there qemu-user loses a thread's local storage when signals come this often, and no backend has such an
//! instruction.
#![cfg(all(target_os = "linux", not(target_arch = "x86"), not(miri)))]

mod common;

use common::{for_each_backend, noise};
use memcpy_streaming::Streamer;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

const LEN: usize = (1 << 20) + 100;

/// Signals that were handled.
static HANDLED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn handle(_signal: libc::c_int) {
    HANDLED.fetch_add(1, Ordering::Relaxed);
}

/// Runs `work` while another thread sends this one a signal after the other.
fn interrupted(work: impl FnOnce()) {
    // SAFETY: the handler does nothing but count, which is allowed anywhere.
    unsafe { libc::signal(libc::SIGUSR1, handle as extern "C" fn(libc::c_int) as libc::sighandler_t) };
    // SAFETY: it only says which thread this is.
    let this = unsafe { libc::pthread_self() } as usize;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Acquire) {
                let before = HANDLED.load(Ordering::Relaxed);
                // SAFETY: that thread waits for this one, so it is there; it has a handler for the signal.
                assert_eq!(unsafe { libc::pthread_kill(this as libc::pthread_t, libc::SIGUSR1) }, 0);
                while HANDLED.load(Ordering::Relaxed) == before && !is_over.load(Ordering::Acquire) {
                    thread::yield_now();
                }
            }
        });
        // By a panic, too: the other thread would go on for ever.
        let end = End(&is_over);
        work();
        drop(end);
    });
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Does `operation` until it was interrupted often enough, and checks its bytes each time.
fn check(streamer: Streamer, what: &str, expected: &[u8], operation: impl Fn(&mut [u8])) {
    let mut dst = vec![0; LEN];
    let mut signals = 0;
    for _ in 0..10_000 {
        dst.fill(0xa5);
        let before = HANDLED.load(Ordering::Relaxed);
        operation(&mut dst);
        signals += HANDLED.load(Ordering::Relaxed) - before;
        assert!(dst == expected, "{what} by {} after {signals} signals", streamer.backend());
        if signals > if common::thin() { 5 } else { 200 } {
            return;
        }
    }
    panic!("{what} by {}: {signals} signals", streamer.backend());
}

#[test]
fn what_is_interrupted_goes_on() {
    let src = noise(LEN, 3);
    interrupted(|| {
        for_each_backend(|streamer| {
            check(streamer, "a copy", &src, |dst| streamer.copy(dst, &src));
            check(streamer, "a fill", &[7; LEN], |dst| streamer.fill(dst, 7));
            check(streamer, "zeros", &[0; LEN], |dst| streamer.fill(dst, 0));
        });
    });
}
