//! Races: entrants that do the same work at a point of the matrix, a lap each in turn.

mod blocks;
mod entries;
mod memmap;
mod writer;

use bench_runner::fills::FILL;
use bench_runner::places::Arena;
use bench_runner::protocol::{Entrant, Kind, LIMIT_CACHED_FILL, LIMIT_COPY, LIMIT_FILL, LIMIT_READ};
use bench_runner::{Op, Point};
use memcpy_streaming::{Backend, Streamer, memcpy_streaming_drain};

use crate::lap::{self, Work};
use crate::loops;
use crate::peers::{Peer, Run};
use blocks::{Each, OfBlocks, POISON, is_all, laps};

/// Entrants that have been verified.
#[derive(Default)]
pub(crate) struct Race {
    /// In the order of their times.
    pub(crate) entrants: Vec<Entrant>,
    /// The work of each, on each thread.
    laps: Vec<Vec<Box<dyn Work>>>,
    /// Bytes that all threads write in a lap.
    pub(crate) bytes: u64,
    turn: usize,
}

impl Race {
    /// The entrant's work on each thread.
    fn enter(&mut self, entrant: Entrant, threads: Vec<Box<dyn Work>>) {
        self.entrants.push(entrant);
        self.laps.push(threads);
    }

    /// Nanoseconds of a lap of each; who follows whom changes from round to round.
    pub(crate) fn round(&mut self) -> Vec<u64> {
        let count = self.laps.len();
        let mut times = vec![0; count];
        self.turn += 1;
        for next in (0..count).map(|i| (i + self.turn) % count) {
            times[next] = lap::time(&mut self.laps[next]);
        }
        times
    }
}

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
    /// Sets up and verifies every entrant. An error if the point makes no sense, memory is too small, or wrong bytes are written.
    pub(crate) fn race(mut self) -> Result<Race, String> {
        if self.point.threads == 0 || self.point.size == 0 {
            return Err("a race needs threads, and bytes".to_string());
        }
        match self.point.op {
            Op::MemmapFsdax => self.memmap(0),
            Op::MemmapDevdax => self.memmap(9),
            Op::Writer => self.writer(),
            _ => self.entries(),
        }?;
        Ok(self.race)
    }

    /// Verifies an entrant on every thread's memory and lets it in. `end` ends a lap.
    fn enter(
        &mut self,
        entrant: Entrant,
        each: impl Each,
        end: fn(),
        expected: impl Fn(&[u8], &[u8]) -> bool,
    ) -> Result<(), String> {
        self.enter_laps(entrant, &|| Box::new(each.clone()), end, &expected)
    }

    /// What is the same for all entrants, compiled once.
    fn enter_laps(
        &mut self,
        entrant: Entrant,
        each: &dyn Fn() -> Box<dyn OfBlocks>,
        end: fn(),
        expected: &dyn Fn(&[u8], &[u8]) -> bool,
    ) -> Result<(), String> {
        let laps = laps(&self.point, self.arena, self.race.entrants.len(), each, end, expected);
        let laps = laps.map_err(|error| format!("{}: {error}", entrant.name))?;
        self.race.enter(entrant, laps);
        Ok(())
    }

    /// The machine's limits beside the others, or all of them alone: the same blocks, drained at the end. A fill is one everywhere: it is what
    /// speeds are compared with from run to run. It is none of copies: for these there is the best copy loop besides.
    fn limits(&mut self) -> Result<(), String> {
        let is_alone = self.point.op == Op::Limits;
        self.fill()?;
        if is_alone {
            let cached = entrant(LIMIT_CACHED_FILL, Kind::Limit, "", "no");
            self.enter(cached, |dst, _| dst.fill(FILL), || {}, |dst, _| is_all(dst, FILL))?;
            self.fastest(LIMIT_READ, false)?;
        }
        if is_alone || self.point.op.copies() { self.fastest(LIMIT_COPY, true) } else { Ok(()) }
    }

    fn fill(&mut self) -> Result<(), String> {
        let streamer = Streamer::new();
        let each = move |dst: &mut [u8], _: &[u8]| {
            // SAFETY: a block; blocks of a lap are not the same, none is read, and the lap ends with a drain.
            unsafe { streamer.memset_streaming(dst.as_mut_ptr(), FILL, dst.len()) };
        };
        let entrant = entrant(LIMIT_FILL, Kind::Limit, streamer.backend().name(), "yes");
        self.enter(entrant, each, memcpy_streaming_drain, |dst, _| is_all(dst, FILL))
    }

    /// Lets the loop in, of those that copy or those that read, that is the fastest with such blocks, here and now.
    fn fastest(&mut self, name: &str, copies: bool) -> Result<(), String> {
        /// Which one it is does not change from here on, and larger blocks take long.
        const DECISIVE: u64 = 16 << 20;

        let point = Point { size: self.point.size.min(DECISIVE), ..self.point };
        // Who reads leaves the destination as it is.
        let expected = |dst: &[u8], src: &[u8]| if copies { dst == src } else { is_all(dst, POISON) };
        let (loops, mut trial) = (loops::all(copies), Race::default());
        for (place, (by, run)) in loops.iter().enumerate() {
            let entrant = self.race.entrants.len() + place;
            let laps = laps(&point, self.arena, entrant, &|| Box::new(calls(*run)), memcpy_streaming_drain, &expected);
            trial.enter(other(by, ""), laps.map_err(|error| format!("{by}: {error}"))?);
        }
        let rounds = [(); 5].map(|()| trial.round());
        let median = |at: &usize| *rounds.each_ref().map(|times| times[*at]).select_nth_unstable(2).1;
        // Who is chosen runs again in the race: these laps are not among its times.
        let (by, run) = &loops[(0..loops.len()).min_by_key(median).ok_or("no loops")?];
        let entrant = entrant(name, Kind::Limit, by, if copies { "" } else { "no" });
        self.enter(entrant, calls(*run), memcpy_streaming_drain, expected)
    }
}

/// A block by a function that copies.
fn calls(run: Run) -> impl Each {
    // SAFETY: two sides of a block, as long as each other, which do not overlap. What is streamed is drained at the end of the lap, before
    // which no block of it comes again or is read.
    move |dst: &mut [u8], src: &[u8]| unsafe { run(dst.as_mut_ptr(), src.as_ptr(), dst.len()) }
}

/// The handle of a backend.
fn streamer(backend: Backend) -> Result<Streamer, String> {
    let streamer = Streamer::with_backend(backend).ok_or_else(|| format!("this CPU has no {backend}"))?;
    // What is measured is what is named.
    if streamer.backend() == backend { Ok(streamer) } else { Err(format!("asked for {backend}, got another")) }
}

fn ours(streamer: Streamer, streams: bool) -> Entrant {
    let backend = streamer.backend();
    let streamed = if streams && backend != Backend::Portable { "yes" } else { "no" };
    entrant(backend.name(), Kind::Ours, backend.name(), streamed)
}

/// Somebody else's code, what the compiler makes of plain code, or something else to compare with.
fn other(name: &str, streamed: &str) -> Entrant {
    entrant(name, Kind::Peer, "", streamed)
}

/// A limit of the machine runs by a backend or, where it is the fastest of several, by a loop.
fn entrant(name: &str, kind: Kind, backend: &str, streamed: &str) -> Entrant {
    Entrant { name: name.into(), kind, backend: backend.into(), streamed: streamed.into() }
}
