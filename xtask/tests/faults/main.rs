//! The commands on a machine that fails them: a clear message, the right exit code, no partial file, no process left behind.
//!
//! They go through the same commands. `MEMCPY_STREAMING_GRID=full` sends more signals.

mod disk;
mod limits;
mod pipe;
mod runner;
mod signal;
#[path = "../common/trial.rs"]
mod trial;

use trial::{Ended, Trial};

const REBIND: &str = "rebind --size 256M --rebinds 2 --json out";
const DUMP: &str = "memmap-dump --mode devdax --start-pfn 0x101200 --nr-pages 4096 --vmemmap-base 0xffd4000000000000 \
    --pgmap 0xff11000005ec5180 --out out";
/// One point, and what it leaves.
const BENCH: &str = "bench-matrix --ops writer --sizes 4K --threads 1 --targets host --out out";
const RESULTS: &[&str] = &["out", "out/report.html", "out/results.csv", "out/results.json"];

/// In a shell: runs what follows on one CPU, the first that we may use.
const ONE_CPU: &str = "taskset -c $(taskset -pc $$ | sed 's/.*: *//; s/[-,].*//')";

/// Runs a command by a line of shell, which has it as `"$0" "$@"`.
fn run_in_shell(trial: &Trial, line: &str, args: &str) -> Ended {
    Ended::of(&mut trial.command(&["sh", "-c", line], args))
}

/// This machine's architecture as a target that is foreign in name only: it needs no emulator.
fn own_target() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}
