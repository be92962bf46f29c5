//! Measures what it is asked for on standard input and answers on standard output (`bench_runner::protocol`).

mod lap;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod lines;
mod loops;
mod peers;
mod races;

use std::io::{self, BufRead, Write};

use bench_runner::places::Arena;
use bench_runner::protocol::{END, ERROR, HELLO, READY};
use bench_runner::{Point, machine};
use memcpy_streaming::{Backend, Tuning};
use peers::Peer;
use races::{Race, Start};

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

/// What has been asked for so far.
struct Session {
    peers: Vec<Peer>,
    arena: Option<Arena>,
    /// It points into the arena.
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
            "round" => {
                let times = self.race.as_mut().ok_or("no race")?.round();
                Ok(times.iter().map(u64::to_string).collect::<Vec<_>>().join(" "))
            }
            _ => Err(format!("unknown request `{verb}`")),
        }
    }

    /// What the program and its machine are: facts by the names that the results have for them, where they are known.
    fn hello(&self) -> String {
        let size = |level| machine::cache(level).map(|bytes| bytes.to_string());
        let about = [
            ("arch", Some(std::env::consts::ARCH.to_string())),
            ("threads", Some(std::thread::available_parallelism().map_or(1, usize::from).to_string())),
            ("version", Some(env!("CARGO_PKG_VERSION").to_string())),
            ("active", Some(Backend::active().to_string())),
            ("fact cpu", machine::cpu()),
            ("fact tuning", Some(machine::tuning())),
            ("fact kernel", machine::kernel()),
            ("fact l2_bytes", size(2)),
            ("fact l3_bytes", size(3)),
        ];
        let about = about.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?)));
        let backends = Backend::available().map(|backend| ("backend".to_string(), backend.to_string()));
        let peers = self.peers.iter().map(|peer| (format!("peer {}", peer.name), peer.version.clone()));
        let all = about.chain(backends).chain(peers);
        all.map(|(key, value)| format!("{HELLO}\t{key}\t{value}\n")).chain([END.to_string()]).collect()
    }

    fn arena(&mut self, sizes: &str) -> Result<String, String> {
        let number = |text: &str| text.parse::<usize>().map_err(|error| format!("{text}: {error}"));
        let (bytes, l2) = sizes.split_once(' ').ok_or("an arena has two sizes")?;
        let (bytes, l2) = (number(bytes)?, number(l2)?);
        if !bytes.is_multiple_of(4096) || l2 < 4096 || l2 > bytes {
            return Err("an arena is whole pages, and larger than the cache".to_string());
        }
        self.race = None;
        self.arena = Some(Arena::new(bytes, l2).map_err(|error| format!("cannot map {bytes} bytes: {error}"))?);
        Ok(READY.to_string())
    }

    fn start(&mut self, request: &str) -> Result<String, String> {
        self.race = None;
        let arena = self.arena.as_mut().ok_or("no arena")?;
        let [backends, peers, point] = request.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            return Err("a race has backends, peers and a point".to_string());
        };
        let point: Point = point.parse()?;
        let backends = backends.split(',').filter(|name| !name.is_empty() && *name != "none");
        let backends = backends.map(|name| name.parse().map_err(|error| format!("{name}: {error}")));
        let backends = backends.collect::<Result<Vec<Backend>, _>>()?;
        let (peers, limit) = match peers {
            "all" => (&*self.peers, true),
            // libc is the first.
            "libc" => (&self.peers[..1], false),
            "none" => (&[][..], false),
            _ => return Err(format!("no peers are called {peers}")),
        };
        let race = Start { point, backends: &backends, peers, limit, arena, race: Race::default() }.race()?;
        let entrants: String = race.entrants.iter().map(|entrant| entrant.line() + "\n").collect();
        let answer = format!("{entrants}{READY}\t{}", race.bytes);
        self.race = Some(race);
        Ok(answer)
    }
}
