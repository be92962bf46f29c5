//! Measures what it is asked for on standard input and answers on standard output (`bench_runner::protocol`).

mod arena;
mod lap;
mod loops;
mod peers;
mod races;
mod read;

use std::io::{self, BufRead, Write};

use arena::Arena;
use bench_runner::protocol::{END, ERROR, HELLO, READY};
use bench_runner::{Point, machine};
use memcpy_streaming::{Backend, Tuning};
use peers::Peer;
use races::{Field, Race};

fn main() -> io::Result<()> {
    // The person's choice of a backend and of a tuning comes through the environment: perhaps to another machine.
    let chosen = Backend::from_env().map_err(io::Error::other)?;
    chosen.make_active().map_err(io::Error::other)?;
    Tuning::from_env().map_err(io::Error::other)?.make_active();
    let mut session = Session { peers: peers::all(), arena: None, race: None };
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = session.answer(&line?).unwrap_or_else(|error| format!("{ERROR}\t{error}"));
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// What is known of this machine, by the names that the results have for it.
fn facts() -> impl Iterator<Item = (&'static str, String)> {
    let facts = [
        ("cpu", machine::cpu()),
        ("tuning", Some(machine::tuning())),
        ("kernel", machine::kernel()),
        ("l2_bytes", machine::cache(2).map(|bytes| bytes.to_string())),
        ("l3_bytes", machine::cache(3).map(|bytes| bytes.to_string())),
    ];
    facts.into_iter().filter_map(|(name, fact)| Some((name, fact?)))
}

/// What has been asked for so far.
struct Session {
    peers: Vec<Peer>,
    arena: Option<Arena>,
    race: Option<Race>,
}

impl Session {
    /// The lines that answer a request.
    fn answer(&mut self, request: &str) -> Result<String, String> {
        let (verb, rest) = request.split_once(' ').unwrap_or((request, ""));
        match verb {
            "hello" => Ok(self.hello()),
            "arena" => self.arena(rest),
            "race" => self.start(rest),
            "round" => self.round(),
            _ => Err(format!("unknown request `{verb}`")),
        }
    }

    fn hello(&self) -> String {
        let mut lines = vec![
            format!("{HELLO}\tarch\t{}", std::env::consts::ARCH),
            format!("{HELLO}\tthreads\t{}", std::thread::available_parallelism().map_or(1, usize::from)),
            format!("{HELLO}\tversion\t{}", env!("CARGO_PKG_VERSION")),
            format!("{HELLO}\tactive\t{}", Backend::active()),
        ];
        lines.extend(facts().map(|(name, fact)| format!("{HELLO}\tfact {name}\t{fact}")));
        lines.extend(Backend::available().map(|backend| format!("{HELLO}\tbackend\t{backend}")));
        lines.extend(self.peers.iter().map(|peer| format!("{HELLO}\tpeer {}\t{}", peer.name, peer.version)));
        lines.push(END.to_string());
        lines.join("\n")
    }

    fn arena(&mut self, sizes: &str) -> Result<String, String> {
        let number = |text: &str| text.parse::<usize>().map_err(|error| format!("{text}: {error}"));
        let (bytes, l2) = sizes.split_once(' ').ok_or("an arena has two sizes")?;
        let (bytes, l2) = (number(bytes)?, number(l2)?);
        if !bytes.is_multiple_of(4096) || l2 < 4096 || l2 > bytes {
            return Err("an arena is whole pages, and larger than the cache".to_string());
        }
        self.race = None;
        self.arena = Some(Arena::new(bytes, l2)?);
        Ok(READY.to_string())
    }

    fn start(&mut self, request: &str) -> Result<String, String> {
        // The old race points into the arena.
        self.race = None;
        let arena = self.arena.as_mut().ok_or("no arena")?;
        let mut words = request.splitn(3, ' ');
        let (backends, peers, point) = (words.next(), words.next(), words.next());
        let (Some(backends), Some(peers), Some(point)) = (backends, peers, point) else {
            return Err("a race has backends, peers and a point".to_string());
        };
        let point: Point = point.parse()?;
        let backends: Vec<Backend> = backends
            .split(',')
            .filter(|name| !name.is_empty() && *name != "none")
            .map(|name| name.parse().map_err(|error| format!("{name}: {error}")))
            .collect::<Result<_, _>>()?;
        let field = Field {
            backends: &backends,
            peers: match peers {
                "all" => &self.peers,
                // libc is the first.
                "libc" => &self.peers[..1],
                "none" => &[],
                _ => return Err(format!("no peers are called {peers}")),
            },
            limit: peers == "all",
        };
        let race = Race::new(&point, &field, arena)?;
        let mut lines: Vec<_> = race.entrants().map(|entrant| entrant.line()).collect();
        lines.push(format!("{READY}\t{}", race.bytes));
        self.race = Some(race);
        Ok(lines.join("\n"))
    }

    fn round(&mut self) -> Result<String, String> {
        let race = self.race.as_mut().ok_or("no race")?;
        let times: Vec<_> = race.round().iter().map(u64::to_string).collect();
        Ok(times.join(" "))
    }
}
