//! What the figures say: from which size on streaming wins, and how far away a re-read must be.

use bench_runner::{Cache, Op, Reread};

use super::results::{DRAW, Duel, Line, Run, plain_line};
use crate::number::long;

/// At which sizes it wins, and by how much: the largest that win, with no loss between them.
fn win(duels: &[Duel<'_>], whom: &str) -> Option<(String, String)> {
    let last = duels.iter().rposition(Duel::wins)?;
    let after_loss = duels[..last].iter().rposition(Duel::loses).map_or(0, |loss| loss + 1);
    let first = after_loss + duels[after_loss..].iter().position(Duel::wins)?;
    let (from, to) = (long(duels[first].size()), long(duels[last].size()));
    // Where it loses again, it ends.
    let worst_above = worst(duels[last..].iter().filter(|duel| duel.loses()));
    let (sizes, won, above) = match worst_above {
        None => (format!("from {from} up"), &duels[first..], String::new()),
        Some(worst) => {
            let sizes = if first == last { format!("with {from}") } else { format!("from {from} to {to}") };
            (sizes, &duels[first..=last], format!("; larger ones lose, down to {worst:.2} x"))
        }
    };
    let (low, high) = (worst(won)?, won.iter().map(|duel| duel.ratio.median).fold(0.0, f64::max));
    let span = if high - low < 0.05 { format!("{high:.2} x") } else { format!("{low:.2} to {high:.2} x") };
    Some((sizes, format!("{span} {whom}{above}.")))
}

fn worst<'a>(duels: impl IntoIterator<Item = &'a Duel<'a>>) -> Option<f64> {
    duels.into_iter().map(|duel| duel.ratio.median).reduce(f64::min)
}

/// The verdict: sentences, the most important first.
pub(crate) fn sentences(run: &Run) -> Vec<String> {
    let plain = plain_line(Op::Copy);
    let [copies, reread, hot_source, hot, fills] = [
        plain,
        Line { reread: Reread::Yes, ..plain },
        Line { cache: Cache::HotSource, ..plain },
        Line { cache: Cache::Hot, ..plain },
        plain_line(Op::Fill),
    ]
    .map(|line| run.duels_along(line));
    let mut sentences = Vec::new();
    if let Some(largest) = copies.last() {
        sentences.push(copy_sentence(&copies, long(largest.size()), &reread));
    }
    if let Some((sizes, by)) = win(&hot_source, "the best ordinary copy") {
        sentences.push(format!("Copies of a source that is in the cache win {sizes}: {by}"));
    }
    if let Some((sizes, by)) = win(&fills, "the best ordinary fill") {
        sentences.push(format!("Fills of memory that is not in the cache win {sizes}: {by}"));
    } else if !fills.is_empty() {
        let none = "Fills are no faster by streaming stores at any size measured; they leave the cache as it was.";
        sentences.push(none.to_string());
    }
    // Where one extent is written, some CPUs' string instructions stop reading its lines first.
    let beyond_noise = |duel: &Duel<'_>| duel.ratio.median < 1.0 - DRAW && duel.ratio.high < 1.0;
    sentences.extend(run.duels().filter(|duel| duel.ours.point.op.is_extent() && beyond_noise(duel)).map(|duel| {
        let (op, size, peer, times) = (duel.ours.point.op, long(duel.size()), duel.peer(), 1.0 / duel.ratio.median);
        format!("{op} of {size}: {peer} is faster than streaming stores, by more than noise: {times:.2} x.")
    }));
    if let Some(worst) = worst(&hot).filter(|worst| *worst < 1.0 - DRAW) {
        sentences.push(format!(
            "Do not stream into memory that is in the cache already: down to {worst:.2} x the speed of an ordinary copy."
        ));
    }
    sentences
}

fn copy_sentence(copies: &[Duel<'_>], largest: String, reread: &[Duel<'_>]) -> String {
    let Some((sizes, by)) = win(copies, "the best ordinary copy") else {
        return format!(
            "On this machine streaming copies win at no size measured, up to {largest}: use ordinary ones there."
        );
    };
    let condition = match (reread.iter().rfind(|duel| duel.loses()), reread.last()) {
        (Some(loss), Some(last)) if loss.size() < last.size() => {
            format!(" within {} of further writing", long(loss.size()))
        }
        (Some(_), _) => " (re-read at once, they lose at every size measured)".to_string(),
        (None, Some(_)) => " (and even then they do not lose)".to_string(),
        (None, None) => " soon (re-reading was not measured)".to_string(),
    };
    format!("On this machine, stream copies {sizes} when the destination is not re-read{condition}: {by}")
}

#[cfg(test)]
mod tests {
    use bench_runner::protocol::Kind;

    use super::super::results::Row;
    use super::super::results::tests::{RUN, row};
    use super::*;

    #[test]
    fn the_verdict_follows_from_the_rows() {
        let slow = |row: &mut Row| row.ns.median *= 10.0;
        let bypassed = |row: &mut Row| row.entrant.streamed = "no".to_string();
        let copies = "On this machine, stream copies from 4 KiB up when the destination is not re-read within 1 MiB of further writing: \
            1.50 to 2.33 x the best ordinary copy.";
        let cases: [(_, fn(&mut Row), _); 6] = [
            (0..0, slow, copies),
            (0..1 << 30, slow, "win at no size measured, up to 16 MiB"),
            (1 << 20..2 << 20, slow, " from 16 MiB up "),
            (16 << 20..17 << 20, slow, " from 4 KiB to 1 MiB "),
            (16 << 20..17 << 20, slow, "x the best ordinary copy; larger ones lose, down to 0.23 x."),
            // What did not stream does not win by streaming.
            (0..4097, bypassed, " from 64 KiB up "),
        ];
        for (sizes, change, said) in cases {
            let mut run = RUN.clone();
            let ours = run.rows.iter_mut().filter(|row| row.entrant.name == "avx2" && sizes.contains(&row.point.size));
            ours.for_each(change);
            let sentences = sentences(&run);
            assert!(sentences.len() == 1 && sentences[0].contains(said), "{sentences:?}");
        }
        // String instructions, 5 % either way, whose second win is more than noise.
        let mut run = RUN.clone();
        let race = |size, rep| [row("avx2", Kind::Ours, size, 20.0), row("rep-movsb", Kind::Peer, size, rep)];
        run.rows = [race(64 << 20, 21.2), race(256 << 20, 38.0)].concat();
        run.rows.iter_mut().for_each(|row| row.point.op = Op::ExtentZeros);
        let wins = "extent-zeros of 256 MiB: rep-movsb is faster than streaming stores, by more than noise: 1.90 x.";
        assert_eq!(sentences(&run), [wins]);
    }
}
