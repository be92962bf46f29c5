//! A global allocator that streams: large `realloc` and `alloc_zeroed` into memory that is used again.
//!
//! It wraps the system's allocator, and runs a workload in three modes that take turns, in one process:
//!
//! * `system`: all is the system's;
//! * `reuse`: large blocks that were freed are used again, copied into and zeroed by libc;
//! * `stream`: the same, by streaming stores.
//!
//! So `reuse` against `system` is what keeping blocks does (against `mremap` and fresh zero pages, which need no copy but
//! a fault for every page), and `stream` against `reuse` is what streaming does. The second is worth having only where
//! the program does not use the block at once: see the sums.
//!
//! Run it with `cargo run --release -p memcpy-streaming --example streaming_alloc`.

mod alloc;
#[path = "../common/args.rs"]
mod args;
#[cfg(test)]
mod limited;
#[path = "../common/random.rs"]
mod random;
mod shelf;
#[path = "../common/stats.rs"]
mod stats;
#[cfg(test)]
mod tests;
mod workload;

use alloc::{LARGE, Mode, StreamingAlloc};
use random::Random;
use stats::{MIN_ROUNDS, Summary};
use std::alloc::System;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;
use workload::{PARTS, Part};

// The tests have allocators of their own, with limits; what runs them should not be short of memory, too.
#[cfg_attr(not(test), global_allocator)]
static ALLOCATOR: StreamingAlloc<System> = StreamingAlloc::new(System);

/// A round takes the best of so many runs in each mode: the other may have had to share the core.
const RUNS: usize = 2;

const USAGE: &str = "streaming_alloc [ROUNDS]";

fn main() -> ExitCode {
    args::run(USAGE, parse, run)
}

fn parse(args: &[String]) -> Result<usize, String> {
    args::at_most(args, 1)?;
    args::number(args, 0, "ROUNDS", MIN_ROUNDS..=100_000, 20)
}

fn run(rounds: usize, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(out, "backend {}, blocks of {} MiB and more", memcpy_streaming::Backend::active(), LARGE >> 20)?;
    writeln!(
        out,
        "ms, best of {RUNS} runs, median (quartiles) of {rounds} rounds; ratios in the same round, 99 % interval"
    )?;
    for part in &PARTS {
        compare(part, rounds, out)?;
    }
    writeln!(out)?;
    for (name, counter) in [("realloc", ALLOCATOR.reallocs()), ("alloc_zeroed", ALLOCATOR.zeroings())] {
        let (calls, bytes) = counter.get();
        writeln!(out, "{name:<12} streamed {calls} times, {} MB", bytes / 1_000_000)?;
        if calls == 0 {
            return Err(format!("{name} never streamed").into());
        }
    }
    Ok(())
}

/// Runs a part of the workload in each mode, interleaved.
fn compare(part: &Part, rounds: usize, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut order = [Mode::System, Mode::Reuse, Mode::Stream];
    let mut times = [const { Vec::new() }; 3];
    let mut random = Random::new(5);
    let expected = (part.run)()?;
    for _ in 0..rounds {
        random.shuffle(&mut order);
        for mode in order {
            ALLOCATOR.set_mode(mode);
            let mut best = f64::INFINITY;
            for run in 0..=RUNS {
                let start = Instant::now();
                let result = (part.run)()?;
                // The first run is for the state that the allocator is in from then on.
                if run > 0 {
                    best = best.min(start.elapsed().as_secs_f64() * 1e3);
                }
                if result != expected {
                    return Err(format!("{}: another result in mode {mode:?}", part.name).into());
                }
            }
            times[mode as usize].push(best);
        }
    }
    ALLOCATOR.set_mode(Mode::System);
    let [system, reuse, stream] = times;
    writeln!(out, "{}", part.name)?;
    for (name, times) in [("system", &system), ("reuse", &reuse), ("stream", &stream)] {
        writeln!(out, "  {name:<7}{}", Summary::of(times.iter().copied()).shown(1))?;
    }
    for (name, other, of) in [
        ("reuse / system ", &reuse, &system),
        ("stream / reuse ", &stream, &reuse),
        ("stream / system", &stream, &system),
    ] {
        let ratio = Summary::of(other.iter().zip(of).map(|(a, b)| a / b));
        let (low, high) = ratio.interval;
        writeln!(
            out,
            "  {name}  {:.2}, {low:.2}..{high:.2}: {}",
            ratio.median,
            ratio.verdict(1.0, "SLOWER", "faster")
        )?;
    }
    Ok(())
}
