//! Mean, median and spread of a handful of timings.

/// A summary of at least one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) mean: f64,
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Summary {
    /// Summarises `samples`; the median of an even count is the mean of the middle two.
    ///
    /// # Panics
    /// On no samples at all: the callers refuse zero rounds long before.
    pub(crate) fn of(samples: &[f64]) -> Self {
        assert!(!samples.is_empty(), "a summary needs at least one sample");
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len() - 1;
        Self {
            mean: sorted.iter().sum::<f64>() / sorted.len() as f64,
            median: (sorted[last / 2] + sorted[last.div_ceil(2)]) / 2.0,
            min: sorted[0],
            max: sorted[last],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_even_and_single() {
        let odd = Summary::of(&[9.0, 1.0, 2.0]);
        assert_eq!(odd, Summary { mean: 4.0, median: 2.0, min: 1.0, max: 9.0 });
        assert_eq!(Summary::of(&[4.0, 1.0, 3.0, 100.0]).median, 3.5);
        let one = Summary::of(&[7.0]);
        assert_eq!((one.mean, one.median, one.min, one.max), (7.0, 7.0, 7.0, 7.0));
    }

    #[test]
    #[should_panic(expected = "at least one")]
    fn nothing_to_summarise() {
        Summary::of(&[]);
    }
}
