//! The tables of memmaps.

use super::markdown::{header, row, source};
use super::records::Record;
use crate::bench::tables;
use crate::failure::Failure;
use crate::number::long;
use crate::rebind::json::Document;

/// The strategies.
pub(super) fn memmap(records: &[Record]) -> String {
    let mut table = header(&["machine", "memmap", "threads", "strategy", "GB/s", "against slow"].map(String::from));
    for Record { machine, run, .. } in records {
        for cells in tables::memmaps(run).rows {
            let [memmap, strategy, threads, gb_s, _, slow, _] = cells.try_into().expect("the table has seven columns");
            table += &row(&[machine.clone(), memmap, threads, strategy, gb_s, slow]);
        }
    }
    let about = |Record { name, machine, run, .. }: &Record| format!("{machine}: {}.", source(&run.machine, name));
    format!("{table}\n{}\n", records.iter().map(about).collect::<Vec<_>>().join(" "))
}

/// The experiment of the Linux patch, a group of rows for each machine.
pub(super) fn rebind(records: &[Record]) -> Result<String, Failure> {
    let names = [
        "machine",
        "mode",
        "strategy",
        "median rebind, ms (min..max)",
        "ns per struct page",
        "GB/s",
        "against slow",
        "of the write limit",
    ];
    let mut table = header(&names.map(String::from));
    let mut sources = Vec::new();
    for record in records {
        let (rows, about) = group(&record.machine, &record.rebind()?, &record.name);
        table += &rows;
        sources.push(about);
    }
    Ok(format!("{table}\n{}\n", sources.join(" ")))
}

/// The rows of a machine, and where they are from.
fn group(machine: &str, document: &Document, record: &str) -> (String, String) {
    let cells = |result: &crate::rebind::json::Row| {
        let ms = result.rebind_ms;
        row(&[
            machine.to_string(),
            result.mode.clone(),
            result.strategy.clone(),
            format!("{:.1} ({:.1}..{:.1})", ms.median, ms.min, ms.max),
            format!("{:.2}", result.ns_per_page),
            format!("{:.1}", result.gb_s),
            result.vs_slow.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            result.of_limit_cell(0),
        ])
    };
    let about =
        format!("{machine}: a namespace of {}; {}.", long(document.size_bytes), source(&document.machine, record));
    (document.results.iter().map(cells).collect(), about)
}

#[cfg(test)]
mod tests {
    use super::super::records::tests::record;
    use super::*;

    #[test]
    fn strategies_are_compared_with_slow() {
        let table = memmap(&[record("A"), record("B")]);
        assert!(table.contains("| B | memmap-devdax | 1 | stamped | 20.0 | 2.22 |"), "{table}");
        assert!(!table.contains("limit"), "{table}");
    }

    #[test]
    fn rebinds_are_taken_as_they_are() {
        let file = crate::cargo::workspace().join("records/intel-xeon-emr-2026-11-27/rebind.json");
        let document = Document::read(&std::fs::read_to_string(file).unwrap()).unwrap();
        let (rows, about) = group("M", &document, "there");
        let first = "| M | fsdax | slow | 212.4 (190.2..276.6) | 8.23 | 7.8 | 1.00 | 38 % |\n";
        assert!(rows.starts_with(first) && rows.lines().count() == 8, "{rows}");
        assert!(about.contains("100 GiB") && !about.contains("commit"), "{about}");
    }
}
