//! Copies that have left the caches when they return.

use bench_runner::places::Block;
use memcpy_streaming::{Streamer, persist, persist_range};

use super::check::{dst, is_copy, src};
use super::start::Start;
use super::{ours, peer, plain};
use crate::peers::Peer;

/// Whether lines can be written back here.
fn persists() -> bool {
    persist::<u8>(&[]).is_ok()
}

impl Start<'_> {
    /// None where nothing persists.
    pub(super) fn ours_past_the_caches(&mut self, streamer: Streamer) -> Result<(), String> {
        if !persists() {
            return Ok(());
        }
        let size = self.point.size as usize;
        let whole_lines = size.is_multiple_of(64) && self.point.ends.offsets() == (0, 0);
        self.enter(
            ours(streamer, whole_lines || size >= streamer.tuning().bypass()),
            // SAFETY: a block of the arena, of which no other reference exists, and a source that is never written.
            move |block| unsafe { streamer.copy_persist(dst(block), src(block)).expect("it persists") },
            || {},
            is_copy,
        )
    }

    /// A peer that has such a copy; of libc a copy whose lines are then written back.
    pub(super) fn past_the_caches(&mut self, one: &Peer) -> Result<(), String> {
        match (one.persist, one.copy) {
            (Some(persist), _) => {
                // SAFETY: as for ours; who is listed is there.
                self.enter(peer(one), move |block| unsafe { persist(block.dst, block.src, block.len) }, || {}, is_copy)
            }
            (None, Some(copy)) if one.name == "libc" && persists() => {
                let each = move |block: Block| {
                    // SAFETY: as for ours; what it has written may be read.
                    unsafe {
                        copy(block.dst, block.src, block.len);
                        persist_range(block.dst, block.len).expect("it persists");
                    }
                };
                self.enter(plain("libc-written-back", "no"), each, || {}, is_copy)
            }
            _ => Ok(()),
        }
    }
}
