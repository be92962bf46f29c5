//! What the figures say: from which size on streaming wins, and how far away a re-read must be.

use bench_runner::{Cache, Op, Reread};

use super::results::{DRAW, Duel, Line, Run, duels, plain_line};
use crate::number::long;

/// At which sizes it wins, and by how much: the largest that win, with no loss between them.
fn win(duels: &[Duel<'_>], whom: &str) -> Option<(String, String)> {
    let last = duels.iter().rposition(Duel::wins)?;
    let after_loss = duels[..last].iter().rposition(Duel::loses).map_or(0, |loss| loss + 1);
    let first = after_loss + duels[after_loss..].iter().position(Duel::wins)?;
    let ratios = |duels: &[Duel<'_>]| duels.iter().map(|duel| duel.ratio.median).collect::<Vec<_>>();
    // Where it loses again, it ends.
    let worst_above = duels[last..].iter().filter(|duel| duel.loses()).map(|duel| duel.ratio.median).reduce(f64::min);
    let (from, to) = (long(duels[first].size()), long(duels[last].size()));
    let (sizes, ratios, above) = match worst_above {
        None => (format!("from {from} up"), ratios(&duels[first..]), String::new()),
        Some(worst) => {
            let sizes = if first == last { format!("with {from}") } else { format!("from {from} to {to}") };
            (sizes, ratios(&duels[first..=last]), format!("; larger ones lose, down to {worst:.2} x"))
        }
    };
    let (low, high) = (ratios.iter().copied().fold(f64::MAX, f64::min), ratios.iter().copied().fold(0.0, f64::max));
    let span = if high - low < 0.05 { format!("{high:.2} x") } else { format!("{low:.2} to {high:.2} x") };
    Some((sizes, format!("{span} {whom}{above}.")))
}

/// The verdict: sentences, the most important first.
pub(crate) fn sentences(run: &Run) -> Vec<String> {
    let mut sentences = Vec::new();
    let plain = plain_line(Op::Copy);
    let copies = duels(run, plain);
    if !copies.is_empty() {
        sentences.push(copy_sentence(&copies, &duels(run, Line { reread: Reread::Yes, ..plain })));
    }
    let hot_source = duels(run, Line { cache: Cache::HotSource, ..plain });
    if let Some((sizes, by)) = win(&hot_source, "the best ordinary copy") {
        sentences.push(format!("Copies of a source that is in the cache win {sizes}: {by}"));
    }
    let fills = duels(run, plain_line(Op::Fill));
    match win(&fills, "the best ordinary fill") {
        Some((sizes, by)) => sentences.push(format!("Fills of memory that is not in the cache win {sizes}: {by}")),
        None if fills.is_empty() => {}
        None => sentences.push(
            "Fills are no faster by streaming stores at any size measured; they leave the cache as it was.".to_string(),
        ),
    }
    // Where one extent is written, some CPUs' string instructions stop reading its lines first.
    for race in run.races().iter().filter(|race| race.point().op.is_extent()) {
        let beyond_noise = |duel: &Duel<'_>| duel.ratio.median < 1.0 - DRAW && duel.ratio.high < 1.0;
        if let Some(duel) = Duel::new(race, run.leading_backend()).filter(beyond_noise) {
            let (op, size, peer, times) = (race.point().op, long(duel.size()), duel.peer(), 1.0 / duel.ratio.median);
            sentences.push(format!(
                "{op} of {size}: {peer} is faster than streaming stores, by more than noise: {times:.2} x."
            ));
        }
    }
    let hot = duels(run, Line { cache: Cache::Hot, ..plain });
    if let Some(worst) = hot.iter().map(|duel| duel.ratio.median).reduce(f64::min).filter(|worst| *worst < 1.0 - DRAW) {
        sentences.push(format!(
            "Do not stream into memory that is in the cache already: down to {worst:.2} x the speed of an ordinary copy."
        ));
    }
    sentences
}

fn copy_sentence(copies: &[Duel<'_>], reread: &[Duel<'_>]) -> String {
    let Some((sizes, by)) = win(copies, "the best ordinary copy") else {
        let largest = long(copies[copies.len() - 1].size());
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
    use super::super::results::tests::{row, run};
    use super::*;

    #[test]
    fn string_instructions_that_win_by_more_than_noise_are_named() {
        let mut run = run();
        // 5 % either way each.
        let race = |size, rep| [row("avx2", Kind::Ours, size, 20.0), row("rep-movsb", Kind::Peer, size, rep)];
        run.rows = [race(64 << 20, 21.2), race(256 << 20, 38.0)].concat();
        run.rows.iter_mut().for_each(|row| row.point.op = Op::ExtentZeros);
        let wins = "extent-zeros of 256 MiB: rep-movsb is faster than streaming stores, by more than noise: 1.90 x.";
        assert_eq!(sentences(&run), [wins]);
    }

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
            let mut run = run();
            let ours = run.rows.iter_mut().filter(|row| row.entrant.name == "avx2" && sizes.contains(&row.point.size));
            ours.for_each(change);
            let sentences = sentences(&run);
            assert!(sentences.len() == 1 && sentences[0].contains(said), "{sentences:?}");
        }
        let mut empty = run();
        empty.rows.clear();
        assert!(sentences(&empty).is_empty());
    }
}
