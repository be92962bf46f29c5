//! One large extent: streaming stores against the CPU's own string instructions, which on some CPUs stop reading lines first.

use bench_runner::Op;

use super::race::{DRAW, Duel, Race};
use super::results::Run;
use super::table::Table;
use crate::number::{long, short};

/// What the peer is called that uses them.
const REP: &str = "rep-movsb";

fn instruction(op: Op) -> &'static str {
    if op == Op::ExtentCopy { "rep movsb" } else { "rep stosb" }
}

fn extents(run: &Run) -> impl Iterator<Item = (Race<'_>, Duel)> {
    run.races().into_iter().filter(|race| race.point().op.is_extent()).filter_map(|race| {
        let duel = Duel::between(race.named(run.leading_backend())?, race.named(REP)?);
        Some((race, duel))
    })
}

/// A row for each operation and size.
pub(super) fn table(run: &Run) -> Table {
    let names = ["one extent", "size", run.leading_backend(), "rep", "ratio", "best other", "limit"];
    let rows = extents(run).map(|(race, duel)| {
        let (op, rep) = (race.point().op, format!("{} {:.1}", instruction(race.point().op), duel.theirs));
        let best = race.best_peer(|row| row.entrant.name != REP);
        let other = best.map(|row| format!("{} {:.1}", row.entrant.name, row.gb_s())).unwrap_or_default();
        let (size, ours) = (short(duel.size), format!("{:.1}", duel.ours));
        [op.to_string(), size, ours, rep, duel.ratio_cell(), other, race.limit_cell()]
    });
    Table::new("One large extent, GB/s", 1, names, rows)
}

/// Where the instruction is faster by more than noise, and that it is not elsewhere.
pub(super) fn sentences(run: &Run) -> Vec<String> {
    let (lost, kept): (Vec<_>, Vec<_>) =
        extents(run).partition(|(_, duel)| duel.ratio.median < 1.0 - DRAW && duel.ratio.high < 1.0);
    let mut sentences = Vec::new();
    for (op, does) in [
        (Op::ExtentZeros, "fills one extent with zeros"),
        (Op::ExtentFill, "fills one extent with a byte that is not zero"),
        (Op::ExtentCopy, "copies one extent"),
    ] {
        let of_op = lost.iter().filter(|(race, _)| race.point().op == op);
        let times: Vec<_> =
            of_op.map(|(_, duel)| format!("{:.2} x with {}", 1.0 / duel.ratio.median, long(duel.size))).collect();
        if !times.is_empty() {
            let (who, times) = (instruction(op), times.join(", "));
            sentences.push(format!("{who} {does} faster than streaming stores, by more than noise: {times}."));
        }
    }
    if let Some(best) = kept.iter().map(|(_, duel)| 1.0 / duel.ratio.median).max_by(f64::total_cmp) {
        let other = if lost.is_empty() { "" } else { "other " };
        sentences.push(format!(
            "Over one extent, string instructions are at no {other}size measured faster than streaming stores beyond noise (at best {best:.2} x)."
        ));
    }
    sentences
}

#[cfg(test)]
mod tests {
    use bench_runner::protocol::Kind;

    use super::super::results::tests::{row, run};
    use super::*;

    #[test]
    fn an_instruction_that_wins_is_named_with_its_sizes_and_raises_the_limit() {
        // Zeros at two sizes, by which of them the instruction is as fast as it is said.
        let measured = |at_64: f64, at_256: f64| {
            let mut run = run();
            run.rows.clear();
            for (size, rep) in [(64 << 20, at_64), (256 << 20, at_256)] {
                run.rows.push(row("avx2", Kind::Ours, size, 20.0));
                run.rows.push(row(REP, Kind::Peer, size, rep));
                run.rows.push(row("libc", Kind::Peer, size, 8.0));
                run.rows.push(row("limit-fill", Kind::Limit, size, 21.0));
            }
            run.rows.iter_mut().for_each(|row| row.point.op = Op::ExtentZeros);
            run
        };
        let wins = "rep stosb fills one extent with zeros faster than streaming stores, by more than noise: 1.90 x with 256 MiB.";
        let rest = |other: &str, best: &str| {
            format!(
                "Over one extent, string instructions are at no {other}size measured faster than streaming stores beyond noise (at best {best} x)."
            )
        };
        assert_eq!(sentences(&measured(20.5, 38.0)), [wins.to_string(), rest("other ", "1.03")]);
        // 5 % either way each.
        assert_eq!(sentences(&measured(8.0, 21.2)), [rest("", "1.06")]);
        assert!(sentences(&run()).is_empty());
        let rows = table(&measured(8.0, 38.0)).rows;
        assert_eq!(rows[0][2..4], ["20.0", "rep stosb 8.0"]);
        assert_eq!([&rows[0][6], &rows[1][6], &rows[1][5]], ["21.0", "38.0 (rep-movsb)", "libc 8.0"]);
    }
}
