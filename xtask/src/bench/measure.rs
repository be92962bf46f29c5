//! Measuring: races, round by round, in one process or in two at once.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bench_runner::protocol::{Entrant, Kind, LIMIT_FILL};
use bench_runner::{Op, Point};
use memcpy_streaming::Backend;

use super::matrix;
use super::options::HOST;
use super::results::Row;
use super::runner::{Hello, Runner};
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::stats::Estimate;

/// What makes glibc's memcpy and memset leave `rep movsb` and `rep stosb` alone.
const NO_REP: &str =
    "glibc.cpu.x86_rep_movsb_threshold=0x7fffffffffffffff:glibc.cpu.x86_rep_stosb_threshold=0x7fffffffffffffff";

/// What libc is called when it is tuned so.
const LIBC_NO_REP: &str = "libc-norep";

/// What that is, for whoever finds it in `text`.
pub(crate) fn no_rep(text: &str) -> &'static str {
    let is_there = text.contains(LIBC_NO_REP);
    if is_there { "libc-norep: libc without rep movsb and rep stosb, by its tunables (GLIBC_TUNABLES)." } else { "" }
}

/// Fewest rounds of a race: enough for a confidence interval.
const ROUNDS: usize = 7;

/// How much time is to be spent, and on what.
pub(crate) struct Plan<'a> {
    pub(crate) points: &'a [Point],
    /// Empty: all of the machine.
    pub(crate) backends: &'a [Backend],
    pub(crate) budget: Duration,
    /// How often the points are gone through, each time by new processes: a machine that is busy for a while then spoils a part of
    /// each point, and none wholly; and what a process owes to the place of its memory shows as noise.
    pub(crate) passes: usize,
    /// The most rounds of a race and pass that are of use.
    pub(crate) rounds: usize,
    /// Of the arena: for the sources, and again for the destinations.
    pub(crate) arena: u64,
    pub(crate) l2: u64,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) rows: Vec<Row>,
    pub(crate) hello: Hello,
    /// Versions of what ran.
    pub(crate) versions: Vec<(String, String)>,
    pub(crate) page_mode: String,
    /// Ctrl-C came before the end.
    pub(crate) partial: bool,
}

/// The processes that measure: one, and on glibc another whose libc has other tunables.
type Runners<'a> = (Runner<'a>, Option<Runner<'a>>);

/// Measures this machine.
pub(crate) fn native(program: &Path, plan: &Plan<'_>, interrupt: &Interrupt) -> Result<Measured, Failure> {
    let has_tunables = cfg!(all(target_arch = "x86_64", target_env = "gnu"));
    let start = || {
        let mut tuned = Command::new(program);
        tuned.env("GLIBC_TUNABLES", NO_REP);
        let tuned = has_tunables.then(|| Runner::start(tuned, interrupt)).transpose()?;
        Ok((Runner::start(Command::new(program), interrupt)?, tuned))
    };
    run(HOST, start, plan, interrupt)
}

/// Measures through the processes that `start` starts, for each pass anew.
pub(crate) fn run<'i>(
    target: &str,
    start: impl Fn() -> Result<Runners<'i>, Failure>,
    plan: &Plan<'_>,
    interrupt: &Interrupt,
) -> Result<Measured, Failure> {
    let mut measured = Measured::default();
    let mut races: Vec<_> = plan.points.iter().map(|point| Race::new(target, point)).collect();
    let begin = Instant::now();
    let mut steps = races.len() * plan.passes;
    let progress = Progress::new(steps as u64);
    let ended = (0..plan.passes).try_for_each(|pass| {
        progress.start("writing the memory");
        let mut runners = start()?;
        measured.meet(&mut runners, plan)?;
        if pass == 0 {
            tell(format_args!("measuring {} points on {target}", plan.points.len()));
        }
        let backends = backends(plan.backends, &measured.hello);
        for race in &mut races {
            progress.start(matrix::describe(race.point));
            // What the races before did not use is for those that are left.
            let left = plan.budget.saturating_sub(begin.elapsed()) / steps as u32;
            race.run(&backends, left, plan.rounds, &mut runners, interrupt).map_err(|error| at(race.point, error))?;
            steps -= 1;
            progress.done();
        }
        Ok(())
    });
    match ended {
        Ok(()) => {}
        // What was measured stays.
        Err(Failure::Interrupted) => measured.partial = true,
        Err(error) => return Err(error),
    }
    measured.rows.extend(races.iter().flat_map(Race::rows));
    Ok(measured)
}

impl Measured {
    /// Asks new processes who they are, and makes them map and write their memory.
    fn meet(&mut self, (runner, tuned): &mut Runners<'_>, plan: &Plan<'_>) -> Result<(), Failure> {
        self.hello = runner.hello()?;
        self.versions = vec![("memcpy-streaming".to_string(), self.hello.version.clone())];
        self.versions.extend(self.hello.peers.iter().cloned());
        runner.arena(plan.arena, plan.l2)?;
        if let Some(tuned) = tuned {
            let libc = tuned.hello()?.peers.into_iter().find(|(name, _)| name == "libc");
            self.versions.extend(libc.map(|(_, version)| (LIBC_NO_REP.to_string(), version)));
            tuned.arena(plan.arena, plan.l2)?;
        }
        self.page_mode = bench_runner::memory::page_mode(&runner.id().to_string());
        Ok(())
    }
}

/// The backends to measure, of those that the program has.
fn backends(asked: &[Backend], hello: &Hello) -> Vec<Backend> {
    let available = hello.backends.iter().filter_map(|name| name.parse::<Backend>().ok());
    if asked.is_empty() {
        // Portable is libc's memcpy, which is among the peers.
        return available.filter(|backend| *backend != Backend::Portable).collect();
    }
    available.filter(|backend| asked.contains(backend)).collect()
}

fn at(point: &Point, error: Failure) -> Failure {
    match error {
        Failure::Run(why) => Failure::run(format_args!("{}: {why}", matrix::describe(point))),
        other => other,
    }
}

/// A race, and what it has given so far.
struct Race<'a> {
    target: &'a str,
    point: &'a Point,
    entrants: Vec<Entrant>,
    /// Of a lap.
    bytes: u64,
    /// Nanoseconds of each entrant, round by round, pass by pass.
    passes: Vec<Vec<Vec<f64>>>,
}

impl<'a> Race<'a> {
    fn new(target: &'a str, point: &'a Point) -> Race<'a> {
        Race { target, point, entrants: Vec::new(), bytes: 0, passes: Vec::new() }
    }

    /// Sets it up and runs rounds, for about as long as `budget`.
    fn run(
        &mut self,
        backends: &[Backend],
        budget: Duration,
        most: usize,
        (runner, tuned): &mut Runners<'_>,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        let ready = runner.race(backends, "all", self.point)?;
        let has_libc = matches!(self.point.op, Op::Copy | Op::Batch | Op::Mix | Op::Fill);
        let mut tuned = tuned.as_mut().filter(|_| has_libc);
        let tuned_ready = tuned.as_mut().map(|tuned| tuned.race(&[], "libc", self.point)).transpose()?;
        self.bytes = ready.bytes;
        self.entrants = ready.entrants;
        self.entrants.extend(tuned_ready.into_iter().flat_map(|tuned| tuned.entrants).map(|mut libc| {
            libc.name = LIBC_NO_REP.to_string();
            libc
        }));
        let start = Instant::now();
        let mut laps = Vec::new();
        while laps.len() < ROUNDS || (laps.len() < most && start.elapsed() < budget) {
            interrupt.check()?;
            let mut times = runner.round()?;
            if let Some(tuned) = &mut tuned {
                times.extend(tuned.round()?);
            }
            laps.push(times);
        }
        self.passes.push(laps);
        Ok(())
    }

    /// A row for each entrant; none if it was not run.
    fn rows(&self) -> Vec<Row> {
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
                target: self.target.to_string(),
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
    use super::*;

    #[test]
    fn speed_is_relative_to_the_others_of_the_same_round() {
        // The machine becomes ten times slower; who is twice as fast as the peers' mean stays so.
        for slow in [1.0, 10.0, 100.0] {
            let times = [2.0 * slow, 2.0 * slow, 8.0 * slow];
            assert!((relative(&times, &[1, 2], 0) - 2.0).abs() < 1e-9);
            assert!((relative(&times, &[1], 2) - 0.25).abs() < 1e-9);
        }
    }

    #[test]
    fn nobody_is_compared_with_a_loop_that_may_be_another_one_next_time() {
        let entrant =
            |name: &str, kind| Entrant { name: name.into(), kind, backend: String::new(), streamed: String::new() };
        let cache = bench_runner::Cache::ColdRandom;
        let (ends, reread) = (bench_runner::Ends::Aligned, bench_runner::Reread::No);
        let point = Point { op: Op::Copy, size: 4096, ends, cache, reread, threads: 1 };
        let mut race = Race::new(HOST, &point);
        race.entrants = [
            ("avx2", Kind::Ours),
            ("libc", Kind::Peer),
            (LIMIT_FILL, Kind::Limit),
            (bench_runner::protocol::LIMIT_COPY, Kind::Limit),
        ]
        .map(|(name, kind)| entrant(name, kind))
        .into();
        assert_eq!([race.others(0), race.others(1), race.others(3)], [vec![1, 2], vec![2], vec![1, 2]]);
    }

    #[test]
    fn backends_are_those_that_the_program_has() {
        let hello = Hello { backends: vec!["avx2".into(), "sse2".into(), "portable".into()], ..Hello::default() };
        assert_eq!(backends(&[], &hello), [Backend::Avx2, Backend::Sse2]);
        assert_eq!(backends(&[Backend::Portable, Backend::Neon], &hello), [Backend::Portable]);
    }
}
