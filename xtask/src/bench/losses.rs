//! Where ordinary copies are better.

use super::race::Duel;
use super::results::{Line, Run};
use crate::number::short;

/// Fewer percent are noise.
const WORTH: f64 = 0.95;

/// A line of the matrix on which streaming loses, and its worst size.
pub(crate) struct Loss {
    pub(crate) line: Line,
    /// All sizes that lose.
    pub(crate) sizes: Vec<u64>,
    pub(crate) worst: Duel,
}

impl Loss {
    /// `64 to 1K`, or the one size.
    pub(crate) fn sizes(&self) -> String {
        match self.sizes[..] {
            [size] => short(size),
            [first, .., last] => format!("{} to {}", short(first), short(last)),
            [] => String::new(),
        }
    }
}

/// The losses of the leading backend, worst first.
pub(crate) fn losses(run: &Run) -> Vec<Loss> {
    let mut losses: Vec<Loss> = Vec::new();
    for race in run.races() {
        let Some(duel) = Duel::new(&race, run.leading_backend()).filter(|duel| duel.ratio() < WORTH) else { continue };
        let line = Line::of(&race.point());
        match losses.iter_mut().find(|loss| loss.line == line) {
            Some(loss) => {
                loss.sizes.push(duel.size);
                if duel.ratio() < loss.worst.ratio() {
                    loss.worst = duel;
                }
            }
            None => losses.push(Loss { line, sizes: vec![duel.size], worst: duel }),
        }
    }
    losses.sort_by(|a, b| a.worst.ratio().total_cmp(&b.worst.ratio()));
    losses
}

#[cfg(test)]
mod tests {
    use bench_runner::Reread;

    use super::super::results::tests::run;
    use super::*;

    #[test]
    fn losses_are_found_and_the_worst_is_first() {
        let losses = losses(&run());
        assert_eq!(losses.len(), 2);
        assert_eq!((losses[0].line.reread, losses[0].sizes().as_str()), (Reread::No, "256"));
        assert_eq!((losses[1].line.reread, losses[1].sizes().as_str()), (Reread::Yes, "256 to 1M"));
        assert!(losses[0].worst.ratio() < losses[1].worst.ratio());
    }
}
