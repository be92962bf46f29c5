//! The tables of copies.

use bench_runner::protocol::Kind;
use bench_runner::{Cache, Ends, Op, Reread};

use super::records::Record;
use super::{source, table};
use crate::bench::measure::no_rep;
use crate::bench::race::duels;
use crate::bench::results::Line;
use crate::machine::plain;
use crate::number::long;

/// Sizes of cold copies that a reader is shown.
const COLD: [u64; 5] = [256, 4 << 10, 64 << 10, 1 << 20, 16 << 20];
/// The size that stands for the others.
const MIDDLE: [u64; 1] = [64 << 10];

/// Copies: ours against the best ordinary one, with two columns for each machine.
pub(super) fn copies(records: &[Record]) -> String {
    let plain = Line::plain(Op::Copy);
    let lines = [
        ("cold", plain, &COLD[..]),
        ("cold, ends not aligned", Line { ends: Ends::Misaligned, ..plain }, &MIDDLE),
        ("source in the cache", Line { cache: Cache::HotSource, ..plain }, &MIDDLE),
        ("destination re-read at once", Line { reread: Reread::Yes, ..plain }, &MIDDLE),
        ("both sides in the cache", Line { cache: Cache::Hot, ..plain }, &MIDDLE),
    ];
    let (mut names, mut rows) = (vec!["copy".to_string(), "block".to_string()], Vec::new());
    let mut about = "Random blocks, one thread, drained each.".to_string();
    for Record { machine, .. } in records {
        names.push(format!("{machine}: streaming / best ordinary, GB/s"));
        names.push("ratio (95 % limits)".to_string());
    }
    for (what, line, sizes) in lines {
        let duels: Vec<_> = records.iter().map(|record| duels(&record.run, line)).collect();
        for &size in sizes {
            let of_size: Vec<_> = duels.iter().map(|duels| duels.iter().find(|duel| duel.size() == size)).collect();
            if of_size.iter().any(Option::is_some) {
                let mut row = vec![what.to_string(), long(size)];
                row.extend(of_size.into_iter().flat_map(|duel| match duel {
                    Some(duel) => {
                        let (ours, theirs) = (duel.ours.gb_s(), duel.theirs.gb_s());
                        [format!("{ours:.1} / {theirs:.1} ({})", duel.peer()), duel.ratio.to_string()]
                    }
                    None => [String::new(), String::new()],
                }));
                rows.push(row);
            }
        }
    }
    for record in records {
        let (backend, from) = (record.run.leading_backend(), source(&record.run.machine, &record.folder));
        about += &format!(" {}: backend `{backend}`; {from}.", record.machine);
    }
    let text = format!("{}\n{about}", table(&names, rows));
    let what_is = no_rep(&text);
    let space = if what_is.is_empty() { "" } else { " " };
    format!("{text}{space}{what_is}\n")
}

/// Everyone who copied cold random blocks, a table for each machine.
pub(super) fn peers(records: &[Record]) -> String {
    let tables: String = records.iter().map(|record| peers_of(record) + "\n").collect();
    tables + "Cold random blocks, aligned, one thread, drained each.\n"
}

/// The fastest at the largest size first.
fn peers_of(record: &Record) -> String {
    let run = &record.run;
    let races: Vec<_> =
        run.races().into_iter().filter(|race| Line::of(&race.point()) == Line::plain(Op::Copy)).collect();
    let sized = |size| races.iter().find(|race| race.point().size == size).map(|race| (size, race));
    let shown: Vec<_> = COLD.into_iter().filter_map(sized).collect();
    let mut entrants = shown.last().map(|(_, race)| race.0.to_vec()).unwrap_or_default();
    entrants.retain(|row| !row.is(Kind::Limit));
    entrants.sort_by(|a, b| b.gb_s().total_cmp(&a.gb_s()));
    let mut names = vec![format!("{}, GB/s", record.machine), "streams".to_string()];
    names.extend(shown.iter().map(|(size, _)| long(*size)));
    let rows = entrants.iter().map(|row| {
        let name = &row.entrant.name;
        let mut cells = vec![if row.is(Kind::Ours) { format!("**ours, {name}**") } else { name.clone() }];
        cells.push(if row.entrant.streamed == "yes" { "yes" } else { "" }.to_string());
        cells.extend(
            shown.iter().map(|(_, race)| race.named(name).map(|row| format!("{:.1}", row.gb_s())).unwrap_or_default()),
        );
        cells
    });
    let versions: Vec<_> = run.versions.iter().map(|(name, version)| format!("{name}: {}", plain(version))).collect();
    format!("{}\n{}. {}.\n", table(&names, rows), versions.join("; "), source(&run.machine, &record.folder))
}

#[cfg(test)]
mod tests {
    use super::super::records::tests::record;
    use super::*;

    #[test]
    fn each_machine_has_its_duels() {
        let mut other = record("B");
        other.run.rows.retain(|row| row.point.size != 4096);
        let text = copies(&[record("A"), other]);
        for part in [
            // What a machine has not measured is empty.
            "| cold | 4 KiB | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) |  |  |",
            "| destination re-read at once | 64 KiB | 3.0 / 6.0 (libc) | 0.50 (",
            "| A: streaming / best ordinary, GB/s | ratio (95 % limits) | B: streaming",
            "[record](records/B-2026-01-31)",
            "commit 0123456789ab",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn peers_are_in_the_order_of_their_speed() {
        let text = peers(&[record("A"), record("B")]);
        let order = ["| A, GB/s | streams |", "| **ours, avx2** | yes | ", "| libc |  | ", "| B, GB/s | streams |"];
        assert!(order.map(|row| text.find(row).expect(row)).is_sorted() && !text.contains("limit"), "{text}");
    }
}
