//! Laps of blocks by a tuning, to be timed by who compares tunings: here, because what is timed is compiled as the libraries are.

use std::fmt;
use std::io;

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::fills::FILL;
use crate::memory::Mapping;
use crate::places::{Part, Places};
use crate::{Cache, Ends, Op, Point, Reread};

/// Bytes on each side: more than any cache holds.
const LEN: usize = 512 << 20;

/// Bytes of a lap; short blocks take longer.
const LAP: usize = 4 << 20;
const SHORT_LAP: usize = 1 << 20;

/// What is short.
const SHORT: usize = 2048;

/// Sources and destinations.
pub struct Sides {
    src: Mapping,
    dst: Mapping,
}

impl Sides {
    /// What they take from the limits.
    pub fn cost() -> u64 {
        2 * Mapping::cost(LEN as u64)
    }

    /// Maps and writes them.
    ///
    /// # Errors
    /// If there is not as much memory.
    pub fn new() -> io::Result<Sides> {
        Ok(Sides { src: Mapping::written(LEN, 0x5eed << 40)?, dst: Mapping::written(LEN, 0xd57 << 40)? })
    }
}

/// What is done with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
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
pub struct Work {
    /// What is done.
    pub op: Deed,
    /// Bytes of a block.
    pub size: usize,
    /// Whether blocks begin and end at borders of lines.
    pub aligned: bool,
    /// Whether blocks are anywhere, or follow each other.
    pub random: bool,
}

impl Work {
    /// The blocks of a lap. Every lap has places of its own: who went where another was would find its lines in the cache, and a pair of
    /// places that is lucky with the banks of the memory would be lucky in every lap.
    fn places(self, sides: &mut Sides, lap: usize) -> Places {
        let ends = if self.aligned { Ends::Aligned } else { Ends::Misaligned };
        let cache = if self.random { Cache::ColdRandom } else { Cache::ColdSequential };
        let point = Point { op: Op::Copy, size: self.size as u64, ends, cache, reread: Reread::No, threads: 1 };
        let dst = sides.dst.memory().as_mut_ptr().cast();
        Places::new(&point, Part { dst, src: sides.src.bytes().as_ptr(), len: LEN, l2: 0 }, lap)
    }

    /// Runs a lap, the `number`th one.
    pub fn lap(self, sides: &mut Sides, streamer: Streamer, number: usize) {
        let count = (if self.size < SHORT { SHORT_LAP } else { LAP } / self.size).max(1);
        let mut places = self.places(sides, number);
        let size = self.size;
        // SAFETY: every block lies inside the two sides, which are borrowed exclusively; within a lap no destination comes twice, so that no
        // two references to destinations overlap; sources are on the other side and never written. Raw copies are drained at once.
        unsafe {
            let from = |src| std::slice::from_raw_parts(src, size);
            let to = |dst| std::slice::from_raw_parts_mut(dst, size);
            match self.op {
                Deed::Copy => (0..count).for_each(|_| {
                    let block = places.next();
                    streamer.copy(to(block.dst), from(block.src));
                }),
                Deed::Fill => (0..count).for_each(|_| streamer.fill(to(places.next().dst), FILL)),
                Deed::Batch => streamer.scope(|scope| {
                    (0..count).for_each(|_| {
                        let block = places.next();
                        scope.copy(to(block.dst), from(block.src));
                    });
                }),
                Deed::Raw => (0..count).for_each(|_| {
                    let block = places.next();
                    streamer.memcpy_streaming(block.dst, block.src, size);
                    memcpy_streaming_drain();
                }),
            }
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = match self.op {
            Deed::Copy => "copies",
            Deed::Fill => "fills",
            Deed::Batch => "copies in a scope",
            Deed::Raw => "raw copies, drained each",
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

    /// Every byte of every block that a lap writes is what it should be.
    #[test]
    fn laps_write_what_they_say() {
        let mut sides = Sides::new().unwrap();
        let streamer = Streamer::new().with_tuning(Tuning::of_this_cpu());
        for op in [Deed::Copy, Deed::Fill, Deed::Batch, Deed::Raw] {
            for (number, (size, aligned, random)) in
                [(256, true, true), (1024, false, false), (1 << 20, false, true)].into_iter().enumerate()
            {
                let work = Work { op, size, aligned, random };
                work.lap(&mut sides, streamer, number);
                let block = work.places(&mut sides, number).next();
                // SAFETY: the lap's first block, on both sides; nobody else uses them.
                let (src, dst) = unsafe {
                    (
                        std::slice::from_raw_parts(block.src, size),
                        std::slice::from_raw_parts(block.dst.cast_const(), size),
                    )
                };
                let right = if op == Deed::Fill { dst.iter().all(|byte| *byte == FILL) } else { dst == src };
                assert!(right, "{work:?}");
            }
        }
    }
}
