//! `cargo xtask bench-matrix`: where streaming wins and where it loses, on any machine, in one report.

mod baseline;
mod csv;
mod estimate;
mod facts;
mod files;
mod foreign;
pub(crate) mod json;
mod losses;
mod matrix;
mod measure;
pub(crate) mod options;
mod report;
pub(crate) mod results;
mod runner;
mod summary;
pub(crate) mod text;
pub(crate) mod verdict;

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use bench_runner::Point;
use serde_json::Value;

use baseline::{Baseline, Comparison};
use facts::Caches;
use files::Files;
use measure::{Measured, Plan};
use options::Options;
use results::Run;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::memory;
use crate::test::{target_dir, workspace};

/// What measuring may take, without building and writing memory: 3 and 30 minutes are promised for all.
const QUICK: Duration = Duration::from_secs(110);
const FULL: Duration = Duration::from_secs(20 * 60);

/// What measuring again may take.
const AGAIN: Duration = Duration::from_secs(30);

/// How often the points are gone through, and the most rounds of a race each time.
const QUICK_PASSES: usize = 8;
const QUICK_ROUNDS: usize = 31;
const FULL_PASSES: usize = 3;
const FULL_ROUNDS: usize = 21;

/// The smallest arena.
const ARENA: u64 = 512 << 20;
/// A huge page.
const HUGE: u64 = 2 << 20;

/// Runs it.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let caches = Caches::read();
    let points = matrix::points(options, caches.l2)?;
    if options.list {
        return list(options, &points);
    }
    // Whatever can be wrong with the input is found before anything runs.
    let machine = Machine::read();
    let workspace = workspace();
    let mut facts = facts::json(&machine, caches, "", &workspace);
    let baseline = options.baseline.as_deref().map(|file| Baseline::read(file, &facts)).transpose()?;
    let target_dir = target_dir(&workspace)?;
    let out = options.out.clone().unwrap_or_else(|| target_dir.join("bench-matrix"));
    let files = Files::create(&out, baseline.is_some())?;
    let plan = Plan {
        points: &points,
        backends: if options.quick && options.backends.is_empty() {
            &[memcpy_streaming::Backend::active()]
        } else {
            &options.backends
        },
        budget: if options.quick { QUICK } else { FULL },
        passes: if options.quick { QUICK_PASSES } else { FULL_PASSES },
        rounds: if options.quick { QUICK_ROUNDS } else { FULL_ROUNDS },
        arena: arena(options, caches),
        l2: caches.l2,
    };
    if options.host() {
        // Two processes, two memories each.
        memory::require(plan.arena * 4 + (64 << 20), "the matrix")?;
    }

    let start = Instant::now();
    let mut run = Run {
        quick: options.quick,
        partial: false,
        seconds: 0.0,
        machine: Value::Null,
        active: memcpy_streaming::Backend::active().to_string(),
        versions: Vec::new(),
        rows: Vec::new(),
        foreign: Vec::new(),
    };
    let mut program = None;
    if options.host() && !points.is_empty() {
        eprintln!("building the program that measures");
        let built = runner::build_native(&workspace, options.stringzilla, interrupt)?;
        let measured = measure::native(&built, &plan, interrupt)?;
        facts["page_mode"] = measured.page_mode.as_str().into();
        add(&mut run, measured);
        program = Some(built);
    }
    if !run.partial {
        foreign::run(options, &plan, &workspace, &target_dir, interrupt, &mut run)?;
    }
    let comparison = match baseline {
        Some(baseline) => Some(compare(&baseline, &mut run, program.as_deref(), &plan, interrupt)?),
        None => None,
    };
    run.seconds = start.elapsed().as_secs_f64();
    run.machine = facts;
    if run.partial && run.rows.is_empty() && run.foreign.is_empty() {
        return Err(Failure::Interrupted);
    }
    finish(options, &run, comparison.as_ref(), files)
}

/// Compares with the baseline; what has changed on this machine is measured again.
fn compare(
    baseline: &Baseline,
    run: &mut Run,
    program: Option<&Path>,
    plan: &Plan<'_>,
    interrupt: &Interrupt,
) -> Result<Comparison, Failure> {
    let first = baseline.compare(run);
    let points = first.suspects();
    let Some(program) = program.filter(|_| !run.partial && !points.is_empty()) else {
        return Ok(first);
    };
    eprintln!("measuring again what has changed");
    let again =
        Plan { points: &points, passes: QUICK_PASSES, rounds: QUICK_ROUNDS, budget: plan.budget.min(AGAIN), ..*plan };
    let measured = measure::native(program, &again, interrupt)?;
    if measured.partial {
        run.partial = true;
        return Ok(first);
    }
    Ok(first.confirm(&baseline.compare(&Run { rows: measured.rows, ..run.clone() })))
}

fn add(run: &mut Run, measured: Measured) {
    run.partial |= measured.partial;
    run.active = measured.hello.active;
    run.versions.extend(measured.versions);
    run.rows.extend(measured.rows);
}

/// Writes the files, says what there is to be said, and judges.
fn finish(options: &Options, run: &Run, comparison: Option<&Comparison>, files: Files) -> Result<(), Failure> {
    let folder = files.write(run, comparison)?;
    let text = if options.json {
        json::text(run)
    } else {
        let compared = comparison.map(|comparison| format!("\n{}", comparison.text())).unwrap_or_default();
        format!("{}{compared}\nresults: {}\n", summary::summary(run), folder.display())
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    if run.partial {
        return Err(Failure::Partial(format!("the report in {} is partial", folder.display())));
    }
    comparison.map_or(Ok(()), |comparison| comparison.verdict())
}

fn list(options: &Options, points: &[Point]) -> Result<(), Failure> {
    let mut text = String::new();
    for point in points.iter().filter(|_| options.host()) {
        text += &format!("{}\n", matrix::describe(point));
    }
    for target in options.targets.iter().filter(|target| *target != options::HOST) {
        text += &format!("{target}: bytes, backends and code, no times\n");
    }
    text += &format!("{} points, on {}\n", points.len(), options.targets.join(", "));
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))
}

/// Bytes that are so many that no cache holds a good part of them.
fn arena(options: &Options, caches: Caches) -> u64 {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let blocks = options.sizes.largest() * 2 * threads;
    ARENA.max(4 * caches.l3).max(blocks).next_multiple_of(HUGE)
}
