//! A race of blocks in the making.

use bench_runner::fills::FILL;
use bench_runner::places::Arena;
use bench_runner::protocol::{Entrant, LIMIT_CACHED_FILL, LIMIT_COPY, LIMIT_FILL, LIMIT_READ};
use bench_runner::{Op, Point};
use memcpy_streaming::{Backend, Streamer, memcpy_streaming_drain};

use super::blocks::{Each, laps};
use super::bytes::is_done;
use super::{Race, limit};
use crate::peers::{Peer, Run};
use crate::{lap, loops};

/// A race in the making, and who takes part.
pub(crate) struct Start<'a> {
    pub(crate) point: Point,
    pub(crate) backends: &'a [Backend],
    pub(crate) peers: &'a [Peer],
    /// Whether the machine's limit runs beside them.
    pub(crate) limit: bool,
    pub(crate) arena: &'a mut Arena,
    pub(crate) race: Race,
}

impl Start<'_> {
    /// Sets up and verifies every entrant. An error if the point makes no sense, memory is too small for it, or an entrant writes wrong
    /// bytes.
    pub(crate) fn race(mut self) -> Result<Race, String> {
        if self.point.threads == 0 || self.point.size == 0 {
            return Err("a race needs threads, and bytes".to_string());
        }
        match self.point.op {
            Op::MemmapFsdax => self.memmap(0),
            Op::MemmapDevdax => self.memmap(9),
            Op::Writer => self.writer(),
            Op::Limits => self.all_limits(),
            _ => self.entries(),
        }?;
        Ok(self.race)
    }

    /// All that the machine can do at best with memory that is not in the cache, one stream a thread.
    fn all_limits(&mut self) -> Result<(), String> {
        let lap = self.point.size as usize;
        if lap > self.arena.part_len(self.point.threads) {
            return Err(format!("{lap} bytes for each of {} threads do not fit", self.point.threads));
        }
        self.race.bytes = (lap * self.point.threads) as u64;
        self.fill()?;
        self.enter_as(limit(LIMIT_CACHED_FILL, "", "no"), |dst, _| dst.fill(FILL), || {}, is_filled)?;
        self.fastest(LIMIT_READ, false)?;
        self.fastest(LIMIT_COPY, true)
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
        let mut laps = laps(&self.point, self.arena, self.race.entrants.len(), &each, end)?;
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
        let entrant = limit(LIMIT_FILL, streamer.backend().name(), "yes");
        self.enter_as(entrant, each, memcpy_streaming_drain, is_filled)
    }

    /// Lets the loop in, of those that copy or those that read, that is the fastest with such blocks, here and now.
    fn fastest(&mut self, name: &str, copies: bool) -> Result<(), String> {
        /// Which one it is does not change from here on, and larger blocks take long.
        const DECISIVE: u64 = 16 << 20;

        let point = Point { size: self.point.size.min(DECISIVE), ..self.point };
        let mut candidates = Vec::new();
        for (place, (by, run)) in loops::all(copies).into_iter().enumerate() {
            let entrant = self.race.entrants.len() + place;
            let laps = laps(&point, self.arena, entrant, &calls(run), memcpy_streaming_drain)?;
            candidates.push(((by, run), laps));
        }
        let (by, run) = lap::fastest(candidates);
        let entrant = limit(name, &by, if copies { "" } else { "no" });
        self.enter_as(entrant, calls(run), memcpy_streaming_drain, |dst, src| !copies || dst == src)
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
