//! A table, told once: the summary, the report and the README have it in forms of their own.

use comfy_table::{CellAlignment, presets};
use maud::{Markup, html};

pub(crate) struct Table {
    heading: &'static str,
    names: Vec<String>,
    /// The first of these columns are words, the others numbers.
    words: usize,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(
        heading: &'static str,
        words: usize,
        names: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Table {
        let rows = rows.into_iter().map(Vec::from).collect();
        Table { heading, names: names.map(str::to_string).into(), words, rows }
    }

    /// For a terminal; nothing without rows.
    pub(crate) fn text(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::ASCII_MARKDOWN).set_header(&self.names).add_rows(&self.rows);
        for column in table.column_iter_mut().skip(self.words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.to_string()
    }

    /// A section of the report; nothing without rows. It scrolls by itself where it is too wide.
    pub(super) fn section(&self) -> Markup {
        let class = |column: usize| (column >= self.words).then_some("n");
        html! {
            @if !self.rows.is_empty() {
                section {
                    h2 { (self.heading) }
                    div.wide { table {
                        thead { tr { @for (at, name) in self.names.iter().enumerate() { th class=[class(at)] { (name) } } } }
                        tbody { @for row in &self.rows {
                            tr { @for (at, cell) in row.iter().enumerate() { td class=[class(at)] { (cell) } } }
                        } }
                    } }
                }
            }
        }
    }
}
