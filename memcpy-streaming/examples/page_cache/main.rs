//! A buffer pool checkpoints its pages into a mapped file while an index that fits the cache answers lookups.
//!
//! It answers two questions, by measuring on the machine it runs on:
//!
//! * How fast are the copies, by libc's memcpy and by streaming stores?
//! * What do they cost whoever needs the cache meanwhile? A copy through the cache brings the page *and* its frame into it,
//!   a streaming one only the page; so lookups between the copies should miss less. Whether that shows depends on the
//!   working set and the machine. The program says what it sees, with a confidence interval.
//!
//! Frames are written in place. Until `msync` has returned, a power cut may leave any part of one old and the rest new: a
//! database has a log from which it repairs such frames, which is left out here.
//!
//! Run it with `cargo run --release -p memcpy-streaming --example page_cache`.

#[path = "../common/args.rs"]
mod args;
mod index;
#[path = "../common/mapped.rs"]
mod mapped;
mod pool;
#[path = "../common/random.rs"]
mod random;
#[path = "../common/stats.rs"]
mod stats;

use index::Index;
use pool::{Copies, PAGE, Pool};
use random::Random;
use stats::{MIN_ROUNDS, Summary};
use std::error::Error;
use std::fs;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const USAGE: &str = "page_cache [POOL_MIB [ROUNDS]]";
const MIB: usize = 1 << 20;

/// A batch of pages is copied, then a batch of lookups answered, and so on.
const PAGES_PER_BATCH: usize = 4;
const LOOKUPS_PER_BATCH: usize = 512;
/// The fewest lookups in a measurement; a larger index takes as many as it has keys.
const LOOKUPS: usize = 64 * 1024;
/// The pages of the hot set: 1 MiB.
const HOT_PAGES: usize = MIB / PAGE;

struct Config {
    pool: usize,
    rounds: usize,
}

fn main() -> ExitCode {
    args::run(USAGE, parse, run)
}

fn parse(args: &[String]) -> Result<Config, String> {
    args::at_most(args, 2)?;
    Ok(Config {
        pool: args::number(args, 0, "POOL_MIB", 64..=2048, 256)? * MIB,
        rounds: args::number(args, 1, "ROUNDS", MIN_ROUNDS..=100_000, 100)?,
    })
}

fn run(config: Config, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(
        out,
        "backend {}, pool and mapped file of {} MiB",
        memcpy_streaming::Backend::active(),
        config.pool / MIB
    )?;
    let l2 = l2_bytes();
    match l2 {
        Some(bytes) => writeln!(out, "second-level cache of {} KiB", bytes / 1024)?,
        None => writeln!(out, "second-level cache of unknown size; 1 MiB assumed")?,
    }
    // The largest table that fits.
    let l2 = 1 << l2.unwrap_or(MIB).ilog2();
    let random = &mut Random::new(1);
    let mut pool = Pool::new(config.pool, random)?;

    writeln!(
        out,
        "\nlookups between copies of {PAGE}-byte pages, cold page and cold frame; median (quartiles) of {} rounds",
        config.rounds
    )?;
    for bytes in [l2 / 2, l2, 4 * l2] {
        disturbed_lookups(&mut pool, bytes, config.rounds, random, out)?;
    }
    writeln!(
        out,
        "\ndirty pages, {HOT_PAGES} of them in use all the time ({} MiB), cold frame",
        HOT_PAGES * PAGE / MIB
    )?;
    hot_pages(&mut pool, config.rounds, random, out)?;

    writeln!(out, "\na full checkpoint by streaming stores")?;
    pool.dirty(0..config.pool / PAGE, random);
    let start = Instant::now();
    pool.checkpoint(config.pool / PAGE, Copies::Streaming);
    writeln!(out, "  copied at {:.1} GB/s", gb_per_s(config.pool, start.elapsed()))?;
    let start = Instant::now();
    pool.sync()?;
    writeln!(out, "  msync took {:.0} ms: only now it would survive a power cut", start.elapsed().as_secs_f64() * 1e3)?;
    match pool.wrong_frames()? {
        0 => writeln!(out, "  read back: all {} frames are right", config.pool / PAGE)?,
        wrong => return Err(format!("{wrong} frames differ from their pages").into()),
    }
    Ok(())
}

/// Times of one measurement.
struct Sample {
    ns_per_lookup: f64,
    gb_per_s: f64,
}

/// Measures lookups in an index of `bytes` without copies and with those of either kind, interleaved, and prints what
/// can be said of the differences.
fn disturbed_lookups(
    pool: &mut Pool,
    bytes: usize,
    rounds: usize,
    random: &mut Random,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let index = Index::new(bytes, random);
    let mut order = [Copies::None, Copies::Libc, Copies::Streaming];
    let mut samples = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        // In random order: whatever drifts, or follows from what ran before, hits all three alike.
        random.shuffle(&mut order);
        for how in order {
            samples[how as usize].push(measure(pool, &index, how)?);
        }
    }
    let [quiet, libc, streaming] = samples;
    let lookups = |samples: &[Sample]| Summary::of(samples.iter().map(|s| s.ns_per_lookup));
    let rate = |samples: &[Sample]| Summary::of(samples.iter().map(|s| s.gb_per_s));
    let base = lookups(&quiet).median;
    writeln!(out, "  {:<18}ns per lookup            slower  copies in GB/s", format!("index of {} KiB", bytes / 1024))?;
    writeln!(out, "    no copies {}", lookups(&quiet).shown(2))?;
    for (name, samples) in [("libc", &libc), ("streaming", &streaming)] {
        let slowdown = 100.0 * (lookups(samples).median / base - 1.0);
        writeln!(out, "    {name:<9} {} {slowdown:+5.1} %{}", lookups(samples).shown(2), rate(samples).shown(1))?;
    }
    let saved = Summary::of(libc.iter().zip(&streaming).map(|(l, s)| l.ns_per_lookup - s.ns_per_lookup));
    let (low, high) = saved.interval;
    write!(
        out,
        "    libc - streaming in the same round: {:+.2} ns, 99 % interval {low:+.2}..{high:+.2}: ",
        saved.median
    )?;
    writeln!(out, "{}", saved.verdict(0.0, "streaming disturbs lookups less", "streaming disturbs lookups MORE"))?;
    Ok(())
}

/// Lookups in whole cycles through the index, copies between them.
fn measure(pool: &mut Pool, index: &Index, how: Copies) -> Result<Sample, String> {
    const START: u64 = 1;
    let lookups = LOOKUPS.next_multiple_of(index.keys());
    let mut key = START;
    // What the measurement before left in the cache is not this one's concern.
    index.bring_into_cache();
    let mut copying: Vec<Duration> = Vec::with_capacity(lookups / LOOKUPS_PER_BATCH);
    let mut looking_up = copying.clone();
    for _ in 0..lookups / LOOKUPS_PER_BATCH {
        let start = Instant::now();
        pool.checkpoint(PAGES_PER_BATCH, how);
        let copied = Instant::now();
        for _ in 0..LOOKUPS_PER_BATCH {
            key = index.get(key);
        }
        looking_up.push(copied.elapsed());
        copying.push(copied - start);
    }
    if key != START {
        return Err(format!("the lookups ended at key {key}, not where they began"));
    }
    // The batch in the middle: one during which another process had the core says nothing about either.
    let middle = |times: &mut [Duration]| *times.select_nth_unstable(times.len() / 2).1;
    Ok(Sample {
        ns_per_lookup: middle(&mut looking_up).as_nanos() as f64 / LOOKUPS_PER_BATCH as f64,
        gb_per_s: gb_per_s(PAGES_PER_BATCH * PAGE, middle(&mut copying)),
    })
}

/// The rate at which pages that were just written leave for frames that were not used for long.
fn hot_pages(pool: &mut Pool, rounds: usize, random: &mut Random, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut order = [Copies::Libc, Copies::Streaming];
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        random.shuffle(&mut order);
        for how in order {
            pool.dirty(0..HOT_PAGES, random);
            let start = Instant::now();
            pool.checkpoint_hot(HOT_PAGES, how);
            rates[how as usize].push(gb_per_s(HOT_PAGES * PAGE, start.elapsed()));
            if !pool.hot_frames_are_right(HOT_PAGES) {
                return Err("a frame differs from the page that was copied into it".into());
            }
        }
    }
    let [_, libc, streaming] = rates;
    let ratio = Summary::of(libc.iter().zip(&streaming).map(|(l, s)| s / l));
    writeln!(out, "    libc      {} GB/s", Summary::of(libc).shown(1))?;
    writeln!(out, "    streaming {} GB/s", Summary::of(streaming).shown(1))?;
    let (low, high) = ratio.interval;
    writeln!(out, "    streaming / libc in the same round: {:.2}, 99 % interval {low:.2}..{high:.2}", ratio.median)?;
    Ok(())
}

fn gb_per_s(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64() / 1e9
}

/// The size of this CPU's second-level cache, where Linux tells.
fn l2_bytes() -> Option<usize> {
    let size = fs::read_to_string("/sys/devices/system/cpu/cpu0/cache/index2/size").ok()?;
    let bytes = size.trim().strip_suffix('K')?.parse::<usize>().ok()?.checked_mul(1024)?;
    Some(bytes).filter(|bytes| (64 * 1024..1 << 28).contains(bytes))
}
