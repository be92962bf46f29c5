//! A race of blocks in the making.

use bench_runner::Point;
use bench_runner::places::{Block, Places};
use bench_runner::protocol::{Entrant, LIMIT_CACHED_FILL, LIMIT_COPY, LIMIT_FILL, LIMIT_READ};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use super::blocks::{self, Blocks, Heat};
use super::check::{BYTE, is_all, is_copy};
use super::{Race, Threads, choice, limit};
use crate::arena::Arena;
use crate::lap::Work;
use crate::loops::{self, Loop};
use crate::read::After;

/// Which loop copies fastest does not change from here on, and larger blocks take long.
const DECISIVE: u64 = 16 << 20;

/// A race in the making.
pub(super) struct Start<'a> {
    pub(super) point: &'a Point,
    pub(super) arena: &'a mut Arena,
    pub(super) race: Race,
}

impl<'a> Start<'a> {
    /// A race whose laps are `bytes` for each thread.
    pub(super) fn new(point: &'a Point, arena: &'a mut Arena, bytes: usize) -> Start<'a> {
        Start { point, arena, race: Race::empty(bytes * point.threads) }
    }

    /// Verifies an entrant on every thread's memory and lets it in. `each` does a block, `end` ends a lap.
    pub(super) fn enter(
        &mut self,
        entrant: Entrant,
        each: impl Fn(Block) + Clone + Send + 'static,
        end: fn(),
        expected: impl Fn(Block) -> bool,
    ) -> Result<(), String> {
        let mut threads: Threads = Vec::new();
        for thread in 0..self.point.threads {
            let mut work = self.blocks(self.point, thread, self.race.entrants().count(), each.clone(), end)?;
            let part = self.arena.part(thread, self.point.threads);
            // SAFETY: no other entrant runs now, and parts do not overlap.
            let verified = unsafe { blocks::verify(&mut work, part, &expected) };
            verified.map_err(|error| format!("{}: {error}", entrant.name))?;
            threads.push(Box::new(work));
        }
        self.race.enter(entrant, threads);
        Ok(())
    }

    fn blocks<E>(
        &mut self,
        point: &Point,
        thread: usize,
        entrant: usize,
        each: E,
        end: fn(),
    ) -> Result<Blocks<E>, String> {
        let part = self.arena.part(thread, point.threads);
        let (places, count) = (Places::new(point, part, entrant), blocks::per_lap(point));
        Ok(Blocks { places, count, after: After::new(point.reread, part)?, heat: Heat::new(point, part), each, end })
    }

    /// The machine's limits beside the others: the same blocks, drained at the end. A fill is one everywhere: it is what
    /// speeds are compared with from run to run. It is none of copies: for these there is the best copy loop besides.
    pub(super) fn limits(&mut self) -> Result<(), String> {
        self.fill()?;
        if self.point.op.copies() { self.fastest(LIMIT_COPY, loops::copies(), is_copy) } else { Ok(()) }
    }

    /// All that the machine can do at best with memory that is not in the cache, one stream a thread.
    pub(super) fn all_limits(&mut self) -> Result<(), String> {
        self.fill()?;
        // SAFETY: a block of the arena, which nobody else uses meanwhile.
        let cached = |block: Block| unsafe { block.dst.write_bytes(BYTE, block.len) };
        self.enter(limit(LIMIT_CACHED_FILL, ""), cached, || {}, is_all(BYTE))?;
        self.fastest(LIMIT_READ, loops::reads(), |_| true)?;
        self.fastest(LIMIT_COPY, loops::copies(), is_copy)
    }

    fn fill(&mut self) -> Result<(), String> {
        let streamer = Streamer::new();
        // SAFETY: a block of the arena; blocks of a lap are not the same, none is read, and the lap ends with a drain.
        let each = move |block: Block| unsafe { streamer.memset_streaming(block.dst, BYTE, block.len) };
        self.enter(limit(LIMIT_FILL, streamer.backend().name()), each, memcpy_streaming_drain, is_all(BYTE))
    }

    /// Lets the loop in that is the fastest with such blocks, here and now.
    fn fastest(&mut self, name: &str, loops: Vec<Loop>, expected: fn(Block) -> bool) -> Result<(), String> {
        // SAFETY: as for fills; sources are never written.
        let each = |one: Loop| move |block: Block| unsafe { one.run(block.dst, block.src, block.len) };
        let point = Point { size: self.point.size.min(DECISIVE), ..*self.point };
        let index = self.race.entrants().count();
        let mut candidates = Vec::new();
        for (place, one) in loops.into_iter().enumerate() {
            let mut threads: Threads = Vec::new();
            for thread in 0..point.threads {
                let work = self.blocks(&point, thread, index + place, each(one), memcpy_streaming_drain)?;
                threads.push(Box::new(work) as Box<dyn Work>);
            }
            candidates.push((one, threads));
        }
        match choice::fastest(candidates) {
            Some(one) => self.enter(limit(name, one.name), each(one), memcpy_streaming_drain, expected),
            None => Ok(()),
        }
    }
}
