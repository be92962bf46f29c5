//! Laps of blocks by a tuning, to be timed by who compares tunings: here, because what is timed is compiled as the libraries are.

use std::fmt;

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::fills::FILL;
use crate::places::{Arena, Places};
use crate::{Cache, Ends, Op, Point, Reread};

/// Bytes of the sources, and of the destinations: more than any cache holds.
pub const LEN: usize = 512 << 20;

/// Bytes of a lap; short blocks take longer.
const LAP: usize = 4 << 20;
const SHORT_LAP: usize = 1 << 20;
/// What is short.
const SHORT: usize = 2048;

names! {
    /// What is done with a block.
    Deed {
        Copy = "copies": "A safe copy, drained each.",
        Fill = "fills": "A safe fill, drained each.",
        Batch = "copies in a scope": "Copies in a scope, drained once a lap.",
        Raw = "raw copies, drained each": "A raw copy and a drain.",
    }
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
    fn places(self, sides: &mut Arena, lap: usize) -> Places {
        let ends = if self.aligned { Ends::Aligned } else { Ends::Misaligned };
        let cache = if self.random { Cache::ColdRandom } else { Cache::ColdSequential };
        let point = Point { op: Op::Copy, size: self.size as u64, ends, cache, reread: Reread::No, threads: 1 };
        Places::new(&point, sides.part(0, 1), 0, lap)
    }

    /// Runs a lap, the `number`th one.
    pub fn lap(self, sides: &mut Arena, streamer: Streamer, number: usize) {
        let count = (if self.size < SHORT { SHORT_LAP } else { LAP } / self.size).max(1);
        let mut places = self.places(sides, number);
        // SAFETY: every block lies inside the two sides, which are borrowed exclusively; within a lap no destination comes twice, so that no
        // two references to destinations overlap; sources are on the other side and never written.
        let blocks = (0..count).map(|_| unsafe { places.next().sides() });
        match self.op {
            Deed::Copy => blocks.for_each(|(dst, src)| streamer.copy(dst, src)),
            Deed::Fill => blocks.for_each(|(dst, _)| streamer.fill(dst, FILL)),
            Deed::Batch => streamer.scope(|scope| blocks.for_each(|(dst, src)| scope.copy(dst, src))),
            Deed::Raw => blocks.for_each(|(dst, src)| {
                // SAFETY: as long as the block, and drained at once.
                unsafe { streamer.memcpy_streaming(dst.as_mut_ptr(), src.as_ptr(), dst.len()) };
                memcpy_streaming_drain();
            }),
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = if self.random { "anywhere" } else { "in a row" };
        let ends = if self.aligned { "" } else { ", ends not aligned" };
        write!(f, "{}, {order}{ends}", self.op)
    }
}

/// Every byte of the first block of a lap is what it should be.
#[test]
fn laps_write_what_they_say() {
    let mut sides = Arena::new(2 * SHORT_LAP, 0).unwrap();
    for &op in Deed::ALL {
        for (size, aligned, random) in [(256, true, true), (1024, false, false)] {
            let work = Work { op, size, aligned, random };
            work.lap(&mut sides, Streamer::new(), size);
            // SAFETY: a block of the sides; nobody else uses them.
            let (dst, src) = unsafe { work.places(&mut sides, size).next().sides() };
            let right = if op == Deed::Fill { dst.iter().all(|byte| *byte == FILL) } else { dst == src };
            assert!(right, "{work:?}");
        }
    }
}
