//! A log: records appended by a `Writer`, and by `copy_from_slice`.

use std::slice;

use bench_runner::places::Part;
use bench_runner::protocol::{Entrant, Kind, LIMIT_FILL};
use bench_runner::{Cache, Ends, Point, Reread};
use memcpy_streaming::Streamer;

use super::{Field, Race, limit, ours, streamer};
use crate::arena::Arena;
use crate::lap::Work;

/// Bytes of a lap of one thread.
const LAP: usize = 4 << 20;

/// What logs hold after the number of the record.
const FILLING: u8 = 0x5a;

/// How the log is written.
#[derive(Clone, Copy)]
enum Way {
    Writer(Streamer),
    /// By ordinary stores.
    Slices,
    /// Not record by record: the machine's limit, a streaming fill.
    Fill(Streamer),
}

struct Log {
    part: Part,
    at: usize,
    len: usize,
    record: Vec<u8>,
    way: Way,
}

impl Work for Log {
    fn prepare(&mut self) {}

    fn run(&mut self) {
        // SAFETY: the lap's bytes of a part that nobody else uses meanwhile.
        let log = unsafe { slice::from_raw_parts_mut(self.part.dst.wrapping_add(self.at), self.len) };
        let record = &mut self.record[..];
        match self.way {
            Way::Writer(streamer) => streamer.scope(|scope| {
                let mut writer = scope.writer(log);
                append(record, |record| writer.append(record).is_ok());
            }),
            Way::Slices => {
                let mut at = 0;
                append(record, |record| {
                    let Some(place) = log.get_mut(at..at + record.len()) else { return false };
                    place.copy_from_slice(record);
                    at += record.len();
                    true
                });
            }
            Way::Fill(streamer) => streamer.fill(log, FILLING),
        }
        self.at = if self.at + 2 * self.len > self.part.len { 0 } else { self.at + self.len };
    }
}

/// Makes a record, as logs do, with a number in front that is new each time, until the log is full.
fn append(record: &mut [u8], mut write: impl FnMut(&[u8]) -> bool) {
    for number in 0_u64.. {
        record[..8].copy_from_slice(&number.to_le_bytes());
        if !write(record) {
            return;
        }
    }
}

pub(super) fn race(point: &Point, field: &Field<'_>, arena: &mut Arena) -> Result<Race, String> {
    let size = point.size as usize;
    if point.ends != Ends::Aligned || point.cache != Cache::ColdSequential || point.reread != Reread::No || size < 8 {
        return Err("a log has records of 8 bytes or more, is not in the cache, and is not read".to_string());
    }
    let len = LAP.max(size) / size * size;
    if len > arena.part_len(point.threads) {
        return Err(format!("records of {size} bytes are too large for the arena"));
    }
    let mut race = Race::empty(len * point.threads);
    for &backend in field.backends {
        let streamer = streamer(backend)?;
        enter(&mut race, point, arena, len, ours(streamer, true), Way::Writer(streamer))?;
    }
    if field.peers.iter().any(|peer| peer.name == "libc") {
        let entrant = Entrant {
            name: "copy_from_slice".to_string(),
            kind: Kind::Peer,
            backend: String::new(),
            streamed: "no".to_string(),
        };
        enter(&mut race, point, arena, len, entrant, Way::Slices)?;
    }
    if field.limit {
        let streamer = Streamer::new();
        let entrant = limit(LIMIT_FILL, streamer.backend().name());
        enter(&mut race, point, arena, len, entrant, Way::Fill(streamer))?;
    }
    Ok(race)
}

fn enter(
    race: &mut Race,
    point: &Point,
    arena: &mut Arena,
    len: usize,
    entrant: Entrant,
    way: Way,
) -> Result<(), String> {
    let size = point.size as usize;
    let index = race.entrants().count();
    let mut threads: Vec<Box<dyn Work>> = Vec::new();
    for thread in 0..point.threads {
        let part = arena.part(thread, point.threads);
        let laps = part.len / len;
        let mut log = Log { part, at: laps / 8 * (index % 8) * len, len, record: vec![FILLING; size], way };
        let first = part.dst.wrapping_add(log.at);
        // SAFETY: the log's bytes, which nobody uses now.
        unsafe { first.write_bytes(!FILLING, len) };
        log.run();
        // SAFETY: the same, written by now.
        let written = unsafe { slice::from_raw_parts(first, len) };
        let right = written.chunks_exact(size).enumerate().all(|(number, record)| {
            let head = if matches!(way, Way::Fill(_)) { [FILLING; 8] } else { (number as u64).to_le_bytes() };
            record[..8] == head && record[8..].iter().all(|byte| *byte == FILLING)
        });
        if !right {
            return Err(format!("{}: wrong bytes in a log of {size}-byte records", entrant.name));
        }
        threads.push(Box::new(log));
    }
    race.enter(entrant, threads);
    Ok(())
}
