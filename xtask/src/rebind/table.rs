//! The table that `rebind` prints: the seed's columns, then ours.

use comfy_table::{CellAlignment, Table, presets};
use memmap_template::namespace::Mode;

use super::results::Row;
use super::seed::{PUBLISHED, Published};

const HEADER: [&str; 12] = [
    "mode", "strategy", "fault", "init", "mean", "vs slow", "median", "min..max", "faster", "ns/page", "GB/s",
    "of limit",
];

/// What the columns mean.
pub(crate) const LEGEND: &str = "\
fault + init: the first binding, in page faults (not a hypervisor's: the memory was touched before) and initialisation;
in ms, as are mean, median and min..max of the rebinds. xN: on N threads. vs slow: of the means, as the seed has it.
faster, ns/page (a struct page), GB/s, limit: of the medians. limit: share of the write limit, a constant fill of the
same memory by streaming stores, on as many threads, drained, before each rebind.";

/// Ours, and below each mode the seed's.
pub(crate) fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header(HEADER);
    for &mode in Mode::ALL {
        let mut ours = rows.iter().filter(|row| row.mode == mode).peekable();
        if ours.peek().is_none() {
            continue;
        }
        table.add_rows(ours.map(cells));
        table.add_rows(PUBLISHED.iter().filter(|row| row.mode == mode).map(published));
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn cells(row: &Row) -> [String; 12] {
    let times = &row.rebind_ms;
    [
        row.mode.to_string(),
        format!("{}{}", row.way, if row.dedup { ", dedup" } else { "" }),
        format!("{:.0}", row.first.faults_ms),
        format!("{:.0}", row.first.init_ms),
        format!("{:.2}", times.mean),
        row.reduction.filter(|less| *less != 0.0).map(percent).unwrap_or_default(),
        format!("{:.2}", times.median),
        format!("{:.0}..{:.0}", times.min, times.max),
        row.vs_slow.map(|faster| format!("{faster:.2}x")).unwrap_or_default(),
        format!("{:.2}", row.ns_per_page),
        format!("{:.1}", row.gb_s),
        format!("{:.1} %", row.of_limit * 100.0),
    ]
}

fn published(row: &Published) -> [String; 12] {
    let mut cells: [String; 12] = Default::default();
    cells[0] = row.mode.to_string();
    cells[1] = row.name.to_string();
    // Published as one figure.
    cells[2] = format!("{:.0}", row.first_ms);
    cells[4] = format!("{:.2}", row.mean_ms);
    cells[5] = row.base_ms.map(|base| percent(1.0 - row.mean_ms / base)).unwrap_or_default();
    cells
}

/// A reduction, as the seed writes it: negative is better.
fn percent(reduction: f64) -> String {
    format!("{:+.1} %", -reduction * 100.0)
}

#[cfg(test)]
mod tests {
    use memmap_template::Strategy;

    use super::super::results::{rows, tests::series};
    use super::*;

    #[test]
    fn ours_and_the_seeds_figures_stand_together() {
        let rows = rows(&[series(Strategy::Slow, &[250.0]), series(Strategy::Stamped, &[100.0])]);
        let text = table(&rows).to_string();
        for figure in ["-60.0 %", "2.50x", "100.00", "-64.8 %", "313.45", "110.24", "1294"] {
            assert!(text.contains(figure), "{figure} is missing in\n{text}");
        }
        assert!(!text.contains("fsdax"), "no row for a mode that did not run:\n{text}");
        assert!(text.lines().chain(LEGEND.lines()).all(|line| line.chars().count() <= 120), "too wide:\n{text}");
    }
}
