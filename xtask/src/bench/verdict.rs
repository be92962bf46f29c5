//! What the figures say: from which size on streaming wins, and how far away a re-read must be.

use bench_runner::{Cache, Op, Reread};

use super::extents;
use super::race::{DRAW, Duel, duels};
use super::results::{Line, Run};
use crate::number::long;

/// Where it wins: the largest sizes that win, with no loss between them.
struct Win {
    from: u64,
    to: u64,
    /// The worst ratio above, where it loses again.
    above: Option<f64>,
}

impl Win {
    fn of(duels: &[Duel]) -> Option<Win> {
        let last = duels.iter().rposition(Duel::wins)?;
        let after_loss = duels[..last].iter().rposition(Duel::loses).map_or(0, |loss| loss + 1);
        let from = duels[after_loss..].iter().find(|duel| duel.wins())?.size;
        let above = duels[last..].iter().filter(|duel| duel.loses()).map(Duel::ratio).min_by(f64::total_cmp);
        Some(Win { from, to: duels[last].size, above })
    }

    /// `from 4 KiB up`, or `from 4 KiB to 64 KiB`.
    fn sizes(&self) -> String {
        match self.above {
            None => format!("from {} up", long(self.from)),
            Some(_) if self.from == self.to => format!("with {}", long(self.from)),
            Some(_) => format!("from {} to {}", long(self.from), long(self.to)),
        }
    }

    /// By how much, and that it loses again.
    fn by(&self, duels: &[Duel], whom: &str) -> String {
        let below = if self.above.is_some() { self.to } else { u64::MAX };
        let within = |duel: &&Duel| (self.from..=below).contains(&duel.size);
        let ratios: Vec<_> = duels.iter().filter(within).map(Duel::ratio).collect();
        let (low, high) = (ratios.iter().copied().fold(f64::MAX, f64::min), ratios.iter().copied().fold(0.0, f64::max));
        let span = if high - low < 0.05 { format!("{high:.2} x") } else { format!("{low:.2} to {high:.2} x") };
        let above = self.above.map(|worst| format!("; larger ones lose, down to {worst:.2} x")).unwrap_or_default();
        format!("{span} {whom}{above}.")
    }
}

/// The largest size that still loses.
fn loses_up_to(duels: &[Duel]) -> Option<u64> {
    duels.iter().rfind(|duel| duel.loses()).map(|duel| duel.size)
}

/// The verdict: sentences, the most important first.
pub(crate) fn sentences(run: &Run) -> Vec<String> {
    let mut sentences = Vec::new();
    let copies = duels(run, Line::plain(Op::Copy));
    let reread = duels(run, Line { reread: Reread::Yes, ..Line::plain(Op::Copy) });
    if !copies.is_empty() {
        sentences.push(copy_sentence(&copies, &reread));
    }
    let hot_source = duels(run, Line { cache: Cache::HotSource, ..Line::plain(Op::Copy) });
    if let Some(win) = Win::of(&hot_source) {
        let (sizes, by) = (win.sizes(), win.by(&hot_source, "the best ordinary copy"));
        sentences.push(format!("Copies of a source that is in the cache win {sizes}: {by}"));
    }
    let fills = duels(run, Line::plain(Op::Fill));
    if !fills.is_empty() {
        sentences.push(match Win::of(&fills) {
            Some(win) => {
                let (sizes, by) = (win.sizes(), win.by(&fills, "the best ordinary fill"));
                format!("Fills of memory that is not in the cache win {sizes}: {by}")
            }
            None => "Fills are no faster by streaming stores at any size measured; they leave the cache as it was."
                .to_string(),
        });
    }
    sentences.extend(extents::sentences(run));
    let hot = duels(run, Line { cache: Cache::Hot, ..Line::plain(Op::Copy) });
    if let Some(worst) = hot.iter().map(Duel::ratio).min_by(f64::total_cmp).filter(|worst| *worst < 1.0 - DRAW) {
        sentences.push(format!(
            "Do not stream into memory that is in the cache already: down to {worst:.2} x the speed of an ordinary copy."
        ));
    }
    sentences
}

fn copy_sentence(copies: &[Duel], reread: &[Duel]) -> String {
    let Some(win) = Win::of(copies) else {
        let largest = copies.iter().map(|duel| duel.size).max().unwrap_or_default();
        return format!(
            "On this machine streaming copies win at no size measured, up to {}: use ordinary ones there.",
            long(largest)
        );
    };
    let mut sentence = format!("On this machine, stream copies {} when the destination is not re-read", win.sizes());
    match (loses_up_to(reread), reread.iter().map(|duel| duel.size).max()) {
        (Some(within), Some(largest)) if within < largest => {
            sentence += &format!(" within {} of further writing", long(within));
        }
        (Some(_), _) => sentence += " (re-read at once, they lose at every size measured)",
        (None, Some(_)) => sentence += " (and even then they do not lose)",
        (None, None) => sentence += " soon (re-reading was not measured)",
    }
    sentence + &format!(": {}", win.by(copies, "the best ordinary copy"))
}

#[cfg(test)]
mod tests {
    use super::super::results::Row;
    use super::super::results::tests::run;
    use super::*;

    #[test]
    fn the_verdict_follows_from_the_rows() {
        let sentences = sentences(&run());
        assert_eq!(
            sentences[0],
            "On this machine, stream copies from 4 KiB up when the destination is not re-read within 1 MiB of further writing: \
             1.50 to 2.33 x the best ordinary copy."
        );
        assert_eq!(sentences.len(), 1, "{sentences:?}");
    }

    /// The first sentence of a run whose rows of ours at some sizes are changed so.
    fn first(sizes: std::ops::RangeInclusive<u64>, change: fn(&mut Row)) -> String {
        let mut run = run();
        let ours = run.rows.iter_mut().filter(|row| row.entrant.name == "avx2" && sizes.contains(&row.point.size));
        ours.for_each(change);
        sentences(&run).remove(0)
    }

    #[test]
    fn losses_move_the_borders() {
        let slow = |row: &mut Row| row.ns.median *= 10.0;
        let sentence = first(0..=u64::MAX, slow);
        assert!(sentence.contains("no size measured, up to 16 MiB"), "{sentence}");
        let sentence = first(1 << 20..=1 << 20, slow);
        assert!(sentence.contains("from 16 MiB up"), "{sentence}");
        let sentence = first(16 << 20..=16 << 20, slow);
        assert!(sentence.contains("from 4 KiB to 1 MiB"), "{sentence}");
        assert!(sentence.ends_with("x the best ordinary copy; larger ones lose, down to 0.23 x."), "{sentence}");
    }

    #[test]
    fn what_did_not_stream_does_not_win_by_streaming() {
        let sentence = first(0..=4096, |row| row.entrant.streamed = "no".to_string());
        assert!(sentence.contains("from 64 KiB up"), "{sentence}");
    }

    #[test]
    fn nothing_measured_is_nothing_said() {
        let mut run = run();
        run.rows.clear();
        assert!(sentences(&run).is_empty());
    }
}
