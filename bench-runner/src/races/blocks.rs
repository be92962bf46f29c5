//! Work that goes block by block: what most races consist of.

use std::slice;

use bench_runner::memory::Mapping;
use bench_runner::places::{Arena, Block, Places};
use bench_runner::{Cache, Op, Point, Reread};

use crate::lap::Work;
use crate::loops::read;

/// What is done with a block: the destination, and the source, which are as long as each other.
pub(super) trait Each: Fn(&mut [u8], &[u8]) + Clone + Send + 'static {}

impl<F: Fn(&mut [u8], &[u8]) + Clone + Send + 'static> Each for F {}

/// Such work for a lap: all that is compiled for each entrant.
pub(super) trait OfBlocks: Send {
    fn one(&self, dst: &mut [u8], src: &[u8]);

    fn lap(&self, blocks: &mut Blocks);
}

impl<E: Each> OfBlocks for E {
    fn one(&self, dst: &mut [u8], src: &[u8]) {
        self(dst, src);
    }

    fn lap(&self, blocks: &mut Blocks) {
        /// Bytes that are written between two looks at the working set.
        const EVERY: usize = 256 << 10;

        let one = |block: Block| {
            // SAFETY: a block of the part, which has been written when the arena was made, and which nobody else uses during a lap.
            let (dst, src) = unsafe { block.sides() };
            self(dst, src);
        };
        if blocks.point.reread == Reread::No {
            // A loop of its own: nothing but the work between two blocks. An ordinary store there would cost as much as
            // a line on some CPUs.
            let mut places = blocks.places.clone();
            for _ in 0..blocks.count {
                one(places.next());
            }
            blocks.places = places;
        } else {
            for _ in 0..blocks.count {
                let block = blocks.places.next();
                one(block);
                blocks.since += block.len;
                match blocks.point.reread {
                    // SAFETY: the block that was written; the matrix has nothing to be read where blocks are not drained.
                    Reread::Yes => read(unsafe { block.sides() }.0),
                    _ if blocks.since >= EVERY => blocks.read_set(),
                    _ => {}
                }
            }
        }
    }
}

/// What a wrong byte looks like: no source and no pattern has a run of them.
pub(super) const POISON: u8 = 0xee;

/// Page by page without a way out of each: a gigabyte is looked at byte by byte otherwise.
pub(super) fn is_all(bytes: &[u8], byte: u8) -> bool {
    bytes.chunks(4096).all(|page| page.iter().fold(0, |differs, other| differs | (other ^ byte)) == 0)
}

/// The blocks of a thread's lap.
pub(super) struct Blocks {
    point: Point,
    part: Block,
    places: Places,
    count: usize,
    /// What else is to be in the second-level cache, and the bytes that were written since it was read.
    set: Option<Mapping>,
    since: usize,
}

impl Blocks {
    fn read_set(&mut self) {
        self.since = 0;
        if let Some(set) = &self.set {
            read(set.bytes());
        }
    }
}

/// A thread's lap, with `end` after the last block.
struct Lap {
    blocks: Blocks,
    l2: usize,
    each: Box<dyn OfBlocks>,
    end: fn(),
}

/// How many blocks a lap has.
pub(super) fn per_lap(point: &Point) -> usize {
    // Bytes of a lap of one thread: fewer where blocks are so small that they take much longer, and where everything is in the cache.
    let bytes = if point.size < 1 << 10 || point.cache == Cache::Hot { 1 << 20 } else { 4 << 20 };
    // Of a mix each length of the table once.
    if point.op == Op::Mix { 256 } else { (bytes / point.size as usize).max(1) }
}

/// The lap of each thread, in parts of the arena that do not overlap. An error if one does not do what is `expected`.
pub(super) fn laps(
    point: &Point,
    arena: &mut Arena,
    entrant: usize,
    each: &dyn Fn() -> Box<dyn OfBlocks>,
    end: fn(),
    expected: &dyn Fn(&[u8], &[u8]) -> bool,
) -> Result<Vec<Box<dyn Work>>, String> {
    let (point, l2, count) = (*point, arena.l2, per_lap(point));
    let laps = (0..point.threads).map(|thread| -> Result<Box<dyn Work>, String> {
        let part = arena.part(thread, point.threads);
        let set = (point.reread == Reread::Victim).then(|| Mapping::written(l2 / 2, 0x71c << 40)).transpose();
        let set = set.map_err(|error| format!("cannot map a working set: {error}"))?;
        let places = Places::new(&point, part, l2, entrant);
        let mut lap = Lap { blocks: Blocks { point, part, places, count, set, since: 0 }, l2, each: each(), end };
        lap.verify(expected)?;
        Ok(Box::new(lap))
    });
    laps.collect()
}

impl Lap {
    /// Runs a lap, and looks at its last block. Then runs one block between guards. An error if a byte is not what it is `expected` to be.
    fn verify(&mut self, expected: &dyn Fn(&[u8], &[u8]) -> bool) -> Result<(), String> {
        /// Bytes on both sides of a block that must stay as they were.
        const GUARD: usize = 64;

        let (mut ahead, count) = (self.blocks.places.clone(), self.blocks.count);
        let last = (0..count).map(|_| ahead.next()).last().ok_or("a lap has no blocks")?;
        let len = last.len;
        // SAFETY: a block of the part, which has been written when the arena was made, and which nobody else uses.
        unsafe { last.dst.write_bytes(POISON, len) };
        self.run();
        // SAFETY: the same; the lap is over.
        let (dst, src) = unsafe { last.sides() };
        if !expected(dst, src) {
            return Err(format!("wrong bytes in the last of {count} blocks of {len} bytes"));
        }
        let part = self.blocks.part;
        if len + 4 * GUARD > part.len {
            return Ok(());
        }
        // Where a block of the race would begin within a line.
        let first = part.dst.wrapping_add(last.dst.addr() % GUARD);
        // SAFETY: the guards and the block are in the part; the slice above is not used any more.
        let around = unsafe { slice::from_raw_parts_mut(first, GUARD + len + GUARD) };
        around.fill(POISON);
        self.each.one(&mut around[GUARD..][..len], src);
        (self.end)();
        if !expected(&around[GUARD..][..len], src) {
            return Err(format!("wrong bytes in a block of {len}"));
        }
        let is_intact = [&around[..GUARD], &around[GUARD + len..]].concat() == [POISON; 2 * GUARD];
        if is_intact { Ok(()) } else { Err(format!("bytes beside a block of {len} were overwritten")) }
    }
}

impl Work for Lap {
    fn prepare(&mut self) {
        match self.blocks.point.cache {
            Cache::Hot => self.run(),
            Cache::HotSource => {
                // The first of them, where all blocks are from. SAFETY: sources are never written.
                let sources = unsafe { self.blocks.part.sides() }.1;
                let size = self.blocks.point.size as usize;
                read(&sources[..(self.l2 / 2).max(size).min(sources.len())]);
            }
            Cache::ColdSequential | Cache::ColdRandom => {}
        }
        self.blocks.read_set();
    }

    fn run(&mut self) {
        self.each.lap(&mut self.blocks);
        (self.end)();
    }
}
