//! Rivals that take turns.

use crate::stats::{MIN_ROUNDS, Summary};
use crate::{Failure, Row};

/// What is measured in each run: seconds, bytes, whatever is better if there is less of it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Of what.
    pub what: &'static str,
    /// In which unit.
    pub unit: &'static str,
}

/// Somebody who does the same work, and answers one figure for each metric.
pub struct Rival<'a> {
    /// Who it is.
    pub name: &'static str,
    /// The work.
    pub run: Box<dyn FnMut() -> Result<Vec<f64>, Failure> + 'a>,
}

impl<'a> Rival<'a> {
    /// A rival.
    pub fn new(name: &'static str, run: impl FnMut() -> Result<Vec<f64>, Failure> + 'a) -> Rival<'a> {
        Rival { name, run: Box::new(run) }
    }
}

/// Runs all rivals in each round, in a random order, after one round that does not count. The last one is ours: the rows compare it with
/// each of the others, by the ratios within the rounds.
pub fn race(metrics: &[Metric], rivals: &mut [Rival<'_>], rounds: usize) -> Result<Vec<Row>, Failure> {
    assert!(rounds >= MIN_ROUNDS && rivals.len() >= 2, "an interval needs {MIN_ROUNDS} rounds");
    let mut samples = vec![vec![Vec::with_capacity(rounds); metrics.len()]; rivals.len()];
    let mut order: Vec<_> = (0..rivals.len()).collect();
    let mut random = fastrand::Rng::with_seed(5);
    for round in 0..=rounds {
        random.shuffle(&mut order);
        for &who in &order {
            let figures = (rivals[who].run)()?;
            assert_eq!(figures.len(), metrics.len(), "{} answers another number of figures", rivals[who].name);
            if round > 0 {
                for (samples, figure) in samples[who].iter_mut().zip(figures) {
                    samples.push(figure);
                }
            }
        }
    }
    let (ours, others) = samples.split_last().expect("two rivals or more");
    let mut rows = Vec::new();
    for (at, metric) in metrics.iter().enumerate() {
        for (rival, theirs) in rivals.iter().zip(others) {
            let (theirs, ours) = (&theirs[at], &ours[at]);
            rows.push(Row {
                what: metric.what,
                unit: metric.unit,
                rival: rival.name,
                theirs: Summary::of(theirs.iter().copied()),
                ours: Summary::of(ours.iter().copied()),
                ratio: Summary::of(theirs.iter().zip(ours).map(|(theirs, ours)| theirs / ours)),
            });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn rivals_take_turns_and_are_compared_within_a_round() {
        let (runs, slowness) = (Cell::new(0), Cell::new(1.0));
        // The machine becomes slower all the time, which the ratio does not see.
        let at = |cost: f64| {
            runs.set(runs.get() + 1);
            slowness.set(1.0 + f64::from(runs.get() / 3));
            Ok(vec![cost * slowness.get(), 7.0])
        };
        let mut rivals =
            [Rival::new("twice", || at(2.0)), Rival::new("same", || at(1.0)), Rival::new("ours", || at(1.0))];
        let metrics = [Metric { what: "time", unit: "s" }, Metric { what: "memory", unit: "MB" }];
        let rows = race(&metrics, &mut rivals, MIN_ROUNDS).unwrap();
        assert_eq!(runs.get() as usize, 3 * (MIN_ROUNDS + 1));
        let shown: Vec<_> = rows.iter().map(|row| (row.what, row.rival, row.verdict())).collect();
        assert_eq!(shown[0], ("time", "twice", "ours is better"));
        assert_eq!(shown[3], ("memory", "same", "no difference shows here"));
        assert_eq!(shown.len(), 4);
    }
}
