//! Races: entrants that do the same work at a point of the matrix, a lap each in turn.

mod blocks;
mod check;
mod choice;
mod entries;
mod memmap;
mod persist;
mod rows;
mod start;
mod threads;
mod values;
mod writer;

use bench_runner::protocol::{Entrant, Kind, LIMIT_COPY, LIMIT_FILL};
use bench_runner::{Op, Point};
use memcpy_streaming::{Backend, Streamer};

use crate::arena::Arena;
use crate::lap::{self, Work};
use crate::peers::Peer;
use start::Start;

/// Who takes part.
pub(crate) struct Field<'a> {
    pub(crate) backends: &'a [Backend],
    pub(crate) peers: &'a [Peer],
    /// Whether the machine's limit runs beside them.
    pub(crate) limit: bool,
}

impl Field<'_> {
    /// The backends that take part. A lap of an extent takes as long as hundreds of others, so that one of them has to do there: the one
    /// that the process uses.
    fn of(&self, op: Op) -> &[Backend] {
        if !op.is_extent() {
            return self.backends;
        }
        let active = self.backends.iter().position(|backend| *backend == Backend::active());
        let one = active.unwrap_or(0);
        self.backends.get(one..=one).unwrap_or_default()
    }
}

/// An entrant's share of the work of each thread.
type Threads = Vec<Box<dyn Work>>;

/// Entrants that have been verified.
pub(crate) struct Race {
    runners: Vec<Runner>,
    /// Bytes that all threads write in a lap.
    pub(crate) bytes: u64,
    turn: usize,
}

struct Runner {
    entrant: Entrant,
    threads: Threads,
}

impl Race {
    /// Sets up and verifies every entrant.
    ///
    /// # Errors
    /// If the point makes no sense, memory is too small for it, or an entrant writes wrong bytes.
    pub(crate) fn new(point: &Point, field: &Field<'_>, arena: &mut Arena) -> Result<Race, String> {
        if point.threads == 0 || point.size == 0 {
            return Err("a race needs threads, and bytes".to_string());
        }
        match point.op {
            Op::MemmapFsdax => memmap::race(point, 0, field, arena),
            Op::MemmapDevdax => memmap::race(point, 9, field, arena),
            Op::Writer => writer::race(point, field, arena),
            Op::Limits => {
                let lap = point.size as usize;
                if lap > arena.part_len(point.threads) {
                    return Err(format!("{lap} bytes for each of {} threads do not fit", point.threads));
                }
                let mut start = Start::new(point, arena, lap);
                start.all_limits()?;
                Ok(start.race)
            }
            _ => entries::race(point, field, arena),
        }
    }

    fn empty(bytes: usize) -> Race {
        Race { runners: Vec::new(), bytes: bytes as u64, turn: 0 }
    }

    fn enter(&mut self, entrant: Entrant, threads: Threads) {
        self.runners.push(Runner { entrant, threads });
    }

    /// Who takes part, in the order of their times.
    pub(crate) fn entrants(&self) -> impl Iterator<Item = &Entrant> {
        self.runners.iter().map(|runner| &runner.entrant)
    }

    /// A lap of each; who follows whom changes from round to round.
    pub(crate) fn round(&mut self) -> Vec<u64> {
        let count = self.runners.len();
        let mut times = vec![0; count];
        self.turn += 1;
        for i in 0..count {
            let next = (i + self.turn) % count;
            times[next] = lap::time(&mut self.runners[next].threads);
        }
        times
    }
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

fn peer(peer: &Peer) -> Entrant {
    entrant(peer.name, Kind::Peer, "", if peer.streams { "yes" } else { "" })
}

/// What the compiler makes of plain code, or something else to compare with.
fn plain(name: &str, streamed: &str) -> Entrant {
    entrant(name, Kind::Peer, "", streamed)
}

/// A limit of the machine, by a backend or, where it is the fastest of several, by a loop.
fn limit(name: &str, by: &str) -> Entrant {
    let streamed = match name {
        LIMIT_FILL => "yes",
        LIMIT_COPY => "",
        _ => "no",
    };
    entrant(name, Kind::Limit, by, streamed)
}

fn entrant(name: &str, kind: Kind, backend: &str, streamed: &str) -> Entrant {
    Entrant { name: name.to_string(), kind, backend: backend.to_string(), streamed: streamed.to_string() }
}
