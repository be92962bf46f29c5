//! Measuring: races, round by round, in one process or in two at once.

use std::num::NonZero;
use std::time::{Duration, Instant};

use bench_runner::protocol::{Entrant, Hello, Kind, LIMIT_FILL, Peers, Request};
use bench_runner::{Op, Point};
use memcpy_streaming::Backend;

use super::matrix;
use super::options::HOST;
use super::results::{Row, Run};
use super::runner::Runner;
use super::site::Site;
use crate::failure::{Failure, tell};
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

/// Measures points, by new processes for each pass, and adds what came of it to `run`. Ctrl-C makes it partial: what was measured stays.
pub(crate) fn measure(site: &Site<'_>, points: &[Point], effort: Effort, run: &mut Run) -> Result<(), Failure> {
    let race = |point| Race { point, entrants: Vec::new(), bytes: 0, passes: Vec::new() };
    let mut races: Vec<_> = points.iter().map(race).collect();
    let begin = Instant::now();
    let mut steps = races.len() * effort.passes;
    let progress = Progress::new(steps as u64);
    let ended = (0..effort.passes).try_for_each(|pass| {
        progress.start("writing the memory");
        let mut runners = site.start()?;
        let backends = meet(site, &mut runners, run)?;
        if pass == 0 {
            tell(format_args!("measuring {} points on {}", points.len(), site.target));
        }
        for race in &mut races {
            let what = matrix::describe(race.point);
            progress.start(&what);
            // What the races before did not use is for those that are left.
            let budget = effort.budget.saturating_sub(begin.elapsed()) / steps as u32;
            race.run(&mut runners, &backends, budget, effort.rounds).map_err(|error| match error {
                Failure::Run(why) => Failure::run(format_args!("{what}: {why}")),
                other => other,
            })?;
            steps -= 1;
            progress.done();
        }
        Ok(())
    });
    run.rows.extend(races.iter().filter(|race| !race.passes.is_empty()).flat_map(|race| race.rows(site.target)));
    match ended {
        Err(Failure::Interrupted) => run.partial = true,
        ended => ended?,
    }
    Ok(())
}

/// Makes new processes map and write their memory, and notes who they are. The backends to measure.
fn meet(site: &Site<'_>, runners: &mut [Runner], run: &mut Run) -> Result<Vec<String>, Failure> {
    let [bytes, l2] = [matrix::arena(site.options, &site.machine), matrix::l2(&site.machine)].map(|it| it as usize);
    for runner in runners.iter_mut() {
        runner.ask::<()>(&Request::Arena { bytes, l2 })?;
    }
    // Of a board, what runs here is the command that leads to it.
    if site.target == HOST {
        run.machine["page_mode"] = runners[0].page_mode().into();
    }
    let Hello { version, active, backends, peers, .. } = &runners[0].hello;
    let tuned = runners[1..].iter().filter_map(|tuned| Some((LIBC_NO_REP, &tuned.hello.peers.first()?.1)));
    let peers = peers.iter().map(|(name, version)| (name.as_str(), version));
    let versions = [("memcpy-streaming", version)].into_iter().chain(peers).chain(tuned);
    run.versions.extend(versions.map(|(name, version)| (name.to_string(), version.as_str().into())));
    run.active.clone_from(active);
    let is_meant = |name: &&String| match &site.options.backends[..] {
        [] if site.options.quick => *name == active,
        // Portable is libc's memcpy, which is among the peers.
        [] => *name != Backend::Portable.name(),
        asked => asked.iter().any(|backend| *name == backend.name()),
    };
    Ok(backends.iter().filter(is_meant).cloned().collect())
}

struct Race<'a> {
    point: &'a Point,
    entrants: Vec<Entrant>,
    /// Of a lap.
    bytes: u64,
    /// Nanoseconds of each entrant, round by round, pass by pass.
    passes: Vec<Vec<Vec<f64>>>,
}

impl Race<'_> {
    /// Sets it up and runs rounds, for about as long as `budget`.
    fn run(&mut self, runners: &mut [Runner], ours: &[String], budget: Duration, most: usize) -> Result<(), Failure> {
        // What has other tunables has another libc, and nothing else.
        let has_libc = matches!(self.point.op, Op::Copy | Op::Batch | Op::Mix | Op::Fill);
        let runners = if has_libc { runners } else { &mut runners[..1] };
        let race = |backends, peers| Request::Race { backends, peers, point: *self.point };
        (self.entrants, self.bytes) = runners[0].ask(&race(ours.to_vec(), Peers::All))?;
        for tuned in &mut runners[1..] {
            let (libc, _): (Vec<Entrant>, u64) = tuned.ask(&race(Vec::new(), Peers::Libc))?;
            self.entrants.extend(libc.into_iter().map(|libc| Entrant { name: LIBC_NO_REP.to_string(), ..libc }));
        }
        let start = Instant::now();
        let mut laps = Vec::new();
        while laps.len() < ROUNDS || (laps.len() < most && start.elapsed() < budget) {
            let mut times = Vec::new();
            for runner in runners.iter_mut() {
                let nanoseconds: Vec<NonZero<u64>> = runner.ask(&Request::Round)?;
                times.extend(nanoseconds.into_iter().map(|it| it.get() as f64));
            }
            if times.len() != self.entrants.len() {
                return Err(Failure::run(format_args!("{} times of {} entrants", times.len(), self.entrants.len())));
            }
            laps.push(times);
        }
        self.passes.push(laps);
        Ok(())
    }

    fn rows(&self, target: &str) -> Vec<Row> {
        let of_each_pass = |value: &dyn Fn(&Vec<f64>) -> f64| {
            let lists: Vec<Vec<f64>> = self.passes.iter().map(|laps| laps.iter().map(value).collect()).collect();
            Estimate::of_processes(&lists)
        };
        let row = |(index, entrant): (usize, &Entrant)| {
            // Whom it is compared with: all others whose code stays what it is, the peers and a streaming fill. The other limits are
            // whichever loop was the fastest this time.
            let stays = |other: &Entrant| other.kind == Kind::Peer || other.name == LIMIT_FILL;
            let others = (0..self.entrants.len()).filter(|&other| other != index && stays(&self.entrants[other]));
            let others: Vec<_> = others.collect();
            // How many times as fast as their geometric mean it was, in one round.
            let relative = |times: &Vec<f64>| {
                let logs: f64 = others.iter().map(|&other| times[other].ln()).sum();
                (logs / others.len() as f64 - times[index].ln()).exp()
            };
            Row {
                target: target.to_string(),
                point: *self.point,
                entrant: entrant.clone(),
                bytes: self.bytes,
                rounds: self.passes.iter().map(Vec::len).sum(),
                ns: of_each_pass(&|times| times[index]),
                relative: (!others.is_empty()).then(|| of_each_pass(&relative)),
            }
        };
        self.entrants.iter().enumerate().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::row;
    use super::*;

    #[test]
    fn speed_is_relative_to_those_of_the_same_round_whose_code_stays() {
        let all = [("avx2", Kind::Ours), ("libc", Kind::Peer), (LIMIT_FILL, Kind::Limit), ("limit-copy", Kind::Limit)];
        let entrants = all.map(|(name, kind)| row(name, kind, 4096, 1.0).entrant).to_vec();
        // The machine becomes ten times slower; who is twice as fast as the others' mean stays so.
        let laps = [1.0, 10.0, 100.0].map(|slow| vec![2.0 * slow, 2.0 * slow, 8.0 * slow, slow]).to_vec();
        let point = row("", Kind::Ours, 4096, 1.0).point;
        let rows = Race { point: &point, entrants, bytes: 64, passes: vec![laps] }.rows(HOST);
        for (row, expected) in rows.iter().zip([2.0, 4.0, 0.25, 4.0]) {
            let Estimate { low, high, .. } = row.relative.unwrap();
            assert!((low - expected).abs() < 1e-9 && (high - expected).abs() < 1e-9, "{row:?}");
        }
        assert_eq!((rows.len(), rows[0].ns.to_string(), rows[0].rounds), (4, "20.00 (2.00..200.00)".to_string(), 3));
    }
}
