//! `cargo xtask tune`: which sizes and distances suit this machine.
//!
//! Three parts: how fast each copy loop is at each size (`loops`); from which sizes on it pays to stream, and whether what
//! was found beats what is in use (`thresholds`). Whoever is compared takes turns, lap by lap, over the same memory (`contest`).

mod contest;
mod loops;
mod report;
mod thresholds;

use std::time::Duration;

use bench_runner::memory::{Mapping, page_mode};
use bench_runner::places::Arena;
use bench_runner::work::LEN;
use clap::{ArgMatches, Command, CommandFactory, value_parser};
use memcpy_streaming::{Backend, Tuning};

use crate::args::{self, Json};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::progress::Progress;
use crate::{backend, memory};
use contest::{Judge, values, with};
use report::Findings;

/// The shares of the time that the parts get.
const LOOPS: f64 = 0.45;
const THRESHOLDS: f64 = 0.25;
const VERDICT: f64 = 0.30;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask tune                         five minutes on a quiet machine\n  \
    cargo xtask tune --json tuning.json      the figures, too\n  \
    cargo xtask tune --seconds 60            a rough look";

/// Finds the sizes and distances that suit this machine
///
/// They are what a copy prefetches and how far ahead, whether long copies take several pages in turn, and from which sizes on it pays to stream. Prints
/// what it found as a tuning, what that wins over the one in use at each size, and the line for the crate's table.
///
/// Everybody who is compared takes turns, lap by lap; drains are part of the time. What does not win by more than the noise is not recommended. It takes
/// 1 GiB of memory and wants a machine that does nothing else.
///
/// A program uses what was found without a new release of the crate: by `Tuning::from_env` (the variable MEMCPY_STREAMING_TUNING, which all commands
/// here read), or by parsing the text itself.
#[derive(clap::Parser)]
#[command(name = "tune", after_help = EXAMPLES, allow_negative_numbers = true)]
struct Options {
    /// How long to measure: 1 to 86400 seconds. The longer, the narrower the limits
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    #[command(flatten)]
    json: Json,
}

pub(crate) fn command() -> Command {
    Options::command()
}

pub(crate) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let Options { seconds, json } = args::options(matches);
    let streamer = backend::streamer()?;
    if streamer.backend() == Backend::Portable {
        return Err(Failure::input("the backend is portable, which streams nothing: there is nothing to tune"));
    }
    memory::require(2 * Mapping::cost(LEN as u64), "copying from one part of the memory to another")?;
    let output = json.create()?;
    let machine = Machine::read();
    let (Machine { cpu, cores, kernel, tuning, .. }, backend) = (&machine, streamer.backend());
    args::say(&format!(
        "{cpu}, {cores} CPUs, {kernel}; backend {backend}\nin use: {tuning}\nmeasuring for {seconds} seconds\n\n"
    ))?;

    let progress = Progress::new(loops::CONTESTS + thresholds::contests() + thresholds::CONTESTS);
    progress.start("touching the memory");
    let sides =
        Arena::new(LEN, 0).map_err(|error| Failure::input(format_args!("cannot map the memory to copy: {error}")))?;
    progress.prepared();
    let mut judge = Judge { sides, streamer, budget: Duration::ZERO, progress: &progress };
    let share = |part: f64, contests: u64| Duration::from_secs_f64(f64::from(seconds) * part / contests as f64);

    judge.budget = share(LOOPS, loops::CONTESTS);
    let loops = loops::measure(&mut judge)?;
    judge.budget = share(THRESHOLDS, thresholds::contests());
    // Equal to what is made of its text.
    let in_use = with(Tuning::active(), "");
    let found = thresholds::find(&mut judge, with(in_use, &values(loops::best(&loops), &loops::KEYS)))?;
    judge.budget = share(VERDICT, thresholds::CONTESTS);
    let groups = thresholds::compare(&mut judge, in_use, found)?;
    drop(progress);

    let recommended = thresholds::recommended(in_use, found, &groups);
    let findings = Findings { page_mode: page_mode("self"), loops, found, groups, recommended };
    args::write_and_say(output, &findings.document(&machine, backend, Tuning::active()), &findings.text())
}
