//! What paired rounds of noisy timings allow to say.

/// The fewest rounds that give a 99 % interval for a median.
pub(crate) const MIN_ROUNDS: usize = 12;

/// The median of some samples, and where it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    /// The middle half of the samples.
    pub(crate) quartiles: (f64, f64),
    /// A 99 % confidence interval of the median. It comes from ranks alone, so it asks nothing of the distribution: the
    /// number of samples below the true median is binomial, with mean n/2 and standard deviation sqrt(n)/2.
    pub(crate) interval: (f64, f64),
}

impl Summary {
    /// Summarises at least [`MIN_ROUNDS`] samples.
    pub(crate) fn of(samples: impl IntoIterator<Item = f64>) -> Summary {
        let mut sorted: Vec<f64> = samples.into_iter().collect();
        assert!(sorted.len() >= MIN_ROUNDS, "an interval needs {MIN_ROUNDS} samples, not {}", sorted.len());
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let rank = ((n as f64 - 2.576 * (n as f64).sqrt()) / 2.0) as usize; // At least 1.
        Summary {
            median: (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0,
            quartiles: (sorted[n / 4], sorted[n - 1 - n / 4]),
            interval: (sorted[rank - 1], sorted[n - rank]),
        }
    }

    /// Says whether the median is above `value` or below it, if the interval allows to say either.
    pub(crate) fn verdict(&self, value: f64, above: &'static str, below: &'static str) -> &'static str {
        let (low, high) = self.interval;
        if low > value {
            above
        } else if high < value {
            below
        } else {
            "no difference shows here"
        }
    }

    /// `median (quartiles)`, in columns.
    pub(crate) fn shown(&self, digits: usize) -> String {
        let (low, high) = self.quartiles;
        format!("{:7.digits$} {:<15}", self.median, format!("({low:.digits$}..{high:.digits$})"))
    }
}
