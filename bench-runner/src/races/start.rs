//! A race of blocks in the making.

use bench_runner::Point;
use bench_runner::places::{Block, Places};
use bench_runner::protocol::{Entrant, LIMIT_COPY, LIMIT_FILL};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use super::blocks::{self, Blocks, Heat};
use super::entries::{BYTE, is_copy, is_filled};
use super::{Race, Threads, choice, limit};
use crate::arena::Arena;
use crate::loops;

use crate::read::After;

/// Which loop copies fastest does not change from here on, and larger blocks take long.
const DECISIVE: u64 = 16 << 20;

/// A race in the making.
pub(super) struct Start<'a> {
    pub(super) point: &'a Point,
    pub(super) arena: &'a mut Arena,
    pub(super) race: Race,
}

impl Start<'_> {
    /// Verifies an entrant on every thread's memory and lets it in. `each` does a block, `end` ends a lap.
    pub(super) fn enter<E, F>(
        &mut self,
        entrant: Entrant,
        each: E,
        end: F,
        expected: fn(Block) -> bool,
    ) -> Result<(), String>
    where
        E: Fn(Block) + Copy + Send + 'static,
        F: Fn() + Copy + Send + 'static,
    {
        let point = self.point;
        let index = self.race.entrants().count();
        let mut threads: Threads = Vec::new();
        for thread in 0..point.threads {
            let part = self.arena.part(thread, point.threads);
            let mut work = Blocks {
                places: Places::new(point, part, index),
                count: blocks::per_lap(point),
                after: After::new(point.reread, part)?,
                heat: Heat::new(point, part),
                each,
                end,
            };
            // SAFETY: no other entrant runs now, and parts do not overlap.
            let verified = unsafe { blocks::verify(&mut work, part, expected) };
            verified.map_err(|error| format!("{}: {error}", entrant.name))?;
            threads.push(Box::new(work));
        }
        self.race.enter(entrant, threads);
        Ok(())
    }

    /// The machine's limits beside the others: the same blocks, drained at the end. A fill is one everywhere: it is what
    /// speeds are compared with from run to run. It is none of copies: for these there is the best copy loop besides.
    pub(super) fn limits(&mut self) -> Result<(), String> {
        let streamer = Streamer::new();
        self.enter(
            limit(LIMIT_FILL, streamer.backend().name()),
            // SAFETY: a block of the arena; blocks of a lap are not the same, none is read, and the lap ends with a drain.
            move |block| unsafe { streamer.memset_streaming(block.dst, BYTE, block.len) },
            memcpy_streaming_drain,
            is_filled,
        )?;
        if !self.point.op.copies() {
            return Ok(());
        }
        let Some(fastest) = self.fastest()? else { return Ok(()) };
        self.enter(
            limit(LIMIT_COPY, fastest.name),
            // SAFETY: as above; sources are never written.
            move |block| unsafe { fastest.run(block.dst, block.src, block.len) },
            memcpy_streaming_drain,
            is_copy,
        )
    }

    /// The loop that copies such blocks fastest, here and now.
    fn fastest(&mut self) -> Result<Option<loops::Loop>, String> {
        let point = Point { size: self.point.size.min(DECISIVE), ..*self.point };
        let index = self.race.entrants().count();
        let mut candidates = Vec::new();
        for (place, candidate) in loops::copies().into_iter().enumerate() {
            let mut threads: Threads = Vec::new();
            for thread in 0..point.threads {
                let part = self.arena.part(thread, point.threads);
                threads.push(Box::new(Blocks {
                    places: Places::new(&point, part, index + place),
                    count: blocks::per_lap(&point),
                    after: After::new(point.reread, part)?,
                    heat: Heat::new(&point, part),
                    // SAFETY: as for what enters the race.
                    each: move |block: Block| unsafe { candidate.run(block.dst, block.src, block.len) },
                    end: memcpy_streaming_drain,
                }));
            }
            candidates.push((candidate, threads));
        }
        Ok(choice::fastest(candidates))
    }
}
