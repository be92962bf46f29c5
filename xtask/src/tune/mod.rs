//! `cargo xtask tune`: which sizes and distances suit this machine.
//!
//! Three parts: how fast each copy loop is at each size (`loops`); from which sizes on it pays to stream (`thresholds`); and whether what
//! was found beats what is in use (`verdict`). Whoever is compared takes turns, lap by lap, over the same memory (`contest`).

mod contest;
mod knobs;
mod loops;
pub(crate) mod options;
mod report;
mod thresholds;
mod verdict;

use std::io::{self, Write};
use std::time::Duration;

use bench_runner::memory::page_mode;
use bench_runner::work::Sides;
use memcpy_streaming::Tuning;

use crate::backend;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::memory;
use crate::output::Output;
use crate::progress::Progress;
use contest::Judge;
use knobs::Knobs;
use options::Options;

/// The shares of the time that the parts get.
const LOOPS: f64 = 0.45;
const THRESHOLDS: f64 = 0.25;
const VERDICT: f64 = 0.30;

/// Runs it.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let streamer = backend::streamer()?;
    if streamer.backend() == memcpy_streaming::Backend::Portable {
        return Err(Failure::input("the backend is portable, which streams nothing: there is nothing to tune"));
    }
    memory::require(Sides::cost(), "copying from one part of the memory to another")?;
    let output = options.json.as_deref().map(Output::create).transpose()?;
    let machine = Machine::read();
    let in_use = Tuning::active();
    say(&report::before(&machine, streamer.backend(), in_use, options.seconds))?;

    let progress = Progress::new(loops::contests() + thresholds::contests() + verdict::CONTESTS);
    progress.start("touching the memory");
    let sides = Sides::new().map_err(|error| Failure::input(format_args!("cannot map the memory to copy: {error}")))?;
    progress.prepared();
    let mut judge = Judge { sides, streamer, budget: Duration::ZERO, progress: &progress, interrupt };
    let share = |part: f64, contests: u64| Duration::from_secs_f64(options.seconds as f64 * part / contests as f64);

    judge.budget = share(LOOPS, loops::contests());
    let loops = loops::measure(&mut judge)?;
    judge.budget = share(THRESHOLDS, thresholds::contests());
    let from = thresholds::find(&mut judge)?;
    let found = from.in_knobs(loops.best());
    judge.budget = share(VERDICT, verdict::CONTESTS);
    let in_use_knobs = Knobs::of(in_use);
    let groups = verdict::compare(&mut judge, in_use_knobs, found)?;
    drop(progress);

    let recommended = verdict::recommended(in_use_knobs, &groups);
    let page_mode = page_mode("self");
    let written = output.map_or(Ok(()), |mut output| {
        let document =
            report::document(&machine, &page_mode, streamer.backend(), in_use, &loops, found, &groups, recommended);
        output.write_all(format!("{document:#}\n").as_bytes())?;
        output.finish()
    });
    let said = say(&report::after(&page_mode, &loops, found, &groups, recommended));
    written.and(said)
}

fn say(text: &str) -> Result<(), Failure> {
    write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error))
}
