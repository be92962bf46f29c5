//! What `rebind` says: what is about to run, and the table of what came of it.

use std::array;
use std::num::NonZeroUsize;

use memmap_template::STRUCT_PAGE_SIZE;
use memmap_template::namespace::Mode;

use super::measure::Experiment;
use super::options::Options;
use super::results::{Document, Row};
use crate::arch::Distro;
use crate::bench::table::Table;
use crate::machine::Machine;
use crate::number::human;
use crate::stats::Summary;

pub(super) fn before(options: &Options, machine: &Machine, experiments: &[Experiment]) -> String {
    let Experiment { init, streamer, .. } = &experiments[0];
    let (Machine { cpu, cores, kernel: running, libc, tuning, .. }, Options { map, rebinds, .. }) = (machine, options);
    let Distro { arch, page_size, kernel, .. } = &options.distro;
    let memory = machine.memory_bytes.map_or_else(|| "unknown".to_string(), human);
    let (backend, struct_page, size) = (streamer.backend(), init.struct_page_size(), human(options.size));
    let mut text = format!(
        "machine: {cpu}, {cores} cores, {memory} memory, {running}, {libc}\nbackend: {backend}\ntuning: {tuning}\n\
         memmap of kernel {kernel} on {arch}, pages of {page_size}, {struct_page}-byte struct pages, \
         namespace of {size}, map={map}, {rebinds} rebinds:\n"
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

/// A column: its name, what it means, and a row's cell.
type Column = (&'static str, &'static str, fn(&Row) -> String);

const COLUMNS: [Column; 12] = [
    ("mode", "", |row| row.mode.clone()),
    ("strategy", "", |row| {
        let threads = if row.threads.get() > 1 { format!(" x{}", row.threads) } else { String::new() };
        format!("{}{threads}{}", row.strategy, if row.dedup { ", dedup" } else { "" })
    }),
    ("fault", "page faults of the first binding, ms (not a hypervisor's: the memory was touched before)", |row| {
        format!("{:.0}", row.first.faults_ms)
    }),
    ("init", "initialisation in the first binding, ms", |row| format!("{:.0}", row.first.init_ms)),
    ("mean", "of the rebinds, ms, as are median and min..max", |row| format!("{:.2}", row.rebind_ms.mean)),
    ("vs slow", "of the means, as the patch's author has it: negative is better", |row| {
        row.reduction.filter(|less| *less != 0.0).map(|less| format!("{:+.1} %", -less * 100.0)).unwrap_or_default()
    }),
    ("median", "", |row| format!("{:.2}", row.rebind_ms.median)),
    ("min..max", "", |row| format!("{:.0}..{:.0}", row.rebind_ms.min, row.rebind_ms.max)),
    ("faster", "than slow, by the medians", |row| {
        row.vs_slow.map(|faster| format!("{faster:.2}x")).unwrap_or_default()
    }),
    ("ns/page", "a struct page, by the median", |row| format!("{:.2}", row.ns_per_page)),
    ("GB/s", "by the median", |row| format!("{:.1}", row.gb_s)),
    (
        "of limit",
        "share of the write limit, by the medians: a constant fill of the same memory before each rebind, streamed, drained",
        |row| row.of_limit_cell(1),
    ),
];

/// What the patch's author published, to be read beside ours: the first cells of a row. Faults and initialisation are one figure.
const PUBLISHED: [[&str; 6]; 4] = [
    ["fsdax", "published: base", "1486", "", "273.52", ""],
    ["fsdax", "published: patch", "1389", "", "111.08", "-59.4 %"],
    ["devdax", "published: base", "1515", "", "313.45", ""],
    ["devdax", "published: patch", "1294", "", "110.24", "-64.8 %"],
];

const SOURCE: &str = "published: the patch's own figures (version 2), of another machine: an Ice Lake VM, 100 GB namespace, map=dev, 30 rebinds;\n\
    kernel 7.1-rc3 without and with the patch";

const WHY_ABOVE: &str = "above: faster than the fill, which was not the limit then. The cache took what ordinary stores wrote (ask for a larger --size),\n\
    or the machine was busier while it filled (run it again, or with more --rebinds)";

pub(super) fn after(document: &Document, limits: &[(NonZeroUsize, Summary)], ordinary: Summary) -> String {
    let rows = &document.results;
    let speed = |of: &Summary, on: &str| format!("{:.1} GB/s{on} ({:.1}..{:.1})", of.median, of.min, of.max);
    let limits = limits.iter().map(|(threads, limit)| match threads.get() {
        1 => speed(limit, ""),
        threads => speed(limit, &format!(" on {threads} threads")),
    });
    // The patch's author measured as many struct pages of the same size, on the device.
    let with_published = (100_000_000_000..=100 << 30).contains(&document.size_bytes)
        && document.map == "dev"
        && (document.page_size, document.struct_page_bytes) == (Some(4096), STRUCT_PAGE_SIZE);
    let mut text = format!("\n{}\n", table(rows, with_published));
    text += &format!(
        "write limit: {}; memory: {}; every memmap is identical to slow's, all bytes.\n\
         The same fill by ordinary stores: {}. Where that is the write limit too, streaming has nothing to win.\n",
        limits.collect::<Vec<_>>().join(", "),
        document.machine["page_mode"].as_str().unwrap_or("unknown"),
        speed(&ordinary, ""),
    );
    text
}

/// Ours, below each mode what was published, and what those columns mean that have something in them.
fn table(rows: &[Row], with_published: bool) -> String {
    let mut lines: Vec<[String; COLUMNS.len()]> = Vec::new();
    for mode in Mode::ALL.iter().filter(|mode| rows.iter().any(|row| row.mode == mode.name())) {
        let ours = rows.iter().filter(|row| row.mode == mode.name());
        lines.extend(ours.map(|row| COLUMNS.map(|(_, _, cell)| cell(row))));
        if with_published {
            let published = PUBLISHED.iter().filter(|row| row[0] == mode.name());
            lines
                .extend(published.map(|row| array::from_fn(|at| row.get(at).copied().unwrap_or_default().to_string())));
        }
    }
    let kept: Vec<_> = (0..COLUMNS.len()).filter(|&at| lines.iter().any(|line| !line[at].is_empty())).collect();
    let cells = lines.iter().map(|line| kept.iter().map(|&at| line[at].clone()).collect::<Vec<_>>());
    let mut text = Table::new("", 2, kept.iter().map(|&at| COLUMNS[at].0), cells).text() + "\n\n";
    for (name, meaning, _) in kept.iter().map(|&at| COLUMNS[at]).filter(|(_, meaning, _)| !meaning.is_empty()) {
        text += &format!("{name}: {meaning}\n");
    }
    let notes = [
        (rows.iter().any(|row| row.threads.get() > 1), "xN: on N threads, and so is its fill"),
        (rows.iter().any(Row::is_above_limit), WHY_ABOVE),
        (with_published, SOURCE),
    ];
    text.extend(notes.into_iter().filter(|(is_meant, _)| *is_meant).flat_map(|(_, note)| [note, "\n"]));
    text
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::row;
    use super::*;

    #[test]
    fn a_table_has_and_explains_what_there_is() {
        let text = table(&[250.0, 100.0].map(|ms| row("no", &[ms], Some(250.0))), true);
        for figure in ["-60.0 %", "2.50x", "100.00", "-64.8 %", "313.45", "1294", "vs slow:", "published: "] {
            assert!(text.contains(figure), "{figure} is missing in\n{text}");
        }
        assert!(!text.contains("fsdax") && !text.contains("above"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 130), "too wide:\n{text}");
        let text = table(&[row("no", &[2.0], None)], false);
        assert!(["vs slow", "faster: ", "xN", "published"].iter().all(|absent| !text.contains(absent)), "{text}");
        assert!(text.contains("above: faster than the fill"), "{text}");
    }
}
