//! What the machine can do at best with memory that is not in the cache, one stream a thread: filling, reading and copying.

use bench_runner::Point;
use bench_runner::places::Part;
use bench_runner::protocol::{LIMIT_CACHED_FILL, LIMIT_COPY, LIMIT_FILL, LIMIT_READ};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use super::{Race, Threads, choice, limit};
use crate::arena::Arena;
use crate::lap::Work;
use crate::loops::{self, Loop};

/// Not zero.
const BYTE: u8 = 0xa5;

/// A share of the arena, gone through in laps.
struct Stream<F> {
    part: Part,
    lap: usize,
    at: usize,
    each: F,
}

impl<F: Fn(*mut u8, *const u8, usize) + Send> Work for Stream<F> {
    fn prepare(&mut self) {}

    fn run(&mut self) {
        (self.each)(self.part.dst.wrapping_add(self.at), self.part.src.wrapping_add(self.at), self.lap);
        self.at = if self.at + 2 * self.lap > self.part.len { 0 } else { self.at + self.lap };
    }
}

pub(super) fn race(point: &Point, arena: &mut Arena) -> Result<Race, String> {
    let lap = point.size as usize;
    if lap > arena.part_len(point.threads) {
        return Err(format!("{lap} bytes for each of {} threads do not fit", point.threads));
    }
    let mut start = Start { point, arena, race: Race::empty(lap * point.threads) };
    let streamer = Streamer::new();
    // SAFETY: a lap of the arena's part, which nobody else uses meanwhile; drained.
    let streamed = move |dst: *mut u8, _: *const u8, len: usize| unsafe {
        streamer.memset_streaming(dst, BYTE, len);
        memcpy_streaming_drain();
    };
    // SAFETY: as above.
    let cached = |dst: *mut u8, _: *const u8, len: usize| unsafe { dst.write_bytes(BYTE, len) };
    start.enter((LIMIT_FILL, streamer.backend().name()), streamed, is_filled)?;
    start.enter((LIMIT_CACHED_FILL, ""), cached, is_filled)?;
    if let Some(fastest) = start.fastest(loops::reads()) {
        start.enter((LIMIT_READ, fastest.name), each(fastest), |_, _| true)?;
    }
    if let Some(fastest) = start.fastest(loops::copies()) {
        start.enter((LIMIT_COPY, fastest.name), each(fastest), |written, source| written == source)?;
    }
    Ok(start.race)
}

/// A lap of a loop, drained.
fn each(candidate: Loop) -> impl Fn(*mut u8, *const u8, usize) + Copy + Send + 'static {
    move |dst, src, len| {
        // SAFETY: a lap of the arena's part, which nobody else uses meanwhile; sources are never written; drained.
        unsafe { candidate.run(dst, src, len) };
        memcpy_streaming_drain();
    }
}

fn is_filled(written: &[u8], _: &[u8]) -> bool {
    written.iter().all(|byte| *byte == BYTE)
}

/// A race in the making.
struct Start<'a> {
    point: &'a Point,
    arena: &'a mut Arena,
    race: Race,
}

impl Start<'_> {
    /// Lets a limit in once the first lap of each thread has left what is `expected` of the destination, given the source.
    fn enter(
        &mut self,
        (name, by): (&str, &str),
        each: impl Fn(*mut u8, *const u8, usize) + Copy + Send + 'static,
        expected: fn(&[u8], &[u8]) -> bool,
    ) -> Result<(), String> {
        let mut threads: Threads = Vec::new();
        for thread in 0..self.point.threads {
            let mut stream = self.stream(thread, each);
            let Part { dst, src, .. } = stream.part;
            // SAFETY: the part's first lap, which nobody uses now.
            unsafe { dst.write_bytes(!BYTE, stream.lap) };
            stream.run();
            // SAFETY: the same, written by now, and as much of the source.
            let (written, source) =
                unsafe { (std::slice::from_raw_parts(dst, stream.lap), std::slice::from_raw_parts(src, stream.lap)) };
            if !expected(written, source) {
                return Err(format!("{name}: wrong bytes"));
            }
            // Each limit has the arena's quarter to itself for a while: what another one has read may still be in the cache.
            stream.at = self.laps() * self.race.entrants().count() / 4 * stream.lap;
            threads.push(Box::new(stream));
        }
        self.race.enter(limit(name, by), threads);
        Ok(())
    }

    /// The fastest of some loops, here and now.
    fn fastest(&mut self, candidates: Vec<Loop>) -> Option<Loop> {
        let laps = self.laps();
        let with_threads = |(place, candidate): (usize, Loop)| {
            let streams = (0..self.point.threads).map(|thread| -> Box<dyn Work> {
                let mut stream = self.stream(thread, each(candidate));
                stream.at = place * 3 % laps * stream.lap;
                Box::new(stream)
            });
            (candidate, streams.collect())
        };
        choice::fastest(candidates.into_iter().enumerate().map(with_threads).collect())
    }

    /// How many laps a thread's part has.
    fn laps(&mut self) -> usize {
        self.arena.part(0, self.point.threads).len / self.point.size as usize
    }

    fn stream<F>(&mut self, thread: usize, each: F) -> Stream<F> {
        let part = self.arena.part(thread, self.point.threads);
        Stream { part, lap: self.point.size as usize, at: 0, each }
    }
}
