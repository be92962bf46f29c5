//! Races: entrants that do the same work at a point of the matrix, a lap each in turn.

mod blocks;
mod bytes;
mod entries;
mod memmap;
mod start;
mod writer;

use bench_runner::protocol::{Entrant, Kind};
use memcpy_streaming::{Backend, Streamer};

use crate::lap::{self, Work};
pub(crate) use start::Start;

/// Entrants that have been verified.
#[derive(Default)]
pub(crate) struct Race {
    /// In the order of their times.
    pub(crate) entrants: Vec<Entrant>,
    /// Each runs a lap, and answers nanoseconds.
    laps: Vec<Box<dyn FnMut() -> u64>>,
    /// Bytes that all threads write in a lap.
    pub(crate) bytes: u64,
    turn: usize,
}

impl Race {
    /// The entrant's work on each thread.
    fn enter(&mut self, entrant: Entrant, mut threads: Vec<impl Work + 'static>) {
        self.entrants.push(entrant);
        self.laps.push(Box::new(move || lap::time(&mut threads)));
    }

    /// A lap of each; who follows whom changes from round to round.
    pub(crate) fn round(&mut self) -> Vec<u64> {
        let count = self.laps.len();
        let mut times = vec![0; count];
        self.turn += 1;
        for next in (0..count).map(|i| (i + self.turn) % count) {
            times[next] = (self.laps[next])();
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

/// Somebody else's code, what the compiler makes of plain code, or something else to compare with.
fn other(name: &str, streamed: &str) -> Entrant {
    entrant(name, Kind::Peer, "", streamed)
}

/// A limit of the machine, by a backend or, where it is the fastest of several, by a loop.
fn limit(name: &str, by: &str, streamed: &str) -> Entrant {
    entrant(name, Kind::Limit, by, streamed)
}

fn entrant(name: &str, kind: Kind, backend: &str, streamed: &str) -> Entrant {
    Entrant { name: name.into(), kind, backend: backend.into(), streamed: streamed.into() }
}
