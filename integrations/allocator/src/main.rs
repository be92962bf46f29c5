//! Crates that do not know of it, over a global allocator that streams: over the system's and over mimalloc, each beside itself alone and
//! beside one that keeps large blocks likewise, but copies and zeroes by libc.

mod workload;

use std::env;
use std::process::{Command, ExitCode};
use std::time::Instant;

use chosen_allocator::{NAMES, chosen, streamed};
use side_by_side::{Failure, Metric, Options, Report, Rival, race};
use workload::{PARTS, Part};

const WORDS: &str = "[run PART]";

fn main() -> ExitCode {
    side_by_side::main("A streaming allocator below crates that do not know of it: measures.", WORDS, |options| {
        let [command, part] = &options.words[..] else {
            return if options.words.is_empty() { measure(options).map(Some) } else { Err(unknown()) };
        };
        let part = PARTS.iter().find(|known| part == known.name).ok_or_else(unknown)?;
        if command != "run" {
            return Err(unknown());
        }
        let asked = env::var("ALLOCATOR").unwrap_or_default();
        if !asked.is_empty() && asked != chosen() {
            let known = NAMES.join(", ");
            return Err(Failure::input(format_args!("ALLOCATOR asks for `{asked}`; known are {known}")));
        }
        run(part, options)?;
        Ok(None)
    })
}

fn unknown() -> Failure {
    let parts: Vec<_> = PARTS.iter().map(|part| part.name).collect();
    Failure::input(format_args!("known is {WORDS}, and as PART {}", parts.join(", ")))
}

/// A part in this process, and what it took: seconds, MB resident at most, MB zeroed and MB copied past the cache.
fn run(part: &Part, options: &Options) -> Result<(), Failure> {
    let start = Instant::now();
    (part.run)(options.sized(part.size, part.size / 4))?;
    let seconds = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let peak: f64 =
        peak.ok_or_else(|| Failure::run("this kernel does not say how much memory is resident"))?.parse()?;
    let (zeroed, copied) = streamed();
    println!("{seconds} {} {} {}", peak / 1e3, zeroed as f64 / 1e6, copied as f64 / 1e6);
    Ok(())
}

fn measure(options: &Options) -> Result<Report, Failure> {
    let mut rows = Vec::new();
    for part in &PARTS {
        for names in NAMES.chunks(3) {
            let mut rivals: Vec<_> =
                names.iter().map(|name| Rival::new(name, || in_a_process(name, part, options))).collect();
            rows.extend(race(&part.metrics, &mut rivals, 12)?);
        }
    }
    Ok(Report { integration: "allocator", crates: &["lz4_flex", "mimalloc", "rdst"], rows, skipped: None })
}

/// A process of its own, because its allocator is one from its first allocation to its last.
fn in_a_process(allocator: &str, part: &Part, options: &Options) -> Result<Vec<f64>, Failure> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["run", part.name]).args(options.quick.then_some("--quick")).env("ALLOCATOR", allocator);
    let output = command.output()?;
    if !output.status.success() {
        return Err(Failure::run(String::from_utf8_lossy(&output.stderr)));
    }
    let figures: Vec<f64> =
        String::from_utf8_lossy(&output.stdout).split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [seconds, peak, zeroed, copied] = figures[..] else { return Err(Failure::run("four figures were expected")) };
    if allocator.ends_with("stream") != (zeroed + copied > 0.0) {
        return Err(Failure::run(format_args!("{allocator} streamed {zeroed} + {copied} MB")));
    }
    Ok(vec![seconds * 1e3, peak])
}

/// What a part is measured by.
pub(crate) const fn metrics(time: &'static str, memory: &'static str) -> [Metric; 2] {
    [Metric { what: time, unit: "ms" }, Metric { what: memory, unit: "MB" }]
}
