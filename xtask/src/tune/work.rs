//! What is timed: laps of blocks.

use std::fmt;

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use super::arena::{Arena, Walk};

/// Bytes of a lap; short blocks take longer.
const LAP: usize = 4 << 20;
const SHORT_LAP: usize = 1 << 20;

/// What is short.
const SHORT: usize = 2048;

/// What is filled with: not zero.
const BYTE: u8 = 0x5a;

/// What is done with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// A safe copy, drained each.
    Copy,
    /// A safe fill, drained each.
    Fill,
    /// Copies in a scope, drained once a lap.
    Batch,
    /// A raw copy and a drain.
    Raw,
}

/// A lap of blocks that are not in the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) op: Op,
    pub(super) size: usize,
    /// Whether blocks begin and end at borders of lines.
    pub(super) aligned: bool,
    /// Whether blocks are anywhere, or follow each other.
    pub(super) random: bool,
}

impl Work {
    /// Bytes from a border of a line to the source, and to the destination.
    fn offsets(self) -> (usize, usize) {
        if self.aligned { (0, 0) } else { (7, 33) }
    }

    /// From one block to the next.
    fn stride(self) -> usize {
        self.size.next_multiple_of(64) + if self.aligned { 0 } else { 64 }
    }

    /// Runs a lap.
    pub(super) fn lap(self, arena: &mut Arena, streamer: Streamer, walk: &mut Walk) {
        let (src, dst) = arena.begin();
        let (src_offset, dst_offset) = self.offsets();
        let count = (if self.size < SHORT { SHORT_LAP } else { LAP } / self.size).max(1);
        let mut next = || {
            let (from, to) = walk.next(self.stride(), self.random);
            (src.wrapping_add(from + src_offset), dst.wrapping_add(to + dst_offset))
        };
        let size = self.size;
        // SAFETY: a block that the walk gives lies inside the arena, on both sides, also with the offsets, for which there is room in
        // the stride, or behind the last block. The arena is borrowed exclusively; within a lap no destination comes twice, so that no two
        // references to destinations overlap; sources are on the other side and never written. Raw copies are drained at once.
        unsafe {
            let from = |src| std::slice::from_raw_parts(src, size);
            let to = |dst| std::slice::from_raw_parts_mut(dst, size);
            match self.op {
                Op::Copy => (0..count).for_each(|_| {
                    let (src, dst) = next();
                    streamer.copy(to(dst), from(src));
                }),
                Op::Fill => (0..count).for_each(|_| streamer.fill(to(next().1), BYTE)),
                Op::Batch => streamer.scope(|scope| {
                    (0..count).for_each(|_| {
                        let (src, dst) = next();
                        scope.copy(to(dst), from(src));
                    });
                }),
                Op::Raw => (0..count).for_each(|_| {
                    let (src, dst) = next();
                    streamer.memcpy_streaming(dst, src, size);
                    memcpy_streaming_drain();
                }),
            }
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = match self.op {
            Op::Copy => "copies",
            Op::Fill => "fills",
            Op::Batch => "copies in a scope",
            Op::Raw => "raw copies, drained each",
        };
        let order = if self.random { "anywhere" } else { "in a row" };
        let ends = if self.aligned { "" } else { ", ends not aligned" };
        write!(f, "{op}, {order}{ends}")
    }
}

#[cfg(test)]
mod tests {
    use memcpy_streaming::Tuning;

    use super::*;
    use crate::interrupt::Interrupt;

    /// Every byte of every block that a lap writes is what it should be, and nothing beside them is written.
    #[test]
    fn laps_write_what_they_say() {
        let mut arena = Arena::new(&Interrupt::never()).unwrap();
        let streamer = Streamer::new().with_tuning(Tuning::of_this_cpu());
        for op in [Op::Copy, Op::Fill, Op::Batch, Op::Raw] {
            for (size, aligned) in [(256, true), (1024, false), (1 << 20, false)] {
                let work = Work { op, size, aligned, random: true };
                let mut walk = Walk::new(1);
                let mut ahead = walk;
                work.lap(&mut arena, streamer, &mut walk);
                let (from, to) = ahead.next(work.stride(), true);
                let (src_offset, dst_offset) = work.offsets();
                let (src, dst) = arena.begin();
                // SAFETY: the lap's first block, on both sides; nobody else uses the arena.
                let (src, dst) = unsafe {
                    let src = std::slice::from_raw_parts(src.add(from + src_offset), size);
                    (src, std::slice::from_raw_parts(dst.add(to + dst_offset).cast_const(), size))
                };
                let right = if op == Op::Fill { dst.iter().all(|byte| *byte == BYTE) } else { dst == src };
                assert!(right, "{work:?}");
            }
        }
    }
}
