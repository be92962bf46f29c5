//! `cargo xtask rebind`: the experiment of the kernel series in user space.

mod measure;
mod options;
mod report;
pub(crate) mod results;

use clap::{ArgMatches, Command, CommandFactory};

use crate::failure::Failure;
use crate::machine::{Machine, facts};
use crate::number::human;
use crate::progress::Progress;
use crate::{args, backend, memory};
use measure::Experiment;
use options::Options;
use results::{Document, gb_s_of_limits, gb_s_of_ordinary};

pub(crate) fn command() -> Command {
    Options::command()
}

/// Runs the experiment in every mode, and reports.
pub(crate) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let options: &Options = &args::options(matches);
    let streamer = backend::streamer()?;
    // All modes are checked before the first one runs.
    let mut experiments = Vec::new();
    for mode in args::once(options.mode.iter().copied()) {
        experiments.extend(options.memmaps(mode)?.into_iter().map(|init| Experiment { options, mode, init, streamer }));
    }
    // The modes run one after the other: the larger one decides.
    let largest = experiments.iter().max_by_key(|experiment| experiment.memory()).expect("there is a mode");
    let purpose = format!("holding {} memmaps of {} at a time", largest.memmaps(), human(largest.init.buffer_len()));
    memory::require(largest.memory(), &purpose)?;
    let output = options.json.create()?;

    let machine = Machine::read();
    args::say(&report::before(options, &machine, &experiments))?;
    let (mut results, mut page_mode) = (Vec::new(), String::new());
    let progress = Progress::new(experiments.iter().map(Experiment::steps).sum());
    progress.start("touching the memory");
    largest.settle()?;
    progress.prepared();
    for experiment in &experiments {
        let (measured, backed) = experiment.run(&progress)?;
        results.extend(measured);
        page_mode = backed;
    }
    drop(progress);

    let (limits, ordinary) = (gb_s_of_limits(&results), gb_s_of_ordinary(&results));
    let document = Document {
        machine: facts(&machine, Some(&page_mode)),
        backend: streamer.backend().to_string(),
        kernel: options.distro.kernel.to_string(),
        arch: Some(options.distro.arch.to_string()),
        page_size: Some(options.distro.page_size.bytes()),
        size_bytes: options.size,
        map: options.map.to_string(),
        rebinds: options.rebinds,
        huge_pages: options.hugepages,
        struct_page_bytes: largest.init.struct_page_size(),
        prefault: options.prefault,
        limit_gb_s: limits[0].1.median,
        limit_gb_s_spread: limits[0].1,
        ordinary_gb_s: ordinary.median,
        results,
    };
    args::write_and_say(output, &document, &report::after(&document, &limits, ordinary))
}
