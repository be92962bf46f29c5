//! A race of blocks in the making.

use bench_runner::fills::FILL;
use bench_runner::places::Arena;
use bench_runner::protocol::{Entrant, LIMIT_CACHED_FILL, LIMIT_COPY, LIMIT_FILL, LIMIT_READ};
use bench_runner::{Op, Point};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use super::blocks::{Each, laps};
use super::bytes::is_done;
use super::{Race, limit};
use crate::peers::Run;
use crate::{lap, loops};

/// A race in the making.
pub(super) struct Start<'a> {
    pub(super) point: &'a Point,
    pub(super) arena: &'a mut Arena,
    pub(super) race: Race,
}

/// All that the machine can do at best with memory that is not in the cache, one stream a thread.
pub(super) fn limits(point: &Point, arena: &mut Arena) -> Result<Race, String> {
    let lap = point.size as usize;
    if lap > arena.part_len(point.threads) {
        return Err(format!("{lap} bytes for each of {} threads do not fit", point.threads));
    }
    let mut start = Start::new(point, arena, lap);
    start.fill()?;
    start.enter_as(limit(LIMIT_CACHED_FILL, ""), |dst, _| dst.fill(FILL), || {}, is_filled)?;
    start.fastest(LIMIT_READ, false)?;
    start.fastest(LIMIT_COPY, true)?;
    Ok(start.race)
}

impl<'a> Start<'a> {
    /// A race whose laps are `bytes` for each thread.
    pub(super) fn new(point: &'a Point, arena: &'a mut Arena, bytes: usize) -> Start<'a> {
        Start { point, arena, race: Race { bytes: (bytes * point.threads) as u64, ..Race::default() } }
    }

    /// Lets an entrant in that does each block as the point's operation does.
    pub(super) fn enter(&mut self, entrant: Entrant, each: impl Each) -> Result<(), String> {
        let op = self.point.op;
        self.enter_as(entrant, each, || {}, |dst, src| is_done(op, dst, src))
    }

    /// Verifies an entrant on every thread's memory and lets it in. `end` ends a lap.
    pub(super) fn enter_as(
        &mut self,
        entrant: Entrant,
        each: impl Each,
        end: fn(),
        expected: impl Fn(&[u8], &[u8]) -> bool,
    ) -> Result<(), String> {
        let mut laps = laps(self.point, self.arena, self.race.entrants.len(), &each, end)?;
        for lap in &mut laps {
            lap.verify(&expected).map_err(|error| format!("{}: {error}", entrant.name))?;
        }
        self.race.enter(entrant, laps);
        Ok(())
    }

    /// The machine's limits beside the others: the same blocks, drained at the end. A fill is one everywhere: it is what
    /// speeds are compared with from run to run. It is none of copies: for these there is the best copy loop besides.
    pub(super) fn limits(&mut self) -> Result<(), String> {
        self.fill()?;
        if self.point.op.copies() { self.fastest(LIMIT_COPY, true) } else { Ok(()) }
    }

    fn fill(&mut self) -> Result<(), String> {
        let streamer = Streamer::new();
        let each = move |dst: &mut [u8], _: &[u8]| {
            // SAFETY: a block; blocks of a lap are not the same, none is read, and the lap ends with a drain.
            unsafe { streamer.memset_streaming(dst.as_mut_ptr(), FILL, dst.len()) };
        };
        let entrant = limit(LIMIT_FILL, streamer.backend().name());
        self.enter_as(entrant, each, memcpy_streaming_drain, is_filled)
    }

    /// Lets the loop in, of those that copy or those that read, that is the fastest with such blocks, here and now.
    fn fastest(&mut self, name: &str, copies: bool) -> Result<(), String> {
        /// Which one it is does not change from here on, and larger blocks take long.
        const DECISIVE: u64 = 16 << 20;

        let point = Point { size: self.point.size.min(DECISIVE), ..*self.point };
        let mut candidates = Vec::new();
        for (place, (by, run)) in loops::all(copies).into_iter().enumerate() {
            let entrant = self.race.entrants.len() + place;
            let laps = laps(&point, self.arena, entrant, &calls(run), memcpy_streaming_drain)?;
            candidates.push(((by, run), laps));
        }
        let Some((by, run)) = lap::fastest(candidates) else { return Ok(()) };
        let expected = move |dst: &[u8], src: &[u8]| !copies || dst == src;
        self.enter_as(limit(name, &by), calls(run), memcpy_streaming_drain, expected)
    }
}

fn is_filled(dst: &[u8], src: &[u8]) -> bool {
    is_done(Op::Fill, dst, src)
}

/// A block by a function that copies.
pub(super) fn calls(run: Run) -> impl Each {
    // SAFETY: two sides of a block, as long as each other, which do not overlap. What is streamed is drained at the end of the lap, before
    // which no block of it comes again or is read.
    move |dst: &mut [u8], src: &[u8]| unsafe { run(dst.as_mut_ptr(), src.as_ptr(), dst.len()) }
}
