//! `cargo xtask rebind`: the experiment of the kernel series in user space.

mod compare;
pub(crate) mod json;
mod measure;
pub(crate) mod options;
mod parts;
mod prefault;
mod published;
mod report;
mod results;
mod series;

use std::io::{self, Write};

use bench_runner::memory::{BASE_PAGE, HUGE_PAGE};

use crate::backend;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::number::human;
use crate::output::Output;
use crate::progress::Progress;
use json::Document;
use measure::Experiment;
use options::Options;

/// Runs the experiment in every mode, and reports.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let streamer = backend::streamer()?;
    // All modes are checked before the first one runs.
    let mut experiments = Vec::new();
    for &mode in &options.modes {
        experiments.extend(options.memmaps(mode)?.into_iter().map(|init| Experiment { options, mode, init, streamer }));
    }
    // The modes run one after the other: the larger one decides.
    let largest = experiments.iter().max_by_key(|experiment| experiment.memory()).expect("there is a mode");
    let purpose = format!("holding {} memmaps of {} at a time", largest.memmaps(), human(largest.init.buffer_len()));
    crate::memory::require(largest.memory(), &purpose)?;
    let output = options.json.as_deref().map(Output::create).transpose()?;

    let machine = Machine::read();
    say(&report::before(options, &machine, &experiments))?;
    let (mut series, mut page_mode) = (Vec::new(), String::new());
    let progress = Progress::new(experiments.iter().map(Experiment::work).sum());
    settle(largest, &progress, interrupt)?;
    progress.prepared();
    for experiment in &experiments {
        let (measured, backed) = experiment.run(&progress, interrupt)?;
        series.extend(measured);
        page_mode = backed;
    }
    drop(progress);

    let (limits, ordinary) = (results::limits_gb_s(&series), results::ordinary_gb_s(&series));
    let document = Document {
        machine: machine.json(&page_mode),
        backend: streamer.backend().to_string(),
        kernel: options.kernel.to_string(),
        arch: Some(options.arch.to_string()),
        page_size: Some(options.preset.kconfig.page_size.bytes()),
        size_bytes: options.size,
        map: options.map.to_string(),
        rebinds: options.rebinds,
        huge_pages: options.huge_pages,
        struct_page_bytes: options.preset.kconfig.struct_page_size(),
        prefault: options.prefault.name().to_string(),
        limit_gb_s: limits[0].1.median,
        limit_gb_s_spread: limits[0].1,
        ordinary_gb_s: ordinary.median,
        results: results::rows(&series),
    };
    let written = output.map_or(Ok(()), |mut output| {
        output.write_all(format!("{:#}\n", serde_json::json!(document)).as_bytes())?;
        output.finish()
    });
    // Said even if the disk is full: what was measured is then not lost.
    let said = say(&report::after(options, &document, &limits, ordinary));
    written.and(said)
}

/// Touches as much memory as the run will take, and gives it back. In a virtual machine the first touch is the hypervisor's business
/// and takes many times as long; without this, the first strategy would pay for it.
fn settle(largest: &Experiment, progress: &Progress, interrupt: &Interrupt) -> Result<(), Failure> {
    progress.start("touching the memory");
    let mut held = Vec::new();
    for _ in 0..largest.memmaps() {
        let mut memory = largest.map()?;
        for huge_page in memory.memory().chunks_mut(HUGE_PAGE) {
            interrupt.check()?;
            for page in huge_page.chunks_mut(BASE_PAGE) {
                page[0].write(1);
            }
        }
        held.push(memory);
    }
    Ok(())
}

fn say(text: &str) -> Result<(), Failure> {
    write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error))
}
