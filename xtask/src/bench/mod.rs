//! `cargo xtask bench-matrix`: where streaming wins and where it loses, on any machine, in one report.

mod baseline;
pub(crate) mod files;
mod foreign;
mod matrix;
pub(crate) mod measure;
pub(crate) mod options;
mod plot;
mod report;
pub(crate) mod results;
mod runner;
mod site;
mod summary;
pub(crate) mod table;
pub(crate) mod tables;
mod verdict;

use std::time::Instant;

use bench_runner::Point;

use baseline::Comparison;
use files::Files;
use measure::{AGAIN, FULL, QUICK};
use options::{HOST, Options};
use results::Run;
use site::Site;

use crate::cargo::target_dir;
use crate::failure::{Failure, tell};
use crate::machine::{self, Machine};
use crate::{args, backend, memory};

/// What a process has besides its memory.
const PROGRAM: u64 = 32 << 20;

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let here = Machine::read();
    if options.list {
        return list(options, &matrix::points(options, &here)?);
    }
    // Whatever can be wrong with the input is found before anything runs.
    let mut facts = machine::facts(&here, None);
    let active = backend::streamer()?.backend().to_string();
    if options.is_timed() {
        // Which points a board has is known for certain once it has told its caches and cores.
        let cores = if options.runner.is_some() { usize::MAX } else { here.cores };
        matrix::points(options, &Machine { cores, ..here.clone() })?;
    }
    let baseline = options.baseline.as_deref().map(baseline::read).transpose()?;
    if options.runner.is_none() {
        baseline::check(options, baseline.as_ref(), &facts)?;
    }
    if options.host() {
        // Two processes, two memories each.
        memory::require_each(2, 2 * matrix::arena(options, &here) + PROGRAM, "measuring")?;
    }
    let target_dir = target_dir()?;
    let out = options.out.clone().unwrap_or_else(|| target_dir.join("bench-matrix"));
    let files = Files::create(&out, baseline.is_some())?;

    let start = Instant::now();
    let site = if let (Some(runner), Some(target)) = (&options.runner, options.foreign().next()) {
        let site = Site::board(options, target)?;
        facts = machine::facts(&site.machine, None);
        facts["runner"] = runner.as_str().into();
        baseline::check(options, baseline.as_ref(), &facts)?;
        Some(site)
    } else if options.host() {
        let program = site::build_native(options.stringzilla)?;
        Some(Site { options, target: HOST, program, machine: here })
    } else {
        None
    };
    let mut run = Run { schema: results::SCHEMA, quick: options.quick, machine: facts, active, ..Run::default() };
    let comparison = match &site {
        Some(site) => timed(site, baseline.as_ref(), &mut run)?,
        None => baseline.map(|then| Comparison::new(&then, &run)),
    };
    let result = match options.runner {
        None if !run.partial => foreign::run(options, &mut run),
        _ => Ok(()),
    };
    // What was found out before Ctrl-C stays.
    run.partial |= matches!(result, Err(Failure::Interrupted));
    run.seconds = start.elapsed().as_secs_f64().round();
    if run.partial && run.rows.is_empty() && run.foreign.is_empty() {
        return Err(Failure::Interrupted);
    }
    finish(options, &run, comparison.as_ref(), files)?;
    result
}

/// Measures times, and compares them with the baseline; what has changed is measured again.
fn timed(site: &Site<'_>, baseline: Option<&Run>, run: &mut Run) -> Result<Option<Comparison>, Failure> {
    let effort = if site.options.quick { QUICK } else { FULL };
    measure::measure(site, &matrix::points(site.options, &site.machine)?, effort, run)?;
    let Some(baseline) = baseline else { return Ok(None) };
    let first = Comparison::new(baseline, run);
    let suspects = first.suspects();
    if run.partial || suspects.is_empty() {
        return Ok(Some(first));
    }
    tell("measuring again what has changed");
    let mut again = Run { rows: Vec::new(), ..run.clone() };
    measure::measure(site, &suspects, AGAIN, &mut again)?;
    run.partial = again.partial;
    Ok(Some(if run.partial { first } else { first.confirm(&Comparison::new(baseline, &again)) }))
}

fn finish(options: &Options, run: &Run, comparison: Option<&Comparison>, files: Files) -> Result<(), Failure> {
    let written = files.write(run, comparison);
    let text = if options.json {
        files::json(run)
    } else {
        let compared = comparison.map(|comparison| format!("\n{}", comparison.text())).unwrap_or_default();
        let results = written.as_ref().map(|folder| format!("\nresults: {}\n", folder.display())).unwrap_or_default();
        format!("{}{compared}{results}", summary::summary(run))
    };
    // Said even if the disk is full: half an hour's work is then not lost.
    let said = args::say(&text);
    let folder = written?;
    said?;
    if run.partial {
        return Err(Failure::Partial(format!("the report in {} is partial", folder.display())));
    }
    comparison.map_or(Ok(()), Comparison::verdict)
}

fn list(options: &Options, points: &[Point]) -> Result<(), Failure> {
    let points = if options.is_timed() { points } else { &[] };
    let mut text: String = points.iter().map(|point| matrix::describe(point) + "\n").collect();
    for target in options.foreign().filter(|_| options.runner.is_none()) {
        text += &format!("{}: bytes, backends and code, no times\n", target.triple);
    }
    args::say(&format!("{text}{} points, on {}\n", points.len(), options.targets.join(", ")))
}
