//! Constant fills: what writing memory is compared with.

use std::mem::MaybeUninit;

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

/// What they write: no struct page looks like it, and it is not zero (see [`Mapping::written`](crate::memory::Mapping::written)).
pub const FILL: u8 = 0x5a;

/// By streaming stores, drained.
pub fn streamed(streamer: Streamer, memory: &mut [MaybeUninit<u8>]) {
    // SAFETY: the pointer and the length are those of a slice that is borrowed exclusively until after the drain, so that nobody
    // accesses the memory before it.
    unsafe { streamer.memset_streaming(memory.as_mut_ptr().cast(), FILL, memory.len()) };
    memcpy_streaming_drain();
}

/// By the stores that the compiler makes of a loop. No byte is repeated in it: it is not memset, whose large blocks are written otherwise.
pub fn ordinary(memory: &mut [MaybeUninit<u8>]) {
    // SAFETY: every bit pattern is a valid MaybeUninit<u64>.
    let (_, words, _) = unsafe { memory.align_to_mut::<MaybeUninit<u64>>() };
    words.fill(MaybeUninit::new(0x5a5b_5c5d_5e5f_6061));
    // The stores count, whether or not anything reads them.
    std::hint::black_box(words);
}

#[test]
fn both_write_everything() {
    let mut memory = crate::memory::Mapping::written(4096, 1).unwrap();
    streamed(Streamer::new(), memory.memory());
    assert!(memory.bytes().iter().all(|byte| *byte == FILL));
    ordinary(memory.memory());
    assert!(memory.bytes().chunks(8).all(|word| word == 0x5a5b_5c5d_5e5f_6061_u64.to_ne_bytes()));
}
