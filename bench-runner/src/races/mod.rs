//! Races: entrants that do the same work at a point of the matrix, a lap each in turn.

mod blocks;
mod entries;
mod limits;
mod memmap;
mod writer;

use bench_runner::protocol::{Entrant, Kind};
use bench_runner::{Op, Point};
use memcpy_streaming::{Backend, Streamer};

use crate::arena::Arena;
use crate::lap::{self, Work};
use crate::peers::Peer;

/// Who takes part.
pub(crate) struct Field<'a> {
    pub(crate) backends: &'a [Backend],
    pub(crate) peers: &'a [Peer],
    /// Whether the machine's limit runs beside them.
    pub(crate) limit: bool,
}

/// Entrants that have been verified.
pub(crate) struct Race {
    runners: Vec<Runner>,
    /// Bytes that all threads write in a lap.
    pub(crate) bytes: u64,
    turn: usize,
}

struct Runner {
    entrant: Entrant,
    threads: Vec<Box<dyn Work>>,
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
            Op::Limits => limits::race(point, arena),
            _ => entries::race(point, field, arena),
        }
    }

    fn empty(bytes: usize) -> Race {
        Race { runners: Vec::new(), bytes: bytes as u64, turn: 0 }
    }

    fn enter(&mut self, entrant: Entrant, threads: Vec<Box<dyn Work>>) {
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
    Entrant {
        name: backend.to_string(),
        kind: Kind::Ours,
        backend: backend.to_string(),
        streamed: streamed.to_string(),
    }
}

fn peer(peer: &Peer) -> Entrant {
    let streamed = if peer.streams { "yes" } else { "" };
    Entrant { name: peer.name.to_string(), kind: Kind::Peer, backend: String::new(), streamed: streamed.to_string() }
}

fn limit(name: &str, backend: &str) -> Entrant {
    let streamed = if backend.is_empty() { "no" } else { "yes" };
    Entrant { name: name.to_string(), kind: Kind::Limit, backend: backend.to_string(), streamed: streamed.to_string() }
}
