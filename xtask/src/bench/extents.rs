//! One large extent: streaming stores against the CPU's own string instructions, which on some CPUs stop reading lines first.

use bench_runner::Op;

use super::race::Duel;
use super::results::Run;
use super::table::Table;
use crate::number::{long, short};

/// What the peer is called that uses them.
const REP: &str = "rep-movsb";

/// Ours against the string instruction at a size.
struct Extent {
    op: Op,
    duel: Duel,
    /// The best of the others, with its name.
    other: String,
    limit: String,
}

fn instruction(op: Op) -> &'static str {
    if op == Op::ExtentCopy { "rep movsb" } else { "rep stosb" }
}

fn extents(run: &Run) -> Vec<Extent> {
    let races = run.races();
    let of = races.iter().filter(|race| race.point().op.is_extent()).filter_map(|race| {
        let (ours, rep) = (race.named(run.leading_backend())?, race.named(REP)?);
        let best = race.best_peer(|row| row.entrant.name != REP);
        Some(Extent {
            op: race.point().op,
            duel: Duel::between(ours, rep),
            other: best.map(|row| format!("{} {:.1}", row.entrant.name, row.gb_s())).unwrap_or_default(),
            limit: race.limit_cell(),
        })
    });
    of.collect()
}

/// A row for each operation and size.
pub(super) fn table(run: &Run) -> Table {
    let names = ["one extent", "size", run.leading_backend(), "rep", "ratio", "best other", "limit"];
    let rows = extents(run).into_iter().map(|Extent { op, duel, other, limit }| {
        let rep = format!("{} {:.1}", instruction(op), duel.theirs);
        [op.to_string(), short(duel.size), format!("{:.1}", duel.ours), rep, duel.ratio_cell(), other, limit]
    });
    Table::new("One large extent, GB/s", 1, names, rows)
}

/// Where the instruction is faster by more than noise, and that it is not elsewhere.
pub(super) fn sentences(run: &Run) -> Vec<String> {
    let (lost, kept): (Vec<_>, Vec<_>) = extents(run).into_iter().partition(|extent| extent.duel.surely_loses());
    let mut sentences = Vec::new();
    for (op, does) in [
        (Op::ExtentZeros, "fills one extent with zeros"),
        (Op::ExtentFill, "fills one extent with a byte that is not zero"),
        (Op::ExtentCopy, "copies one extent"),
    ] {
        let of_op: Vec<_> = lost.iter().filter(|extent| extent.op == op).collect();
        let times = |extent: &&Extent| format!("{:.2} x with {}", 1.0 / extent.duel.ratio(), long(extent.duel.size));
        if let Some(first) = of_op.first() {
            let all: Vec<_> = of_op.iter().map(times).collect();
            let who = instruction(first.op);
            sentences
                .push(format!("{who} {does} faster than streaming stores, by more than noise: {}.", all.join(", ")));
        }
    }
    let sizes = || kept.iter().map(|extent| extent.duel.size);
    if let (Some(smallest), Some(largest)) = (sizes().min(), sizes().max()) {
        let mut who: Vec<_> = kept.iter().map(|extent| instruction(extent.op)).collect();
        who.sort_unstable();
        who.dedup();
        let best = kept.iter().map(|extent| 1.0 / extent.duel.ratio()).fold(0.0, f64::max);
        let span = if smallest == largest {
            format!("of {}", long(smallest))
        } else {
            format!("of {} to {}", long(smallest), long(largest))
        };
        let except = if lost.is_empty() { "" } else { "Otherwise " };
        sentences.push(format!(
            "{except}{} over one extent {span}: no faster than streaming stores beyond noise (at best {best:.2} x).",
            who.join(" and ")
        ));
    }
    sentences
}

#[cfg(test)]
mod tests {
    use bench_runner::protocol::Kind;

    use super::super::results::tests::{row, run};
    use super::*;

    /// Zeros at two sizes, by which of them the instruction is as fast as it is said.
    fn measured(at_64: f64, at_256: f64) -> Run {
        let mut run = run();
        run.rows.clear();
        for (size, rep) in [(64 << 20, at_64), (256 << 20, at_256)] {
            for (name, kind, gb_s) in [
                ("avx2", Kind::Ours, 20.0),
                (REP, Kind::Peer, rep),
                ("libc", Kind::Peer, 8.0),
                ("limit-fill", Kind::Limit, 21.0),
            ] {
                let mut row = row(name, kind, size, gb_s);
                row.point.op = Op::ExtentZeros;
                run.rows.push(row);
            }
        }
        run
    }

    #[test]
    fn an_instruction_that_wins_is_named_with_its_sizes() {
        assert_eq!(
            sentences(&measured(20.5, 38.0)),
            [
                "rep stosb fills one extent with zeros faster than streaming stores, by more than noise: 1.90 x with 256 MiB.",
                "Otherwise rep stosb over one extent of 64 MiB: no faster than streaming stores beyond noise (at best 1.03 x).",
            ]
        );
    }

    #[test]
    fn within_the_noise_nobody_wins() {
        // 5 % either way each.
        assert_eq!(
            sentences(&measured(8.0, 21.2)),
            [
                "rep stosb over one extent of 64 MiB to 256 MiB: no faster than streaming stores beyond noise (at best 1.06 x)."
            ]
        );
        assert!(sentences(&run()).is_empty());
    }

    #[test]
    fn whoever_is_above_the_limit_raises_it() {
        let rows = table(&measured(8.0, 38.0)).rows;
        assert_eq!(rows[0][2..4], ["20.0", "rep stosb 8.0"]);
        assert_eq!([rows[0][6].as_str(), rows[1][6].as_str()], ["21.0", "38.0 (rep-movsb)"]);
        assert_eq!(rows[1][5], "libc 8.0");
    }
}
