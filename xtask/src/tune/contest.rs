//! Tunings with some of their values changed, and contests between them: a lap each in turn.

use std::iter::zip;
use std::time::{Duration, Instant};

use bench_runner::places::Arena;
use bench_runner::work::Work;
use memcpy_streaming::{Streamer, Tuning};

use crate::failure::Failure;
use crate::interrupt;
use crate::progress::Progress;
use crate::stats::Estimate;

/// Fewest rounds of a contest, however little time there is.
const ROUNDS: usize = 5;
/// The largest value: nothing that is measured is as long.
pub(super) const NEVER: usize = 1 << 30;

/// A tuning with other values, as the library reads them: `key=value`. For the rest of the process: a few hundred of them are made.
pub(super) fn with(tuning: &Tuning, changes: &str) -> &'static Tuning {
    let text = tuning.to_string();
    let is_kept = |word: &&str| word.split_inclusive('=').next().is_some_and(|key| !changes.contains(key));
    let kept = text.split(' ').filter(is_kept);
    let words: Vec<_> = kept.chain([changes]).collect();
    Box::leak(Box::new(words.join(" ").parse().expect("values of the right ranges")))
}

/// The values of some keys, as `with` takes them.
pub(super) fn values(tuning: &Tuning, keys: &[&str]) -> String {
    let text = tuning.to_string();
    let words = text.split(' ').filter(|word| word.split_once('=').is_some_and(|(key, _)| keys.contains(&key)));
    words.collect::<Vec<_>>().join(" ")
}

pub(super) struct Judge<'a> {
    pub(super) sides: Arena,
    pub(super) streamer: Streamer,
    /// The time of each contest.
    pub(super) budget: Duration,
    pub(super) progress: &'a Progress,
}

impl Judge<'_> {
    /// How many times as fast as the first tuning each of the others is, in their order.
    pub(super) fn contest(&mut self, work: Work, tunings: &[&'static Tuning]) -> Result<Vec<Estimate>, Failure> {
        self.progress.start(format_args!("{work}, {} bytes", work.size));
        let streamers: Vec<_> = tunings.iter().map(|tuning| self.streamer.with_tuning(tuning)).collect();
        let mut times = vec![Vec::new(); tunings.len()];
        let begin = Instant::now();
        let mut round = 0;
        while round <= ROUNDS || begin.elapsed() < self.budget {
            for turn in 0..tunings.len() {
                interrupt::check()?;
                // Who follows whom changes from round to round.
                let next = (turn + round) % tunings.len();
                let start = Instant::now();
                work.lap(&mut self.sides, streamers[next], round * tunings.len() + next);
                times[next].push(start.elapsed().as_secs_f64());
            }
            round += 1;
        }
        self.progress.done();
        // The first round warms up.
        let ratios = |others: &Vec<f64>| zip(&times[0], others).skip(1).map(|(first, other)| first / other).collect();
        Ok(times[1..].iter().map(ratios).map(|ratios: Vec<f64>| Estimate::of(&ratios)).collect())
    }
}
