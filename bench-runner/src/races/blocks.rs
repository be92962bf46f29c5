//! Work that goes block by block: what most races consist of.

use std::slice;

use bench_runner::places::{Block, Part, Places};
use bench_runner::{Cache, Op, Point};

use crate::lap::Work;
use crate::read::{After, read};

/// How many blocks a lap has.
pub(super) fn per_lap(point: &Point) -> usize {
    // Bytes of a lap of one thread: fewer where blocks are so small that they take much longer, and where everything is in the cache.
    let bytes = if point.size < 1 << 10 || point.cache == Cache::Hot { 1 << 20 } else { 4 << 20 };
    // Of a mix each length of the table once.
    if point.op == Op::Mix { 256 } else { (bytes / point.size as usize).max(1) }
}

/// A lap of blocks, each done by `each`, with `end` after the last.
pub(super) struct Blocks<E> {
    places: Places,
    count: usize,
    after: After,
    heat: Heat,
    each: E,
    end: fn(),
}

/// What is brought into the cache before a lap.
enum Heat {
    Nothing,
    /// Everything: the lap is run.
    Lap,
    /// The part's first bytes, from which the sources are.
    Source(Part, usize),
}

impl<E: Fn(&mut [u8], &[u8]) + Send> Blocks<E> {
    /// # Safety
    /// While a lap of it runs nobody else uses the destinations of the part, and nobody writes its sources.
    pub(super) unsafe fn new(point: &Point, part: Part, entrant: usize, each: E, end: fn()) -> Result<Self, String> {
        let heat = match point.cache {
            Cache::Hot => Heat::Lap,
            Cache::HotSource => Heat::Source(part, (part.l2 / 2).max(point.size as usize)),
            Cache::ColdSequential | Cache::ColdRandom => Heat::Nothing,
        };
        let (places, count) = (Places::new(point, part, entrant), per_lap(point));
        Ok(Blocks { places, count, after: After::new(point.reread, part)?, heat, each, end })
    }

    #[inline(always)]
    fn each(&self, block: Block) {
        // SAFETY: a block of the part, by the promise to `new`; it has been written when the arena was made.
        let (dst, src) = unsafe { block.sides() };
        (self.each)(dst, src);
    }

    /// Runs a lap, and looks at its last block. Then runs one block between guards. An error if a byte is not what it is `expected` to be.
    pub(super) fn verify(&mut self, part: Part, expected: impl Fn(&[u8], &[u8]) -> bool) -> Result<(), String> {
        /// What a wrong byte looks like: no source and no pattern has a run of them.
        const POISON: u8 = 0xee;
        /// Bytes on both sides of a block that must stay as they were.
        const GUARD: usize = 64;

        let mut ahead = self.places.clone();
        let last = (0..self.count).map(|_| ahead.next()).last().ok_or("a lap has no blocks")?;
        let len = last.len;
        // SAFETY: a block of the part, by the promise to `new`.
        unsafe { last.dst.write_bytes(POISON, len) };
        self.run();
        // SAFETY: as above; the lap is over.
        let (dst, src) = unsafe { last.sides() };
        if !expected(dst, src) {
            return Err(format!("wrong bytes in the last of {} blocks of {len} bytes", self.count));
        }
        if len + 4 * GUARD > part.len {
            return Ok(());
        }
        // Where a block of the race would begin within a line.
        let first = part.dst.wrapping_add(last.dst.addr() % GUARD);
        // SAFETY: the guards and the block are in the part; the slice above is not used any more.
        let around = unsafe { slice::from_raw_parts_mut(first, GUARD + len + GUARD) };
        around.fill(POISON);
        (self.each)(&mut around[GUARD..][..len], src);
        (self.end)();
        let (before, rest) = around.split_at(GUARD);
        let (block, behind) = rest.split_at(len);
        if [before, behind].concat().iter().any(|byte| *byte != POISON) {
            return Err(format!("bytes beside a block of {len} were overwritten"));
        }
        if expected(block, src) { Ok(()) } else { Err(format!("wrong bytes in a block of {len}")) }
    }
}

impl<E: Fn(&mut [u8], &[u8]) + Send> Work for Blocks<E> {
    fn prepare(&mut self) {
        match self.heat {
            Heat::Nothing => {}
            Heat::Lap => self.run(),
            // SAFETY: sources are never written, and the matrix has no source that is larger than the cache.
            Heat::Source(part, len) => read(unsafe { slice::from_raw_parts(part.src, len.min(part.len)) }),
        }
        self.after.heat();
    }

    fn run(&mut self) {
        if matches!(self.after, After::Nothing) {
            // A loop of its own: nothing but the work between two blocks. An ordinary store there would cost as much as
            // a line on some CPUs.
            let mut places = self.places.clone();
            for _ in 0..self.count {
                self.each(places.next());
            }
            self.places = places;
        } else {
            for _ in 0..self.count {
                let block = self.places.next();
                self.each(block);
                // SAFETY: the block that was written; the matrix has nothing to be read where blocks are not drained.
                self.after.each(unsafe { block.sides() }.0);
            }
        }
        (self.end)();
    }
}
