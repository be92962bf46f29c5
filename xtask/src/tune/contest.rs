//! Tunings in turn, a lap each.

use std::time::{Duration, Instant};

use bench_runner::work::{Sides, Work};
use memcpy_streaming::{Streamer, Tuning};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::stats::Estimate;

/// Fewest rounds of a contest, however little time there is.
const ROUNDS: usize = 5;

/// Who runs contests, and with what.
pub(super) struct Judge<'a> {
    pub(super) sides: Sides,
    pub(super) streamer: Streamer,
    /// The time of each contest.
    pub(super) budget: Duration,
    pub(super) progress: &'a Progress,
    pub(super) interrupt: &'a Interrupt,
}

impl Judge<'_> {
    /// How many times as fast as the first tuning each one is: one estimate for each of the others, in their order.
    pub(super) fn contest(&mut self, work: Work, tunings: &[&'static Tuning]) -> Result<Vec<Estimate>, Failure> {
        self.progress.start(format_args!("{work}, {} bytes", work.size));
        let mut lanes: Vec<_> = tunings.iter().map(|tuning| (self.streamer.with_tuning(tuning), Vec::new())).collect();
        let begin = Instant::now();
        let mut round = 0;
        while round <= ROUNDS || begin.elapsed() < self.budget {
            for turn in 0..lanes.len() {
                self.interrupt.check()?;
                // Who follows whom changes from round to round.
                let next = (turn + round) % tunings.len();
                let (streamer, times) = &mut lanes[next];
                let start = Instant::now();
                work.lap(&mut self.sides, *streamer, round * tunings.len() + next);
                let took = start.elapsed().as_secs_f64();
                // The first round warms up.
                if round > 0 {
                    times.push(took);
                }
            }
            round += 1;
        }
        self.progress.done();
        let first = lanes[0].1.clone();
        Ok(lanes[1..]
            .iter()
            .map(|(_, times)| {
                Estimate::of(&first.iter().zip(times).map(|(first, time)| first / time).collect::<Vec<_>>())
            })
            .collect())
    }
}
