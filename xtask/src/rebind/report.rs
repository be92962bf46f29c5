//! What `rebind` says around its table.

use std::num::NonZeroUsize;

use memcpy_streaming::Backend;

use super::measure::Experiment;
use super::options::Options;
use super::results::Row;
use super::{seed, table};
use crate::machine::Machine;
use crate::number::human;
use crate::stats::Summary;

/// What is about to run, and on what.
pub(crate) fn before(options: &Options, machine: &Machine, backend: Backend, experiments: &[Experiment]) -> String {
    let mut text = format!(
        "machine: {}, {} cores, {} memory, {}, {}\nbackend: {backend}\ntuning: {}\n",
        machine.cpu,
        machine.cores,
        machine.memory.map_or_else(|| "unknown".to_string(), human),
        machine.kernel,
        machine.libc,
        bench_runner::machine::tuning(),
    );
    text += &format!(
        "memmap of kernel {} on {}, pages of {}, {}-byte struct pages, namespace of {}, map={}, {} rebinds:\n",
        options.kernel,
        options.arch,
        options.preset.kconfig.page_size,
        options.preset.kconfig.struct_page_size(),
        human(options.size),
        options.map,
        options.rebinds
    );
    for Experiment { mode, init, .. } in experiments {
        text += &format!("  {mode}: {} struct pages from pfn {:#x} on", init.pages(), init.first_pfn());
        if init.compounds() > 0 {
            text += &format!(", {} compounds", init.compounds());
        }
        if init.struct_pages() < init.pages() {
            text += &format!(", dedup: {} are written, {} of each", init.struct_pages(), init.compound_nr_pages());
        }
        text += "\n";
    }
    text
}

/// The result.
pub(crate) fn after(page_mode: &str, limits: &[(NonZeroUsize, Summary)], ordinary: Summary, rows: &[Row]) -> String {
    let limits: Vec<_> = limits
        .iter()
        .map(|(threads, limit)| {
            let on = if threads.get() == 1 { String::new() } else { format!(" on {threads} threads") };
            format!("{:.1} GB/s{on} ({:.1}..{:.1})", limit.median, limit.min, limit.max)
        })
        .collect();
    format!(
        "\n{}\n\n{}\n{}\nwrite limit: {}; memory: {page_mode}; every memmap is identical to slow's, all bytes.\n\
         The same fill by ordinary stores: {:.1} GB/s ({:.1}..{:.1}). Where that is the write limit too, streaming has nothing to win.\n",
        table::table(rows),
        table::LEGEND,
        seed::SOURCE,
        limits.join(", "),
        ordinary.median,
        ordinary.min,
        ordinary.max,
    )
}
