//! Measuring: races, round by round, in one process or in two at once.

use std::time::{Duration, Instant};

use bench_runner::protocol::{Entrant, Kind, LIMIT_FILL};
use bench_runner::{Op, Point};
use memcpy_streaming::Backend;

use super::matrix;
use super::options::{HOST, Options};
use super::results::{Row, Run};
use super::runner::{Hello, Runner};
use super::site::Site;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::stats::Estimate;

/// What libc is called when it leaves string instructions alone.
const LIBC_NO_REP: &str = "libc-norep";

/// What that is, for whoever finds it in `text`.
pub(crate) fn no_rep(text: &str) -> &'static str {
    let is_there = text.contains(LIBC_NO_REP);
    if is_there { "libc-norep: libc without rep movsb and rep stosb, by its tunables (GLIBC_TUNABLES)." } else { "" }
}

/// Fewest rounds of a race: enough for a confidence interval.
const ROUNDS: usize = 7;

/// What measuring may take.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Without building and writing memory: 3 and 30 minutes are promised for all.
    budget: Duration,
    /// How often the points are gone through, each time by new processes: a machine that is busy for a while then spoils a part of
    /// each point, and none wholly; and what a process owes to the place of its memory shows as noise.
    passes: usize,
    /// The most rounds of a race and pass that are of use.
    rounds: usize,
}

pub(crate) const QUICK: Effort = Effort { budget: Duration::from_secs(110), passes: 8, rounds: 31 };
pub(crate) const FULL: Effort = Effort { budget: Duration::from_secs(20 * 60), passes: 3, rounds: 21 };
/// What has changed against a baseline.
pub(crate) const AGAIN: Effort = Effort { budget: Duration::from_secs(30), ..QUICK };

/// Measures points, through processes that are started anew for each pass, and adds what came of it to `run`. Ctrl-C makes it partial: what
/// was measured stays.
pub(crate) fn measure(
    site: &Site<'_>,
    points: &[Point],
    options: &Options,
    effort: Effort,
    run: &mut Run,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut races: Vec<_> = points.iter().map(Race::new).collect();
    let begin = Instant::now();
    let mut steps = races.len() * effort.passes;
    let progress = Progress::new(steps as u64);
    let ended = (0..effort.passes).try_for_each(|pass| {
        progress.start("writing the memory");
        let mut runners = site.start(interrupt)?;
        let backends = meet(&mut runners, site, options, run)?;
        if pass == 0 {
            tell(format_args!("measuring {} points on {}", points.len(), site.target));
        }
        for race in &mut races {
            let what = matrix::describe(race.point);
            progress.start(&what);
            // What the races before did not use is for those that are left.
            let left = begin.elapsed();
            let left = effort.budget.saturating_sub(left) / steps as u32;
            race.run(&mut runners, &backends, left, effort.rounds, interrupt).map_err(|error| match error {
                Failure::Run(why) => Failure::run(format_args!("{what}: {why}")),
                other => other,
            })?;
            steps -= 1;
            progress.done();
        }
        Ok(())
    });
    match ended {
        Err(Failure::Interrupted) => run.partial = true,
        ended => ended?,
    }
    run.rows.extend(races.iter().flat_map(|race| race.rows(site.target)));
    Ok(())
}

/// Asks new processes who they are, and makes them map and write their memory. The backends to measure.
fn meet(
    runners: &mut [Runner<'_>],
    site: &Site<'_>,
    options: &Options,
    run: &mut Run,
) -> Result<Vec<Backend>, Failure> {
    let arena = site.place.arena(options.sizes.largest());
    let hello = runners[0].hello()?;
    run.active = hello.get("active").unwrap_or_default().to_string();
    let version = |key: &str, name: &str, hello: &Hello| Some((name.to_string(), hello.get(key)?.into()));
    run.versions.extend(version("version", "memcpy-streaming", &hello));
    run.versions.extend(
        hello
            .0
            .iter()
            .filter_map(|(key, version)| Some((key.strip_prefix("peer ")?.to_string(), version.as_str().into()))),
    );
    for runner in &mut runners[1..] {
        run.versions.extend(version("peer libc", LIBC_NO_REP, &runner.hello()?));
    }
    for runner in runners.iter_mut() {
        runner.arena(arena, site.place.caches.l2)?;
    }
    // Of a board, what runs here is the command that leads to it.
    if site.target == HOST {
        run.machine["page_mode"] = runners[0].page_mode().into();
    }
    Ok(backends(options, &hello))
}

/// Those that were asked for, of those that the program has.
fn backends(options: &Options, hello: &Hello) -> Vec<Backend> {
    let is_meant = |backend: &Backend| match &options.backends[..] {
        [] if options.quick => hello.get("active") == Some(backend.name()),
        // Portable is libc's memcpy, which is among the peers.
        [] => *backend != Backend::Portable,
        asked => asked.contains(backend),
    };
    hello.backends().into_iter().filter_map(|name| name.parse().ok()).filter(is_meant).collect()
}

/// A race, and what it has given so far.
struct Race<'a> {
    point: &'a Point,
    entrants: Vec<Entrant>,
    /// Of a lap.
    bytes: u64,
    /// Nanoseconds of each entrant, round by round, pass by pass.
    passes: Vec<Vec<Vec<f64>>>,
}

impl<'a> Race<'a> {
    fn new(point: &'a Point) -> Race<'a> {
        Race { point, entrants: Vec::new(), bytes: 0, passes: Vec::new() }
    }

    /// Sets it up and runs rounds, for about as long as `budget`.
    fn run(
        &mut self,
        runners: &mut [Runner<'_>],
        backends: &[Backend],
        budget: Duration,
        most: usize,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        let (runner, tuned) = runners.split_first_mut().expect("there is one at least");
        (self.entrants, self.bytes) = runner.race(backends, "all", self.point)?;
        let has_libc = matches!(self.point.op, Op::Copy | Op::Batch | Op::Mix | Op::Fill);
        let tuned = if has_libc { tuned } else { &mut [] };
        for runner in tuned.iter_mut() {
            let (libc, _) = runner.race(&[], "libc", self.point)?;
            self.entrants.extend(libc.into_iter().map(|libc| Entrant { name: LIBC_NO_REP.to_string(), ..libc }));
        }
        let start = Instant::now();
        let mut laps = Vec::new();
        while laps.len() < ROUNDS || (laps.len() < most && start.elapsed() < budget) {
            interrupt.check()?;
            let mut times = runner.round()?;
            for tuned in tuned.iter_mut() {
                times.extend(tuned.round()?);
            }
            laps.push(times);
        }
        self.passes.push(laps);
        Ok(())
    }

    /// A row for each entrant; none if it was not run.
    fn rows(&self, target: &str) -> Vec<Row> {
        if self.passes.is_empty() {
            return Vec::new();
        }
        let of_each_pass = |value: &dyn Fn(&Vec<f64>) -> f64| {
            let lists: Vec<Vec<f64>> = self.passes.iter().map(|laps| laps.iter().map(value).collect()).collect();
            Estimate::of_processes(&lists)
        };
        let rows = self.entrants.iter().enumerate().map(|(index, entrant)| {
            let others = self.others(index);
            Row {
                target: target.to_string(),
                point: *self.point,
                entrant: entrant.clone(),
                bytes: self.bytes,
                rounds: self.passes.iter().map(Vec::len).sum(),
                ns: of_each_pass(&|times| times[index]),
                relative: (!others.is_empty()).then(|| of_each_pass(&|times| relative(times, &others, index))),
            }
        });
        rows.collect()
    }

    /// Whom an entrant is compared with: all others whose code stays what it is, the peers and a streaming fill. The other limits are
    /// whichever loop was the fastest this time.
    fn others(&self, index: usize) -> Vec<usize> {
        let stays = |entrant: &Entrant| entrant.kind == Kind::Peer || entrant.name == LIMIT_FILL;
        (0..self.entrants.len()).filter(|&other| other != index && stays(&self.entrants[other])).collect()
    }
}

/// How many times as fast as the geometric mean of some others one entrant was, in one round.
fn relative(times: &[f64], others: &[usize], index: usize) -> f64 {
    let logs: f64 = others.iter().map(|&other| times[other].ln()).sum();
    (logs / others.len() as f64 - times[index].ln()).exp()
}

#[cfg(test)]
mod tests {
    use bench_runner::protocol::LIMIT_COPY;

    use super::super::results::tests::row;
    use super::*;

    #[test]
    fn speed_is_relative_to_those_of_the_same_round_whose_code_stays() {
        let point = "copy 4096 aligned cold-rand no 1".parse().unwrap();
        let entrants =
            [("avx2", Kind::Ours), ("libc", Kind::Peer), (LIMIT_FILL, Kind::Limit), (LIMIT_COPY, Kind::Limit)];
        let entrants = entrants.map(|(name, kind)| row(name, kind, 4096, 1.0).entrant).to_vec();
        // The machine becomes ten times slower; who is twice as fast as the others' mean stays so.
        let laps = [1.0, 10.0, 100.0].map(|slow| vec![2.0 * slow, 2.0 * slow, 8.0 * slow, 1.0 * slow]).to_vec();
        let race = Race { entrants, bytes: 64, passes: vec![laps], ..Race::new(&point) };
        let rows = race.rows(HOST);
        for (row, expected) in rows.iter().zip([2.0, 4.0, 0.25, 4.0]) {
            let Estimate { low, high, .. } = row.relative.unwrap();
            assert!((low - expected).abs() < 1e-9 && (high - expected).abs() < 1e-9, "{row:?}");
        }
        assert!(
            rows.len() == 4 && rows[0].ns == Estimate { median: 20.0, low: 2.0, high: 200.0 } && rows[0].rounds == 3
        );
    }

    #[test]
    fn backends_are_those_that_the_program_has() {
        let said = [("active", "sse2"), ("backend", "avx2"), ("backend", "sse2"), ("backend", "portable")];
        let hello = Hello(said.map(|(key, value)| (key.to_string(), value.to_string())).to_vec());
        let options = |args: &str| {
            let matches = super::super::options::command().try_get_matches_from(args.split(' ')).unwrap();
            Options::new(matches).unwrap()
        };
        assert_eq!(backends(&options("bench-matrix"), &hello), [Backend::Avx2, Backend::Sse2]);
        assert_eq!(backends(&options("bench-matrix --quick"), &hello), [Backend::Sse2]);
        let asked = options("bench-matrix --backends portable,neon");
        assert_eq!(backends(&asked, &hello), [Backend::Portable]);
    }
}
