//! What the machine can do at best: filling and reading memory that is not in the cache, one stream a thread.

use bench_runner::Point;
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use super::{Race, limit};
use crate::arena::{Arena, Part};
use crate::lap::Work;
use crate::read::read;

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
    if lap > arena.len() / point.threads / 4096 * 4096 {
        return Err(format!("{lap} bytes for each of {} threads are more than {}", point.threads, arena.len()));
    }
    let mut race = Race::empty(lap * point.threads);
    let streamer = Streamer::new();
    // SAFETY: a lap of the arena's part, which nobody else uses meanwhile; drained.
    let streamed = move |dst: *mut u8, _: *const u8, len: usize| unsafe {
        streamer.memset_streaming(dst, BYTE, len);
        memcpy_streaming_drain();
    };
    // SAFETY: as above.
    let cached = |dst: *mut u8, _: *const u8, len: usize| unsafe { dst.write_bytes(BYTE, len) };
    // SAFETY: as above; sources are never written.
    let reading = |_: *mut u8, src: *const u8, len: usize| unsafe { read(src, len) };
    enter(&mut race, point, arena, ("limit-fill", streamer.backend().name()), true, streamed)?;
    enter(&mut race, point, arena, ("limit-cached-fill", ""), true, cached)?;
    enter(&mut race, point, arena, ("limit-read", ""), false, reading)?;
    Ok(race)
}

fn enter(
    race: &mut Race,
    point: &Point,
    arena: &mut Arena,
    (name, backend): (&str, &str),
    writes: bool,
    each: impl Fn(*mut u8, *const u8, usize) + Copy + Send + 'static,
) -> Result<(), String> {
    let mut threads: Vec<Box<dyn Work>> = Vec::new();
    for thread in 0..point.threads {
        let part = arena.part(thread, point.threads);
        let mut stream = Stream { part, lap: point.size as usize, at: 0, each };
        if writes {
            // SAFETY: the part's first lap, which nobody uses now.
            unsafe { part.dst.write_bytes(!BYTE, stream.lap) };
            stream.run();
            // SAFETY: the same, written by now.
            let written = unsafe { std::slice::from_raw_parts(part.dst, stream.lap) };
            if written.iter().any(|byte| *byte != BYTE) {
                return Err(format!("{name}: wrong bytes"));
            }
        }
        threads.push(Box::new(stream));
    }
    race.enter(limit(name, backend), threads);
    Ok(())
}
