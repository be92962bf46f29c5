//! What a list of timings comes to: a median, and how sure we are of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The median of some values with the limits between which the true one is, 95 times out of 100.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Estimate {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Of a handful of timings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) mean: f64,
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// Standard deviations from the middle of a normal distribution that hold 95 %.
pub(crate) const Z95: f64 = 1.96;

impl Estimate {
    /// From at least one value. The limits are order statistics: how many of n values lie below the true median is
    /// binomial, whatever the values' own distribution.
    pub(crate) fn of(values: &[f64]) -> Estimate {
        let sorted = sorted(values);
        let (n, reach) = (sorted.len() as f64, Z95 * (sorted.len() as f64).sqrt());
        // As an index, what is below 0 is 0.
        let (low, high) = (((n - reach) / 2.0).floor() as usize, ((n + reach) / 2.0).ceil() as usize);
        let limits = [median(&sorted), sorted[low], sorted[high.min(sorted.len() - 1)]];
        let [median, low, high] = limits.map(rounded);
        Estimate { median, low, high }
    }

    /// From what several processes gave, one list each: where a process happens to get its memory moves all of its values, so
    /// the limits are those of all values or those of the processes' medians, whichever are wider.
    pub(crate) fn of_processes(lists: &[Vec<f64>]) -> Estimate {
        let all = Estimate::of(&lists.concat());
        let medians = Estimate::of(&lists.iter().map(|values| median(values)).collect::<Vec<_>>());
        Estimate { median: all.median, low: all.low.min(medians.low), high: all.high.max(medians.high) }
    }

    /// A median and a factor either way, as its logarithm.
    pub(crate) fn around(median: f64, half_width: f64) -> Estimate {
        Estimate { median, low: median * (-half_width).exp(), high: median * half_width.exp() }
    }

    /// How many times `other` this is: as unsure as both together.
    pub(crate) fn over(self, other: Estimate) -> Estimate {
        Estimate::around(self.median / other.median, self.log_half_width().hypot(other.log_half_width()))
    }

    /// Half the width of the limits of a ratio, as a factor's logarithm.
    pub(crate) fn log_half_width(self) -> f64 {
        (self.high / self.low).ln() / 2.0
    }

    /// Whether it can be one: it may come from a file.
    pub(crate) fn is_one(self) -> bool {
        0.0 < self.low && (self.low..=self.high).contains(&self.median)
    }
}

/// `1.50 (1.40..1.61)`
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2}..{:.2})", self.median, self.low, self.high)
    }
}

impl Summary {
    /// Of at least one value.
    pub(crate) fn of(values: &[f64]) -> Summary {
        let (sorted, mean) = (sorted(values), values.iter().sum::<f64>() / values.len() as f64);
        Summary { mean, median: median(&sorted), min: sorted[0], max: sorted[sorted.len() - 1] }
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    assert!(!values.is_empty(), "a median needs a value");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The mean of the middle two, if there are two.
pub(crate) fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

/// The standard deviation that normal values with this spread would have: outliers do not count.
pub(crate) fn robust_deviation(values: &[f64]) -> f64 {
    let middle = median(values);
    1.4826 * median(&values.iter().map(|value| (value - middle).abs()).collect::<Vec<_>>())
}

/// Five digits: more are noise.
pub(crate) fn rounded(value: f64) -> f64 {
    format!("{value:.4e}").parse().expect("it is a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_order_statistics() {
        // Tables of the sign test: the 41st and the 61st of 101, less a place for caution.
        for (count, limits) in
            [(101, [50.0, 40.0, 61.0]), (31, [15.0, 10.0, 21.0]), (2, [0.5, 0.0, 1.0]), (1, [0.0; 3])]
        {
            let Estimate { median, low, high } = Estimate::of(&(0..count).rev().map(f64::from).collect::<Vec<_>>());
            assert_eq!([median, low, high], limits, "{count}");
        }
        let limits = |value| Estimate { median: value, low: value, high: value };
        assert_eq!(Estimate::of(&[2e9 / 3.0]), limits(6.6667e8));
        assert_eq!(Summary::of(&[9.0, 1.0, 2.0]), Summary { mean: 4.0, median: 2.0, min: 1.0, max: 9.0 });
        assert!((robust_deviation(&[1.0, 2.0, 3.0, 4.0, 1e9]) - 1.4826).abs() < 1e-9, "an outlier counts");
        // What moves a whole process is within the limits.
        let process = |shift: u8| (0..31).map(|i| 100.0 + f64::from(shift) + f64::from(i) / 100.0).collect();
        let all = Estimate::of_processes(&[0, 1, 2, 3, 4, 5, 6, 7].map(process));
        assert!(all.low < 101.5 && all.high > 107.0, "{all:?}");
    }
}
