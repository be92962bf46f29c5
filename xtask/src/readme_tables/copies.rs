//! The tables of copies.

use bench_runner::protocol::Kind;
use bench_runner::{Cache, Ends, Op, Reread};

use super::markdown::{header, row, source};
use super::records::Record;
use crate::bench::facts::plain;
use crate::bench::measure::no_rep;
use crate::bench::race::{Duel, duels};
use crate::bench::results::{Line, Run};
use crate::number::long;

/// Sizes of cold copies that a reader is shown.
const COLD: [u64; 5] = [256, 4 << 10, 64 << 10, 1 << 20, 16 << 20];
/// The size that stands for the others.
const MIDDLE: u64 = 64 << 10;

/// Copies: ours against the best ordinary one, with two columns for each machine.
pub(super) fn copies(records: &[Record]) -> String {
    let plain = Line::plain(Op::Copy);
    let lines = [
        ("cold", plain, &COLD[..]),
        ("cold, ends not aligned", Line { ends: Ends::Misaligned, ..plain }, &[MIDDLE]),
        ("source in the cache", Line { cache: Cache::HotSource, ..plain }, &[MIDDLE]),
        ("destination re-read at once", Line { reread: Reread::Yes, ..plain }, &[MIDDLE]),
        ("both sides in the cache", Line { cache: Cache::Hot, ..plain }, &[MIDDLE]),
    ];
    let mut names = vec!["copy".to_string(), "block".to_string()];
    for record in records {
        names.push(format!("{}: streaming / best ordinary, GB/s", record.machine));
        names.push("ratio (95 % limits)".to_string());
    }
    let mut table = header(&names);
    for (what, line, sizes) in lines {
        let duels: Vec<_> = records.iter().map(|record| duels(&record.run, line)).collect();
        for size in sizes {
            let of_size = duels.iter().map(|duels| duels.iter().find(|duel| duel.size == *size));
            if of_size.clone().flatten().next().is_some() {
                let cells = of_size.flat_map(|duel| duel.map(cells).unwrap_or_default());
                table += &row(&[what.to_string(), long(*size)].into_iter().chain(cells).collect::<Vec<_>>());
            }
        }
    }
    table += "\nRandom blocks, one thread, drained each.";
    for Record { name, machine, run, .. } in records {
        table += &format!(" {machine}: backend `{}`; {}.", run.leading_backend(), source(&run.machine, name));
    }
    let what_is = no_rep(&table);
    let space = if what_is.is_empty() { "" } else { " " };
    format!("{table}{space}{what_is}\n")
}

fn cells(duel: &Duel) -> [String; 2] {
    let Duel { ours, theirs, peer, .. } = duel;
    [format!("{ours:.1} / {theirs:.1} ({peer})"), duel.ratio_cell()]
}

/// Everyone who copied cold random blocks, a table for each machine.
pub(super) fn peers(records: &[Record]) -> String {
    let mut tables: Vec<_> = records.iter().map(peers_of).collect();
    tables.push("Cold random blocks, aligned, one thread, drained each.".to_string());
    tables.join("\n") + "\n"
}

/// The fastest at the largest size first.
fn peers_of(record: &Record) -> String {
    let Record { name, machine, run, .. } = record;
    let races: Vec<_> =
        run.races().into_iter().filter(|race| Line::of(&race.point()) == Line::plain(Op::Copy)).collect();
    let at = |size: u64| races.iter().find(|race| race.point().size == size);
    let sizes: Vec<_> = COLD.into_iter().filter(|&size| at(size).is_some()).collect();
    let mut entrants: Vec<_> =
        sizes.last().and_then(|&largest| at(largest)).map(|race| race.0.clone()).unwrap_or_default();
    entrants.retain(|row| !row.is(Kind::Limit));
    entrants.sort_by(|a, b| b.gb_s().total_cmp(&a.gb_s()));
    let mut names = vec![format!("{machine}, GB/s"), "streams".to_string()];
    names.extend(sizes.iter().map(|&size| long(size)));
    let mut table = header(&names);
    for entrant in entrants {
        let name = &entrant.entrant.name;
        let shown = if entrant.is(Kind::Ours) { format!("**ours, {name}**") } else { name.clone() };
        let mut cells = vec![shown, if entrant.entrant.streamed == "yes" { "yes" } else { "" }.to_string()];
        let speed = |&size: &u64| at(size).and_then(|race| race.named(name)).map(|row| format!("{:.1}", row.gb_s()));
        cells.extend(sizes.iter().map(|size| speed(size).unwrap_or_default()));
        table += &row(&cells);
    }
    format!("{table}\n{}. {}.\n", versions(run), source(&run.machine, name))
}

fn versions(run: &Run) -> String {
    let versions: Vec<_> = run.versions.iter().map(|(name, version)| format!("{name}: {}", plain(version))).collect();
    versions.join("; ")
}

#[cfg(test)]
mod tests {
    use super::super::records::tests::record;
    use super::*;

    #[test]
    fn each_machine_has_its_duels() {
        let table = copies(&[record("A"), record("B")]);
        for part in [
            "| cold | 4 KiB | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) |",
            "| destination re-read at once | 64 KiB | 3.0 / 6.0 (libc) | 0.50 (",
            "| A: streaming / best ordinary, GB/s | ratio (95 % limits) | B: streaming",
            "[record](records/B-2026-01-31)",
            "commit 0123456789ab",
        ] {
            assert!(table.contains(part), "{part} is missing in\n{table}");
        }
    }

    #[test]
    fn what_a_machine_has_not_measured_is_empty() {
        let mut other = record("B");
        other.run.rows.retain(|row| row.point.size != 4096);
        let table = copies(&[record("A"), other]);
        assert!(table.contains("| cold | 4 KiB | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) |  |  |"), "{table}");
    }

    #[test]
    fn peers_are_in_the_order_of_their_speed() {
        let table = peers(&[record("A"), record("B")]);
        let place = |row: &str| table.find(row).unwrap_or_else(|| panic!("{row} is missing in\n{table}"));
        assert!(place("| **ours, avx2** | yes | ") < place("| libc |  | "), "{table}");
        assert!(place("| A, GB/s | streams |") < place("| B, GB/s | streams |"), "{table}");
        assert!(!table.contains("limit"), "{table}");
    }
}
