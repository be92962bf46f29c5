//! `cargo xtask bench-matrix`: where streaming wins and where it loses, on any machine, in one report.

mod axes;
mod baseline;
mod build;
mod csv;
mod extents;
pub(crate) mod facts;
mod files;
mod foreign;
mod hardware;
pub(crate) mod json;
mod losses;
mod matrix;
pub(crate) mod measure;
pub(crate) mod options;
mod place;
mod plot;
pub(crate) mod race;
mod report;
pub(crate) mod results;
mod runner;
mod summary;
pub(crate) mod table;
pub(crate) mod tables;
pub(crate) mod verdict;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use bench_runner::Point;
use memcpy_streaming::Backend;
use serde_json::{Map, Value};

use baseline::{Baseline, Comparison};
use build::Build;
use files::Files;
use hardware::Board;
use measure::{Measured, Plan};
use options::Options;
use place::Place;
use results::Run;

use crate::cargo::{target_dir, workspace};
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::{backend, memory};

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

/// What a process has besides.
const PROGRAM: u64 = 32 << 20;

/// What is measured, and where.
struct Subject {
    place: Place,
    facts: Value,
    active: Backend,
    points: Vec<Point>,
}

/// Runs it.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let here = Place::here();
    if options.list {
        return list(options, &matrix::points(options, here)?);
    }
    // Whatever can be wrong with the input is found before anything runs.
    let workspace = workspace();
    let mut subject = Subject {
        place: here,
        facts: facts::json(&Machine::read(), here.caches, "", &workspace),
        active: backend::streamer()?.backend(),
        points: if options.host() { matrix::points(options, here)? } else { Vec::new() },
    };
    if options.runner.is_some() {
        // Which points there are is known for certain once it has told its caches and cores.
        matrix::points(options, Place { cores: usize::MAX, ..here })?;
    }
    let baseline = options.baseline.as_deref().map(Baseline::read).transpose()?;
    if let Some(baseline) = baseline.as_ref().filter(|_| options.runner.is_none()) {
        baseline.check(&subject.facts)?;
    }
    if options.host() {
        // Two processes, two memories each.
        memory::require_each(2, 2 * here.arena(options.sizes) + PROGRAM, "measuring")?;
    }
    let target_dir = target_dir(&workspace, interrupt)?;
    let out = options.out.clone().unwrap_or_else(|| target_dir.join("bench-matrix"));
    let files = Files::create(&out, baseline.is_some())?;
    let build = Build { workspace: &workspace, target_dir: &target_dir };

    let start = Instant::now();
    let board = match &options.runner {
        Some(command) => options.foreign().next().map(|target| Board::reach(target, command, &build, interrupt)),
        None => None,
    };
    let board = board.transpose()?;
    if let Some(board) = &board {
        board.has(&options.backends)?;
        subject = Subject {
            place: board.place(),
            facts: board.facts(&subject.facts),
            active: board.active()?,
            points: matrix::points(options, board.place())?,
        };
        if let Some(baseline) = &baseline {
            baseline.check(&subject.facts)?;
        }
    }
    let mut run = Run {
        schema: results::SCHEMA,
        quick: options.quick,
        partial: false,
        seconds: 0.0,
        machine: subject.facts.clone(),
        active: subject.active.to_string(),
        versions: Map::new(),
        rows: Vec::new(),
        foreign: Vec::new(),
    };
    let (comparison, result) = match &board {
        Some(board) => {
            let start = || Ok((board.start(interrupt)?, None));
            let measure = |plan: &Plan<'_>| measure::run(board.target.triple, start, plan, interrupt);
            (timed(options, &subject, baseline.as_ref(), &mut run, measure)?, Ok(()))
        }
        None => {
            let comparison = if options.host() {
                tell("building the program that measures");
                let program = build::build_native(&workspace, options.stringzilla, interrupt)?;
                let measure = |plan: &Plan<'_>| measure::native(&program, plan, interrupt);
                timed(options, &subject, baseline.as_ref(), &mut run, measure)?
            } else {
                baseline.as_ref().map(|baseline| baseline.compare(&run))
            };
            (comparison, if run.partial { Ok(()) } else { foreign::run(options, &build, interrupt, &mut run) })
        }
    };
    let result = match result {
        // What was found out before stays.
        Err(Failure::Interrupted) => {
            run.partial = true;
            Ok(())
        }
        other => other,
    };
    run.seconds = start.elapsed().as_secs_f64().round();
    if run.partial && run.rows.is_empty() && run.foreign.is_empty() {
        return Err(Failure::Interrupted);
    }
    finish(options, &run, comparison.as_ref(), files)?;
    result
}

/// Measures times, and compares them.
fn timed(
    options: &Options,
    subject: &Subject,
    baseline: Option<&Baseline>,
    run: &mut Run,
    measure: impl Fn(&Plan<'_>) -> Result<Measured, Failure>,
) -> Result<Option<Comparison>, Failure> {
    let leading = [subject.active];
    let plan = Plan {
        points: &subject.points,
        backends: if options.quick && options.backends.is_empty() { &leading } else { &options.backends },
        budget: if options.quick { QUICK } else { FULL },
        passes: if options.quick { QUICK_PASSES } else { FULL_PASSES },
        rounds: if options.quick { QUICK_ROUNDS } else { FULL_ROUNDS },
        arena: subject.place.arena(options.sizes),
        l2: subject.place.caches.l2,
    };
    let measured = measure(&plan)?;
    run.partial |= measured.partial;
    // Of a board, what runs here is the command that leads to it.
    if options.host() {
        run.machine["page_mode"] = measured.page_mode.into();
    }
    run.active = measured.hello.active;
    run.versions.extend(measured.versions.into_iter().map(|(name, version)| (name, version.into())));
    run.rows.extend(measured.rows);
    baseline.map(|baseline| compare(baseline, run, &plan, measure)).transpose()
}

/// Compares with the baseline; what has changed is measured again.
fn compare(
    baseline: &Baseline,
    run: &mut Run,
    plan: &Plan<'_>,
    measure: impl Fn(&Plan<'_>) -> Result<Measured, Failure>,
) -> Result<Comparison, Failure> {
    let first = baseline.compare(run);
    let points = first.suspects();
    if run.partial || points.is_empty() {
        return Ok(first);
    }
    tell("measuring again what has changed");
    let again =
        Plan { points: &points, passes: QUICK_PASSES, rounds: QUICK_ROUNDS, budget: plan.budget.min(AGAIN), ..*plan };
    let measured = measure(&again)?;
    if measured.partial {
        run.partial = true;
        return Ok(first);
    }
    Ok(first.confirm(&baseline.compare(&Run { rows: measured.rows, ..run.clone() })))
}

/// Writes the files, says what there is to be said, and judges.
fn finish(options: &Options, run: &Run, comparison: Option<&Comparison>, files: Files) -> Result<(), Failure> {
    let written = files.write(run, comparison);
    let text = if options.json {
        json::text(run)
    } else {
        let compared = comparison.map(|comparison| format!("\n{}", comparison.text())).unwrap_or_default();
        let results = written.as_ref().map(|folder| format!("\nresults: {}\n", folder.display())).unwrap_or_default();
        format!("{}{compared}{results}", summary::summary(run))
    };
    // Said even if the disk is full: half an hour's work is then not lost.
    let said = io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error));
    let folder = written?;
    said?;
    if run.partial {
        return Err(Failure::Partial(format!("the report in {} is partial", folder.display())));
    }
    comparison.map_or(Ok(()), |comparison| comparison.verdict())
}

fn list(options: &Options, points: &[Point]) -> Result<(), Failure> {
    let mut text = String::new();
    let is_timed = options.host() || options.runner.is_some();
    for point in points.iter().filter(|_| is_timed) {
        text += &format!("{}\n", matrix::describe(point));
    }
    for target in options.foreign().filter(|_| options.runner.is_none()) {
        text += &format!("{}: bytes, backends and code, no times\n", target.triple);
    }
    let count = if is_timed { points.len() } else { 0 };
    text += &format!("{count} points, on {}\n", options.targets.join(", "));
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))
}
