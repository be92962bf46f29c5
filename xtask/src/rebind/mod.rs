//! `cargo xtask rebind`: the seed's experiment in user space.

mod compare;
mod json;
mod measure;
pub(crate) mod options;
mod parts;
mod prefault;
mod report;
mod results;
mod seed;
mod series;
mod table;

use std::io::{self, Write};

use crate::backend;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::mapping;
use crate::memory;
use crate::number::human;
use crate::output::Output;
use crate::progress::Progress;
use measure::Experiment;
use options::Options;

/// Runs the experiment in every mode, and reports.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let streamer = backend::streamer()?;
    // All modes are checked before the first one runs.
    let mut inits = Vec::new();
    for &mode in &options.modes {
        inits.extend(options.memmaps(mode)?.into_iter().map(|init| (mode, init)));
    }
    let experiments: Vec<_> = inits
        .iter()
        .map(|(mode, init)| Experiment {
            mode: *mode,
            init,
            strategies: &options.strategies,
            threads: &options.threads,
            prefault: options.prefault,
            streamer,
            rebinds: options.rebinds,
            huge_pages: options.huge_pages,
            verbose: options.verbose,
        })
        .collect();
    require_memory(&experiments)?;
    let output = options.json.as_deref().map(Output::create).transpose()?;

    let machine = Machine::read();
    let backend = streamer.backend();
    say(report::before(options, &machine, backend, &experiments))?;
    let mut series = Vec::new();
    let mut page_mode = String::new();
    let progress = Progress::new(experiments.iter().map(Experiment::bindings).sum());
    settle(&experiments, &progress, interrupt)?;
    for experiment in &experiments {
        let measured = experiment.run(&progress, interrupt)?;
        series.extend(measured.series);
        page_mode = measured.page_mode;
    }
    drop(progress);

    let (rows, limits, ordinary) =
        (results::rows(&series), results::limits_gb_s(&series), results::ordinary_gb_s(&series));
    let written = output.map_or(Ok(()), |mut output| {
        let document = json::document(options, &machine, &page_mode, backend, &limits, ordinary, &rows);
        output.write_all(format!("{document:#}\n").as_bytes())?;
        output.finish()
    });
    // Said even if the disk is full: what was measured is then not lost.
    let said = say(report::after(&page_mode, &limits, ordinary, &rows));
    written.and(said)
}

/// The modes run one after the other: the larger one decides.
fn require_memory(experiments: &[Experiment]) -> Result<(), Failure> {
    let Some(largest) = experiments.iter().max_by_key(|experiment| experiment.memory()) else {
        return Ok(());
    };
    let purpose = format!("holding {} memmaps of {} at a time", largest.memmaps(), human(largest.init.buffer_len()));
    memory::require(largest.memory(), &purpose)
}

/// Touches as much memory as the run will take, and gives it back. In a virtual machine the first touch is the hypervisor's business
/// and takes many times as long; without this, the first strategy would pay for it.
fn settle(experiments: &[Experiment], progress: &Progress, interrupt: &Interrupt) -> Result<(), Failure> {
    let Some(largest) = experiments.iter().max_by_key(|experiment| experiment.memory()) else {
        return Ok(());
    };
    progress.start("touching the memory");
    let mut held = Vec::new();
    for _ in 0..largest.memmaps() {
        let mut memory = largest.map()?;
        for huge_page in memory.memmap().chunks_mut(mapping::HUGE_PAGE) {
            interrupt.check()?;
            for page in huge_page.chunks_mut(mapping::BASE_PAGE) {
                page[0].write(1);
            }
        }
        held.push(memory);
    }
    Ok(())
}

fn say(text: String) -> Result<(), Failure> {
    write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error))
}
