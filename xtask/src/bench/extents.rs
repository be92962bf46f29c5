//! One large extent: streaming stores against the CPU's own string instructions, which on some CPUs stop reading lines first.

use bench_runner::Op;
use bench_runner::protocol::Kind;

use super::results::Run;
use super::text;
use super::verdict::Duel;

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

impl Extent {
    fn instruction(&self) -> &'static str {
        if self.op == Op::ExtentCopy { "rep movsb" } else { "rep stosb" }
    }
}

fn extents(run: &Run) -> Vec<Extent> {
    let races = run.races();
    let of = races.iter().filter(|race| race.point().op.is_extent()).filter_map(|race| {
        let (ours, rep) = (race.named(run.leading_backend())?, race.named(REP)?);
        let others = race.0.iter().filter(|row| row.is(Kind::Peer) && row.entrant.name != REP);
        let best = others.max_by(|a, b| a.gb_s().total_cmp(&b.gb_s()));
        Some(Extent {
            op: race.point().op,
            duel: Duel::between(ours, rep),
            other: best.map(|row| format!("{} {:.1}", row.entrant.name, row.gb_s())).unwrap_or_default(),
            limit: race.limit().map(text::limit).unwrap_or_default(),
        })
    });
    of.collect()
}

/// What the columns of [`rows`] are.
pub(super) fn header(backend: &str) -> [&str; 7] {
    ["one extent", "size", backend, "rep", "ratio", "best other", "limit"]
}

/// A row for each operation and size.
pub(super) fn rows(run: &Run) -> Vec<[String; 7]> {
    let row = |extent: Extent| {
        let (duel, (low, high)) = (&extent.duel, extent.duel.limits());
        [
            extent.op.to_string(),
            text::size(duel.size),
            format!("{:.1}", duel.ours),
            format!("{} {:.1}", extent.instruction(), duel.theirs),
            format!("{:.2} ({low:.2}..{high:.2})", duel.ratio()),
            extent.other,
            extent.limit,
        ]
    };
    extents(run).into_iter().map(row).collect()
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
        let times =
            |extent: &&Extent| format!("{:.2} x with {}", 1.0 / extent.duel.ratio(), text::bytes(extent.duel.size));
        if let Some(first) = of_op.first() {
            let all: Vec<_> = of_op.iter().map(times).collect();
            let who = first.instruction();
            sentences
                .push(format!("{who} {does} faster than streaming stores, by more than noise: {}.", all.join(", ")));
        }
    }
    let sizes = || kept.iter().map(|extent| extent.duel.size);
    if let (Some(smallest), Some(largest)) = (sizes().min(), sizes().max()) {
        let mut who: Vec<_> = kept.iter().map(Extent::instruction).collect();
        who.sort_unstable();
        who.dedup();
        let best = kept.iter().map(|extent| 1.0 / extent.duel.ratio()).fold(0.0, f64::max);
        let span = if smallest == largest {
            format!("of {}", text::bytes(smallest))
        } else {
            format!("of {} to {}", text::bytes(smallest), text::bytes(largest))
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
        let rows = rows(&measured(8.0, 38.0));
        assert_eq!(rows[0][2..4], ["20.0", "rep stosb 8.0"].map(String::from));
        assert_eq!([rows[0][6].as_str(), rows[1][6].as_str()], ["21.0", "38.0 (rep-movsb)"]);
        assert_eq!(rows[1][5], "libc 8.0");
    }
}
