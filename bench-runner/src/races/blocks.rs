//! Work that goes block by block: what most races consist of.

use bench_runner::places::{Block, Part, Places};
use bench_runner::{Cache, Op, Point};

use crate::lap::Work;

use crate::read::{After, read};

/// Bytes of a lap of one thread.
const LAP: usize = 4 << 20;
/// The same for blocks so small that they take much longer, and where everything is in the cache.
const SHORT_LAP: usize = 1 << 20;
/// What is small.
const SMALL: u64 = 1 << 10;

/// How many blocks a lap has.
pub(super) fn per_lap(point: &Point) -> usize {
    if point.op == Op::Mix {
        // Each length of the table once.
        return 256;
    }
    let bytes = if point.size < SMALL || point.cache == Cache::Hot { SHORT_LAP } else { LAP };
    (bytes / point.size as usize).max(1)
}

/// A lap of blocks, each done by `each`, with `end` after the last.
pub(super) struct Blocks<E> {
    pub(super) places: Places,
    pub(super) count: usize,
    pub(super) after: After,
    pub(super) heat: Heat,
    pub(super) each: E,
    pub(super) end: fn(),
}

/// What is brought into the cache before a lap.
#[derive(Clone, Copy)]
pub(super) enum Heat {
    Nothing,
    /// Everything: the lap is run.
    Lap,
    /// The part's first bytes, from which the sources are.
    Source(Part, usize),
}

impl Heat {
    pub(super) fn new(point: &Point, part: Part) -> Heat {
        match point.cache {
            Cache::Hot => Heat::Lap,
            Cache::HotSource => Heat::Source(part, (part.l2 / 2).max(point.size as usize)),
            Cache::ColdSequential | Cache::ColdRandom => Heat::Nothing,
        }
    }
}

impl<E: Fn(Block) + Send> Work for Blocks<E> {
    fn prepare(&mut self) {
        match self.heat {
            Heat::Nothing => {}
            Heat::Lap => self.run(),
            // SAFETY: sources are never written, and the matrix has no source that is larger than the cache.
            Heat::Source(part, len) => unsafe { read(part.src, len.min(part.len)) },
        }
        self.after.heat();
    }

    fn run(&mut self) {
        if matches!(self.after, After::Nothing) {
            // A loop of its own: nothing but the work between two blocks. An ordinary store there would cost as much as
            // a line on some CPUs.
            let mut places = self.places.clone();
            for _ in 0..self.count {
                (self.each)(places.next());
            }
            self.places = places;
        } else {
            for _ in 0..self.count {
                let block = self.places.next();
                (self.each)(block);
                // SAFETY: the block that was written; the matrix has nothing to be read where blocks are not drained.
                unsafe { self.after.each(block.dst, block.len) };
            }
        }
        (self.end)();
    }
}

/// What a wrong byte looks like: no source and no pattern has a run of them.
const POISON: u8 = 0xee;

/// Bytes on both sides of a block that must stay as they were.
const GUARD: usize = 64;

/// Runs a lap, and checks the bytes of its last block. Then runs one block between guards.
///
/// # Errors
/// If a byte is not what `expected` says of a block.
///
/// # Safety
/// `part` is memory that nobody else uses meanwhile, and `work` is a lap in it.
pub(super) unsafe fn verify<E: Fn(Block) + Send>(
    work: &mut Blocks<E>,
    part: Part,
    expected: impl Fn(Block) -> bool,
) -> Result<(), String> {
    let mut ahead = work.places.clone();
    let last = (0..work.count).map(|_| ahead.next()).last().ok_or("a lap has no blocks")?;
    // SAFETY: a block of the part.
    unsafe { last.dst.write_bytes(POISON, last.len) };
    work.run();
    if !expected(last) {
        return Err(format!("wrong bytes in the last of {} blocks of {} bytes", work.count, last.len));
    }
    let len = last.len;
    if len + 4 * GUARD > part.len {
        return Ok(());
    }
    // Where a block of the race would begin within a line.
    let offset = last.dst.addr() % GUARD;
    let block = Block { dst: part.dst.wrapping_add(GUARD + offset), src: last.src, len };
    // SAFETY: the guards and the block are in the part.
    let intact = unsafe {
        let first = block.dst.sub(GUARD);
        first.write_bytes(POISON, GUARD + len + GUARD);
        (work.each)(block);
        (work.end)();
        let is_poison = |at: *const u8| std::slice::from_raw_parts(at, GUARD).iter().all(|byte| *byte == POISON);
        is_poison(first) && is_poison(block.dst.add(len))
    };
    if !intact {
        return Err(format!("bytes beside a block of {len} were overwritten"));
    }
    if !expected(block) {
        return Err(format!("wrong bytes in a block of {len}"));
    }
    Ok(())
}
