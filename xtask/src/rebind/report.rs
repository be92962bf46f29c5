//! What `rebind` says: what is about to run, and the table of what came of it.

use std::num::NonZeroUsize;

use memmap_template::namespace::Mode;
use memmap_template::{STRUCT_PAGE_SIZE, Strategy};

use super::measure::Experiment;
use super::options::Options;
use super::results::{ABOVE, Document, Row};
use crate::machine::Machine;
use crate::number::{human, long};
use crate::stats::Summary;

/// What is about to run, and on what.
pub(super) fn before(options: &Options, machine: &Machine, experiments: &[Experiment]) -> String {
    let Experiment { init, streamer, .. } = &experiments[0];
    let mut text = format!(
        "machine: {}, {} cores, {} memory, {}, {}\nbackend: {}\ntuning: {}\n\
         memmap of kernel {} on {}, pages of {}, {}-byte struct pages, namespace of {}, map={}, {} rebinds:\n",
        machine.cpu,
        machine.cores,
        machine.memory_bytes.map_or_else(|| "unknown".to_string(), human),
        machine.kernel,
        machine.libc,
        streamer.backend(),
        bench_runner::machine::tuning(),
        options.distro.kernel,
        options.distro.arch,
        options.distro.page_size,
        init.struct_page_size(),
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
        row.reduction.filter(|less| *less != 0.0).map(percent).unwrap_or_default()
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

/// What the patch's author published, to be read beside ours: mode, kernel, first and mean binding in ms.
const PUBLISHED: [(Mode, &str, f64, f64); 4] = [
    (Mode::Fsdax, "base", 1486.0, 273.52),
    (Mode::Fsdax, "patch", 1389.0, 111.08),
    (Mode::Devdax, "base", 1515.0, 313.45),
    (Mode::Devdax, "patch", 1294.0, 110.24),
];

const SOURCE: &str = "published: the patch's own figures (version 2), of another machine: an Ice Lake VM, 100 GB namespace, map=dev, 30 rebinds;\n\
    kernel 7.1-rc3 without and with the patch";

/// The result.
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
    if let Some(why) = why_above(rows, bench_runner::machine::cache(3)) {
        text += &format!("{why}\n");
    }
    text += &format!(
        "write limit: {}; memory: {}; every memmap is identical to slow's, all bytes.\n\
         The same fill by ordinary stores: {}. Where that is the write limit too, streaming has nothing to win.\n",
        limits.collect::<Vec<_>>().join(", "),
        document.machine["page_mode"].as_str().unwrap_or("unknown"),
        speed(&ordinary, ""),
    );
    text
}

/// What it takes to be faster than the fill, if something was: ordinary stores that the cache takes, or a fill that was disturbed.
fn why_above(rows: &[Row], l3: Option<u64>) -> Option<String> {
    let row = rows.iter().find(|row| row.is_above_limit())?;
    let is_ordinary = [Strategy::Slow, Strategy::Template].iter().any(|strategy| strategy.name() == row.strategy);
    let cause = match l3.filter(|l3| is_ordinary && row.bytes < *l3) {
        Some(l3) => format!(
            "the third-level cache ({}) takes what {} writes ({}), and the fill goes to memory; ask for a larger --size",
            long(l3),
            row.strategy,
            human(row.bytes)
        ),
        None => "the machine was busier while it filled; run it again, or with more --rebinds".to_string(),
    };
    Some(format!("{ABOVE}: faster than the fill, which was not the limit then: {cause}."))
}

/// Ours, below each mode what was published, and what those columns mean that have something in them.
fn table(rows: &[Row], with_published: bool) -> String {
    let mut lines: Vec<[String; COLUMNS.len()]> = Vec::new();
    for mode in Mode::ALL.iter().filter(|mode| rows.iter().any(|row| row.mode == mode.name())) {
        let ours = rows.iter().filter(|row| row.mode == mode.name());
        lines.extend(ours.map(|row| COLUMNS.map(|(_, _, cell)| cell(row))));
        if with_published {
            lines.extend(published(*mode));
        }
    }
    let kept: Vec<_> = (0..COLUMNS.len()).filter(|&at| lines.iter().any(|line| !line[at].is_empty())).collect();
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::ASCII_MARKDOWN).set_header(kept.iter().map(|&at| COLUMNS[at].0));
    table.add_rows(lines.iter().map(|line| kept.iter().map(|&at| &line[at]).collect::<Vec<_>>()));
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    let mut text = format!("{table}\n\n");
    for (name, meaning, _) in kept.iter().map(|&at| COLUMNS[at]).filter(|(_, meaning, _)| !meaning.is_empty()) {
        text += &format!("{name}: {meaning}\n");
    }
    if rows.iter().any(|row| row.threads.get() > 1) {
        text += "xN: on N threads, and so is its fill\n";
    }
    if with_published {
        text += &format!("{SOURCE}\n");
    }
    text
}

fn published(mode: Mode) -> impl Iterator<Item = [String; COLUMNS.len()]> {
    let rows = PUBLISHED.into_iter().filter(move |row| row.0 == mode);
    let base = rows.clone().next().map_or(f64::NAN, |base| base.3);
    rows.map(move |(mode, kernel, first, mean)| {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        (cells[0], cells[1]) = (mode.to_string(), format!("published: {kernel}"));
        // Page faults and initialisation were published as one figure.
        (cells[2], cells[4]) = (format!("{first:.0}"), format!("{mean:.2}"));
        cells[5] = if mean == base { String::new() } else { percent(1.0 - mean / base) };
        cells
    })
}

/// A reduction, as the patch's author writes it.
fn percent(reduction: f64) -> String {
    format!("{:+.1} %", -reduction * 100.0)
}

#[cfg(test)]
mod tests {
    use super::super::results::{rows, tests::series};
    use super::*;

    #[test]
    fn a_table_has_and_explains_what_there_is() {
        let compared = rows(&[series(Strategy::Slow, &[250.0]), series(Strategy::Stamped, &[100.0])]);
        let text = table(&compared, true);
        for figure in ["-60.0 %", "2.50x", "100.00", "-64.8 %", "313.45", "110.24", "1294", "vs slow:", "published: "] {
            assert!(text.contains(figure), "{figure} is missing in\n{text}");
        }
        assert!(!text.contains("fsdax"), "no row for a mode that did not run:\n{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 130), "too wide:\n{text}");
        let text = table(&rows(&[series(Strategy::Stamped, &[100.0])]), false);
        assert!(["vs slow", "faster", "xN", "published"].iter().all(|absent| !text.contains(absent)), "{text}");
    }

    #[test]
    fn a_limit_that_was_none_is_explained() {
        let why = |strategy, ms, l3: u64| why_above(&rows(&[series(strategy, &[ms])]), Some(l3 << 20));
        assert_eq!(why(Strategy::Template, 4.0, 128), None);
        assert!(why(Strategy::Template, 2.0, 128).unwrap().contains("third-level cache (128 MiB)"));
        for (strategy, l3) in [(Strategy::Template, 32), (Strategy::Stamped, 128)] {
            assert!(why(strategy, 2.0, l3).unwrap().contains("busier"));
        }
    }
}
