//! One extent by several threads, and by one.

use std::num::NonZero;
use std::thread;

use memcpy_streaming::Streamer;

use super::check::{dst, is_copy, src};
use super::start::Start;
use super::{ours, plain};
use crate::peers::Peer;

impl Start<'_> {
    /// A thread for each CPU that this process may run on.
    pub(super) fn ours_on_threads(&mut self, streamer: Streamer) -> Result<(), String> {
        let threads = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        self.enter(
            ours(streamer, true),
            // SAFETY: a block of the arena, of which no other reference exists, and a source that is never written.
            move |block| unsafe { streamer.copy_parallel(dst(block), src(block), threads) },
            || {},
            is_copy,
        )
    }

    /// What the others are compared with; once, in the place of libc.
    pub(super) fn one_thread(&mut self, peer: &Peer) -> Result<(), String> {
        if peer.name != "libc" {
            return Ok(());
        }
        let streamer = Streamer::new();
        // SAFETY: as above.
        let each = move |block| unsafe { streamer.copy(dst(block), src(block)) };
        self.enter(plain("one-thread", "yes"), each, || {}, is_copy)
    }
}
