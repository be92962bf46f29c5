//! The memory that writer and reader share, and where in it each round takes place.

use crate::common::noise;
use crate::entries::Entry;
use std::cell::UnsafeCell;
use std::slice;

/// Bytes for a block and all its offsets.
const SLOT: usize = 8192;

/// More than the caches next to a core hold.
const SLOTS: usize = 512;

/// Slots that are used over and over, so that both cores have their lines.
const HOT: usize = 2;

/// Sources begin in so many bytes of the noise.
const STARTS: usize = 4096;

/// Whole lines, and partial ones; below and above what safe functions stream.
const LENS: [usize; 8] = [64, 256, 576, 1024, 1088, 1500, 2048, 4096];

const OFFSETS: [usize; 4] = [0, 0, 8, 1];

/// One round.
pub(crate) struct Round<'a> {
    pub(crate) src: &'a [u8],
    pub(crate) dst: *mut u8,
    pub(crate) len: usize,
}

/// Blocks that one thread writes and then another one reads.
pub(crate) struct Shared {
    noise: Vec<u64>,
    slots: Box<[UnsafeCell<[u64; SLOT / 8]>]>,
}

// SAFETY: whoever gets at the slots, by a raw pointer, has to see to it that nobody else does at the time.
unsafe impl Sync for Shared {}

impl Shared {
    pub(crate) fn new() -> Shared {
        let bytes = noise(STARTS + SLOT, 1);
        let words = bytes.as_chunks().0.iter().map(|word| u64::from_ne_bytes(*word));
        let slots = (0..SLOTS).map(|_| UnsafeCell::new([0; SLOT / 8]));
        Shared { noise: words.collect(), slots: slots.collect() }
    }

    /// Bytes of the noise that no round before has had, but long ago.
    fn source(&self, round: u64, len: usize) -> &[u8] {
        // SAFETY: words are bytes.
        let (_, bytes, _) = unsafe { self.noise.align_to() };
        &bytes[8 * (round as usize % (STARTS / 8))..][..len]
    }

    /// The next line after the start of a slot: every other time in a hot one, else in the next of the others.
    fn slot(&self, round: u64) -> *mut u8 {
        let (pair, is_cold) = (round as usize / 2, !round.is_multiple_of(2));
        let slot = if is_cold { HOT + pair % (SLOTS - HOT) } else { pair % HOT };
        let start = self.slots[slot].get().cast::<u8>();
        // All of the slot may be used through it.
        start.wrapping_add(start.addr().wrapping_neg() % 64)
    }

    /// A round of an entry point.
    pub(crate) fn round(&self, entry: &Entry, round: u64) -> Round<'_> {
        let i = round as usize / 2;
        let (src_len, len) = entry.lens(LENS[i % LENS.len()], i);
        Round { src: self.source(round, src_len), dst: self.slot(round).wrapping_add(OFFSETS[i / 8 % 4]), len }
    }

    /// A round of whole lines.
    pub(crate) fn lines(&self, round: u64) -> Round<'_> {
        let len = LENS[round as usize / 2 % 4];
        Round { src: self.source(round, len), dst: self.slot(round), len }
    }
}

impl Round<'_> {
    /// The destination, for the writer.
    ///
    /// # Safety
    /// Nobody else accesses it meanwhile.
    pub(crate) unsafe fn dst_mut(&mut self) -> &mut [u8] {
        // SAFETY: a block inside one slot; the caller's.
        unsafe { slice::from_raw_parts_mut(self.dst, self.len) }
    }

    /// The destination, for the reader.
    ///
    /// # Safety
    /// Nobody writes it meanwhile.
    pub(crate) unsafe fn dst(&self) -> &[u8] {
        // SAFETY: a block inside one slot, initialised as all of them; the caller's.
        unsafe { slice::from_raw_parts(self.dst, self.len) }
    }
}
