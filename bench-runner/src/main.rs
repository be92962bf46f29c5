//! Measures what it is asked for on standard input and answers on standard output (`bench_runner::protocol`).

mod lap;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod lines;
mod loops;
mod peers;
mod races;

use std::io::{self, BufRead, Write};

use bench_runner::places::Arena;
use bench_runner::protocol::{Hello, Peers, Request};
use bench_runner::{Point, machine::Machine};
use memcpy_streaming::{Backend, Tuning};
use peers::Peer;
use races::{Race, Start};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    // The person's choice of a backend and of a tuning comes through the environment: perhaps to another machine.
    let chosen = Backend::from_env().map_err(io::Error::other)?;
    chosen.make_active().map_err(io::Error::other)?;
    Tuning::from_env().map_err(io::Error::other)?.make_active();
    let machine = Machine::read();
    let peers = peers::all(&machine);
    let hello = Hello {
        version: env!("CARGO_PKG_VERSION").to_string(),
        machine,
        active: Backend::active().to_string(),
        backends: Backend::available().map(|backend| backend.to_string()).collect(),
        peers: peers.iter().map(|peer| (peer.name.clone(), peer.version.clone())).collect(),
    };
    let mut session = Session { hello, peers, arena: None, race: None };
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(output, "{}", json!(session.answer(&line?)))?;
        output.flush()?;
    }
    Ok(())
}

/// What has been asked for so far.
struct Session {
    hello: Hello,
    peers: Vec<Peer>,
    arena: Option<Arena>,
    /// It points into the arena.
    race: Option<Race>,
}

impl Session {
    fn answer(&mut self, request: &str) -> Result<Value, String> {
        match serde_json::from_str(request).map_err(|error| format!("`{request}`: {error}"))? {
            Request::Hello => Ok(json!(self.hello)),
            Request::Arena { bytes, l2 } => self.arena(bytes, l2).map(Value::from),
            Request::Race { backends, peers, point } => {
                let race = self.race(&backends, peers, point)?;
                Ok(json!((&race.entrants, race.bytes)))
            }
            Request::Round => Ok(json!(self.race.as_mut().ok_or("no race")?.round())),
        }
    }

    fn arena(&mut self, bytes: usize, l2: usize) -> Result<(), String> {
        if !bytes.is_multiple_of(4096) || l2 < 4096 || l2 > bytes {
            return Err("an arena is whole pages, and larger than the cache".to_string());
        }
        self.race = None;
        self.arena = Some(Arena::new(bytes, l2).map_err(|error| format!("cannot map {bytes} bytes: {error}"))?);
        Ok(())
    }

    fn race(&mut self, backends: &[String], peers: Peers, point: Point) -> Result<&Race, String> {
        self.race = None;
        let arena = self.arena.as_mut().ok_or("no arena")?;
        let backends = backends.iter().map(|name| name.parse().map_err(|error| format!("{name}: {error}")));
        let backends = backends.collect::<Result<Vec<Backend>, _>>()?;
        let (peers, limit) = match peers {
            Peers::All => (&*self.peers, true),
            Peers::Libc => (&self.peers[..1], false),
            Peers::None => (&[][..], false),
        };
        let race = Start { point, backends: &backends, peers, limit, arena, race: Race::default() }.race()?;
        Ok(self.race.insert(race))
    }
}
