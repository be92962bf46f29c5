//! Measuring: races, round by round, in one process or in two at once.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bench_runner::protocol::{Entrant, Kind};
use bench_runner::{Op, Point};
use memcpy_streaming::Backend;

use super::estimate::Estimate;
use super::matrix;
use super::options::HOST;
use super::results::Row;
use super::runner::{Hello, Runner};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// What makes glibc's memcpy and memset leave `rep movsb` and `rep stosb` alone.
const NO_REP: &str =
    "glibc.cpu.x86_rep_movsb_threshold=0x7fffffffffffffff:glibc.cpu.x86_rep_stosb_threshold=0x7fffffffffffffff";

/// What libc is called when it is tuned so.
const LIBC_NO_REP: &str = "libc-norep";

/// Rounds of a race: enough for a confidence interval, and no more than are of use.
const ROUNDS: std::ops::RangeInclusive<usize> = 7..=61;

/// How much time is to be spent, and on what.
pub(crate) struct Plan<'a> {
    pub(crate) points: &'a [Point],
    /// Empty: all of the machine.
    pub(crate) backends: &'a [Backend],
    pub(crate) budget: Duration,
    /// How often the points are gone through: a machine that is busy for a while then spoils a part of each, and none wholly.
    pub(crate) passes: usize,
    /// Of the arena: for the sources, and again for the destinations.
    pub(crate) arena: u64,
    pub(crate) l2: u64,
}

/// What came of it.
pub(crate) struct Measured {
    pub(crate) rows: Vec<Row>,
    pub(crate) hello: Hello,
    /// Versions of what ran.
    pub(crate) versions: Vec<(String, String)>,
    pub(crate) page_mode: String,
    /// Ctrl-C came before the end.
    pub(crate) partial: bool,
}

/// Measures this machine.
pub(crate) fn native(
    program: &Path,
    plan: &Plan<'_>,
    progress: &Progress,
    interrupt: &Interrupt,
) -> Result<Measured, Failure> {
    let mut tuned = Command::new(program);
    tuned.env("GLIBC_TUNABLES", NO_REP);
    let has_tunables = cfg!(all(target_arch = "x86_64", target_env = "gnu"));
    let tuned = has_tunables.then(|| Runner::start(tuned, interrupt)).transpose()?;
    run(HOST, Runner::start(Command::new(program), interrupt)?, tuned, plan, progress, interrupt)
}

/// Measures through `runner`, and libc with other tunables through `tuned`.
pub(crate) fn run(
    target: &str,
    mut runner: Runner<'_>,
    mut tuned: Option<Runner<'_>>,
    plan: &Plan<'_>,
    progress: &Progress,
    interrupt: &Interrupt,
) -> Result<Measured, Failure> {
    progress.start("writing the memory");
    let hello = runner.hello()?;
    let mut versions = vec![("memcpy-streaming".to_string(), hello.version.clone())];
    versions.extend(hello.peers.iter().cloned());
    runner.arena(plan.arena, plan.l2)?;
    if let Some(tuned) = &mut tuned {
        let libc = tuned.hello()?.peers.into_iter().find(|(name, _)| name == "libc");
        versions.extend(libc.map(|(_, version)| (LIBC_NO_REP.to_string(), version)));
        tuned.arena(plan.arena, plan.l2)?;
    }
    let backends = backends(plan.backends, &hello);
    let page_mode = crate::mapping::page_mode_of(&runner.id().to_string());
    let mut measured = Measured { rows: Vec::new(), hello, versions, page_mode, partial: false };
    eprintln!("measuring {} points on {target}", plan.points.len());
    let mut races: Vec<_> = plan.points.iter().map(|point| Race::new(target, &backends, point)).collect();
    let start = Instant::now();
    let steps = races.len() * plan.passes;
    for step in 0..steps {
        let count = races.len();
        let race = &mut races[step % count];
        progress.start(matrix::describe(race.point));
        // What the races before did not use is for those that are left.
        let left = plan.budget.saturating_sub(start.elapsed()) / (steps - step) as u32;
        match race.run(left, &mut runner, tuned.as_mut(), interrupt) {
            Ok(()) => progress.done(),
            // What was measured stays.
            Err(Failure::Interrupted) => {
                measured.partial = true;
                break;
            }
            Err(error) => return Err(at(race.point, error)),
        }
    }
    measured.rows.extend(races.iter().flat_map(Race::rows));
    Ok(measured)
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
    backends: &'a [Backend],
    point: &'a Point,
    entrants: Vec<Entrant>,
    /// Of a lap.
    bytes: u64,
    /// Nanoseconds of each entrant, round by round.
    laps: Vec<Vec<f64>>,
}

impl<'a> Race<'a> {
    fn new(target: &'a str, backends: &'a [Backend], point: &'a Point) -> Race<'a> {
        Race { target, backends, point, entrants: Vec::new(), bytes: 0, laps: Vec::new() }
    }

    /// Sets it up and runs rounds, for about as long as `budget`.
    fn run(
        &mut self,
        budget: Duration,
        runner: &mut Runner<'_>,
        tuned: Option<&mut Runner<'_>>,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        let ready = runner.race(self.backends, "all", self.point)?;
        let has_libc = matches!(self.point.op, Op::Copy | Op::Batch | Op::Mix | Op::Fill);
        let mut tuned = tuned.filter(|_| has_libc);
        let tuned_ready = tuned.as_mut().map(|tuned| tuned.race(&[], "libc", self.point)).transpose()?;
        self.bytes = ready.bytes;
        self.entrants = ready.entrants;
        self.entrants.extend(tuned_ready.into_iter().flat_map(|tuned| tuned.entrants).map(|mut libc| {
            libc.name = LIBC_NO_REP.to_string();
            libc
        }));
        let start = Instant::now();
        let mut rounds = 0;
        while rounds < *ROUNDS.start() || (rounds < *ROUNDS.end() && start.elapsed() < budget) {
            interrupt.check()?;
            let mut times = runner.round()?;
            if let Some(tuned) = &mut tuned {
                times.extend(tuned.round()?);
            }
            self.laps.push(times);
            rounds += 1;
        }
        Ok(())
    }

    /// A row for each entrant; none if too few rounds were run.
    fn rows(&self) -> Vec<Row> {
        if self.laps.len() < *ROUNDS.start() {
            return Vec::new();
        }
        let column = |index: usize| self.laps.iter().map(move |times| times[index]);
        let rows = self.entrants.iter().enumerate().map(|(index, entrant)| Row {
            target: self.target.to_string(),
            point: *self.point,
            entrant: entrant.clone(),
            bytes: self.bytes,
            rounds: self.laps.len(),
            ns: Estimate::of(&column(index).collect::<Vec<_>>()),
            relative: relative(&self.laps, &self.others(index), index),
        });
        rows.collect()
    }

    /// Whom an entrant is compared with: all others that are not ours.
    fn others(&self, index: usize) -> Vec<usize> {
        (0..self.entrants.len()).filter(|&other| other != index && self.entrants[other].kind != Kind::Ours).collect()
    }
}

/// How many times as fast as the others one entrant was, round by round.
fn relative(laps: &[Vec<f64>], others: &[usize], index: usize) -> Option<Estimate> {
    if others.is_empty() {
        return None;
    }
    let of_round = |times: &Vec<f64>| {
        let logs: f64 = others.iter().map(|&other| times[other].ln()).sum();
        (logs / others.len() as f64 - times[index].ln()).exp()
    };
    Some(Estimate::of(&laps.iter().map(of_round).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_relative_to_the_others_of_the_same_round() {
        // The machine becomes ten times slower; who is twice as fast as the peers' mean stays so.
        let laps: Vec<_> = [1.0, 10.0, 100.0].iter().map(|slow| vec![2.0 * slow, 2.0 * slow, 8.0 * slow]).collect();
        let ours = relative(&laps, &[1, 2], 0).unwrap();
        assert!((ours.median - 2.0).abs() < 1e-9 && (ours.low - ours.high).abs() < 1e-9);
        let slow = relative(&laps, &[1], 2).unwrap();
        assert!((slow.median - 0.25).abs() < 1e-9);
        assert_eq!(relative(&laps, &[], 0), None);
    }

    #[test]
    fn backends_are_those_that_the_program_has() {
        let hello = Hello { backends: vec!["avx2".into(), "sse2".into(), "portable".into()], ..Hello::default() };
        assert_eq!(backends(&[], &hello), [Backend::Avx2, Backend::Sse2]);
        assert_eq!(backends(&[Backend::Portable, Backend::Neon], &hello), [Backend::Portable]);
    }
}
