//! The allocator over one that has only so much.

use crate::alloc::{LARGE, Mode};
use crate::limited::{Block, allocator, shelve};
use crate::random::Random;
use crate::shelf::{CAPACITY, rounded};
use std::alloc::Layout;
use std::thread;

/// The unit of all sizes: a MiB.
const MIB: usize = LARGE;

#[test]
fn nothing_is_refused_while_blocks_wait() {
    for mode in [Mode::Reuse, Mode::Stream] {
        for len in [100, 2 * MIB, 8 * MIB, 9 * MIB] {
            let from = &allocator(mode, 9 * MIB);
            shelve(from, [3 * MIB; 3]);
            assert!(Block::new(from, len).is_some(), "alloc of {len} bytes, {mode:?}");

            let from = &allocator(mode, 9 * MIB);
            shelve(from, [3 * MIB; 3]);
            let block = Block::zeroed(from, len).unwrap_or_else(|| panic!("alloc_zeroed of {len} bytes, {mode:?}"));
            assert_all(block.bytes(), 0);
        }
        // What is not large, what becomes so, and what is.
        for (len, more) in [(50, 60), (MIB / 2, 5 * MIB), (4 * MIB, 7 * MIB), (MIB, 6 * MIB)] {
            let from = &allocator(mode, 2 * (3 * MIB) + len);
            let mut block = Block::new(from, len).unwrap();
            block.fill(7);
            shelve(from, [3 * MIB; 2]);
            assert!(block.resize(more), "realloc of {len} to {more} bytes, {mode:?}");
            assert_all(&block.bytes()[..len], 7);
        }
    }
}

#[test]
fn what_cannot_be_had_changes_nothing() {
    for mode in [Mode::System, Mode::Reuse, Mode::Stream] {
        let from = &allocator(mode, 9 * MIB);
        let mut block = Block::new(from, 4 * MIB).unwrap();
        block.fill(8);
        assert!(Block::new(from, 6 * MIB).is_none() && Block::zeroed(from, 6 * MIB).is_none());
        assert!(!block.resize(10 * MIB) && !block.resize(isize::MAX as usize - 7));
        assert_eq!(block.bytes().len(), 4 * MIB);
        assert_all(block.bytes(), 8);
        assert!(block.resize(9 * MIB), "it is still of use");
    }
}

#[test]
fn a_block_that_is_used_again_is_zeroed() {
    for len in [MIB, 3 * MIB, 3 * MIB + 1, 4 * MIB - 1] {
        let from = &allocator(Mode::Stream, CAPACITY);
        let mut block = Block::new(from, len).unwrap();
        block.fill(9);
        let start = block.start;
        drop(block);
        let block = Block::zeroed(from, len).unwrap();
        assert_eq!((block.start, from.zeroings().get()), (start, (1, len as u64)));
        assert_all(block.bytes(), 0);
    }
}

#[test]
fn small_steps_copy_a_few_times_what_they_reach() {
    const TO: usize = MIB + MIB / 2;
    // With nothing to move into, and with a block of every size waiting.
    for (waiting, most) in [(0, 0), (8, 8 * TO as u64)] {
        let from = &allocator(Mode::Stream, CAPACITY);
        let mut block = Block::new(from, MIB).unwrap();
        block.fill(6);
        shelve(from, (0..waiting).map(|step| MIB + step * MIB / 8));
        for len in (MIB..=TO).step_by(64) {
            assert!(block.resize(len));
        }
        assert_all(&block.bytes()[..MIB], 6);
        let (calls, bytes) = from.reallocs().get();
        assert!(bytes <= most && (calls == 0) == (waiting == 0), "{calls} times, {bytes} bytes");
    }
}

#[test]
fn sizes_are_rounded_by_an_eighth_at_most() {
    for len in (MIB - 9..3 * MIB).step_by(4099).chain([CAPACITY - 1, CAPACITY, CAPACITY + 1, isize::MAX as usize - 7]) {
        let layout = Layout::from_size_align(len, 8).unwrap();
        let round = rounded(layout);
        assert_eq!(round.align(), 8);
        assert!((len..=len + len / 8).contains(&round.size()), "{len}: {round:?}");
        assert_eq!(rounded(round), round);
        assert!((LARGE..=CAPACITY).contains(&len) || round == layout);
    }
}

#[test]
fn threads_do_not_share_a_block() {
    const ROUNDS: usize = if cfg!(miri) { 10 } else { 60 };
    let from = &allocator(Mode::Stream, 24 * MIB);
    thread::scope(|scope| {
        for seed in 1..=4 {
            scope.spawn(move || {
                let random = &mut Random::new(seed);
                let mut blocks: Vec<Block<'_>> = Vec::new();
                for _ in 0..ROUNDS {
                    let len = MIB / 2 + random.below(3 * MIB);
                    match random.below(4) {
                        0 => blocks.extend(Block::new(from, len)),
                        1 => blocks.extend(Block::zeroed(from, len).inspect(|block| assert_all(block.bytes(), 0))),
                        2 if !blocks.is_empty() => drop(blocks.swap_remove(random.below(blocks.len()))),
                        _ => {
                            if let Some(block) = blocks.last_mut() {
                                let kept = block.layout.size().min(len);
                                if block.resize(len) {
                                    assert_all(&block.bytes()[..kept], seed as u8);
                                }
                            }
                        }
                    }
                    // Each thread writes a byte of its own into all that it has.
                    if let Some(block) = blocks.last_mut() {
                        block.fill(seed as u8);
                    }
                }
                for block in &blocks {
                    assert_all(block.bytes(), seed as u8);
                }
            });
        }
    });
    // What they have freed is used again, whichever thread was the last.
    drop(Block::new(from, 4 * MIB));
    let zeroings = from.zeroings().get().0;
    drop(Block::zeroed(from, 4 * MIB).inspect(|block| assert_all(block.bytes(), 0)));
    assert!(from.zeroings().get().0 > zeroings, "no block was used again");
}

fn assert_all(bytes: &[u8], byte: u8) {
    assert!(bytes == vec![byte; bytes.len()], "not all of {} bytes are {byte}", bytes.len());
}
