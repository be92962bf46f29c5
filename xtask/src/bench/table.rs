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
    pub(crate) fn new(
        heading: &'static str,
        words: usize,
        names: impl IntoIterator<Item = impl ToString>,
        rows: impl IntoIterator<Item = impl Into<Vec<String>>>,
    ) -> Table {
        let names = names.into_iter().map(|name| name.to_string()).collect();
        Table { heading, names, words, rows: rows.into_iter().map(Into::into).collect() }
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
