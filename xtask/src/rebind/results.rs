//! What the timings of a run amount to. A row is what the file of `--json` has of it, field by field.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::series::{REFERENCE, Series};
use crate::stats::Summary;

/// One strategy in one mode.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) mode: String,
    pub(crate) strategy: String,
    pub(crate) threads: NonZeroUsize,
    pub(crate) dedup: bool,
    pub(crate) pages: u64,
    pub(crate) struct_pages: u64,
    pub(crate) bytes: u64,
    pub(crate) first_ms: f64,
    pub(crate) first: First,
    pub(crate) rebind_ms: Summary,
    /// Of the median rebind.
    pub(crate) ns_per_page: f64,
    /// Of the median rebind, 10^9 bytes a second.
    pub(crate) gb_s: f64,
    /// The write limit over this strategy's memory, from the fills between its rebinds.
    pub(crate) limit_gb_s: f64,
    /// Median rebind against median fill.
    pub(crate) of_limit: f64,
    /// Each rebind against the fill right before it.
    pub(crate) of_limit_pairs: Summary,
    /// How many times faster than `slow`'s median; None if slow was not asked for.
    pub(crate) vs_slow: Option<f64>,
    /// By how much the mean is below `slow`'s, as the patch's author has it.
    pub(crate) reduction: Option<f64>,
    pub(crate) identical: bool,
}

/// What a first binding's time went to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct First {
    /// Page frames for the memory. Measured if they were had before the binding, else what the binding took longer than the median
    /// rebind.
    pub(crate) faults_ms: f64,
    /// Struct pages.
    pub(crate) init_ms: f64,
}

impl Row {
    /// The share of the write limit. A little above it is noise. More is no share: then the fill was not the limit.
    pub(crate) fn of_limit_cell(&self, decimals: usize) -> String {
        let percent = 100.0 * self.of_limit.min(1.0);
        if self.is_above_limit() { ABOVE.to_string() } else { format!("{percent:.decimals$} %") }
    }

    pub(crate) fn is_above_limit(&self) -> bool {
        self.of_limit > 1.03
    }
}

/// In place of a share.
pub(crate) const ABOVE: &str = "above";

/// The rows of all series.
pub(crate) fn rows(series: &[Series]) -> Vec<Row> {
    series.iter().map(|one| row(one, slow_of(series, one))).collect()
}

/// The machine's write limit in GB/s, from all fills of a number of threads, for each number.
pub(crate) fn limits_gb_s(series: &[Series]) -> Vec<(NonZeroUsize, Summary)> {
    let mut speeds = BTreeMap::<_, Vec<f64>>::new();
    for one in series {
        let of_threads = speeds.entry(one.way.threads).or_default();
        of_threads.extend(one.limit_ms.iter().map(|ms| gb_s(one.limit_bytes, *ms)));
    }
    speeds.into_iter().map(|(threads, speeds)| (threads, Summary::of(&speeds))).collect()
}

/// The speed of ordinary stores in GB/s, from the fills of one thread.
pub(crate) fn ordinary_gb_s(series: &[Series]) -> Summary {
    let speeds = series.iter().flat_map(|one| one.ordinary_ms.iter().map(|ms| gb_s(one.limit_bytes, *ms)));
    Summary::of(&speeds.collect::<Vec<_>>())
}

/// `slow` on one thread, on the same memmap.
fn slow_of(series: &[Series], of: &Series) -> Option<Summary> {
    let slow = series.iter().find(|one| (one.mode, one.dedup, one.way) == (of.mode, of.dedup, REFERENCE))?;
    Some(Summary::of(&slow.rebind_ms))
}

fn row(series: &Series, slow: Option<Summary>) -> Row {
    let rebind_ms = Summary::of(&series.rebind_ms);
    let speed = gb_s(series.bytes, rebind_ms.median);
    let limit_gb_s = gb_s(series.limit_bytes, Summary::of(&series.limit_ms).median);
    let pair = |(rebind, fill): (&f64, &f64)| gb_s(series.bytes, *rebind) / gb_s(series.limit_bytes, *fill);
    let pairs: Vec<f64> = series.rebind_ms.iter().zip(&series.limit_ms).map(pair).collect();
    Row {
        mode: series.mode.to_string(),
        strategy: series.way.strategy.to_string(),
        threads: series.way.threads,
        dedup: series.dedup,
        pages: series.pages,
        struct_pages: series.struct_pages,
        bytes: series.bytes,
        first_ms: series.first_ms,
        first: first(series, rebind_ms),
        rebind_ms,
        ns_per_page: rebind_ms.median * 1e6 / series.struct_pages as f64,
        gb_s: speed,
        limit_gb_s,
        of_limit: speed / limit_gb_s,
        of_limit_pairs: Summary::of(&pairs),
        vs_slow: slow.map(|slow| slow.median / rebind_ms.median),
        reduction: slow.map(|slow| 1.0 - rebind_ms.mean / slow.mean),
        identical: series.identical,
    }
}

fn first(series: &Series, rebind_ms: Summary) -> First {
    match series.prefault_ms {
        Some(faults_ms) => First { faults_ms, init_ms: series.first_ms },
        None => {
            let init_ms = rebind_ms.median.min(series.first_ms);
            First { faults_ms: series.first_ms - init_ms, init_ms }
        }
    }
}

fn gb_s(bytes: u64, ms: f64) -> f64 {
    bytes as f64 / ms / 1e6
}

#[cfg(test)]
pub(super) mod tests {
    use memmap_template::Strategy;
    use memmap_template::namespace::Mode;

    use super::super::series::Way;
    use super::*;

    pub(crate) fn series(strategy: Strategy, rebind_ms: &[f64]) -> Series {
        Series {
            mode: Mode::Devdax,
            way: Way { strategy, threads: NonZeroUsize::MIN },
            pages: 1_000_000,
            struct_pages: 1_000_000,
            dedup: false,
            prefault_ms: None,
            bytes: 64_000_000,
            first_ms: 50.0,
            rebind_ms: rebind_ms.to_vec(),
            limit_ms: rebind_ms.iter().map(|_| 4.0).collect(),
            limit_bytes: 64_000_000,
            ordinary_ms: vec![8.0],
            identical: true,
        }
    }

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9 * right.abs()
    }

    #[test]
    fn figures_follow_from_the_timings() {
        let all = [series(Strategy::Slow, &[16.0, 16.0, 19.0]), series(Strategy::Stamped, &[5.0, 5.0, 8.0])];
        let rows = rows(&all);
        let stamped = &rows[1];
        assert!(close(stamped.gb_s, 12.8));
        assert!(close(stamped.ns_per_page, 5.0));
        assert!(close(stamped.of_limit, 0.8));
        assert!(close(stamped.of_limit_pairs.min, 0.5));
        assert!(close(stamped.vs_slow.unwrap(), 3.2));
        assert!(close(stamped.reduction.unwrap(), 1.0 - 6.0 / 17.0));
        assert!(close(limits_gb_s(&all)[0].1.median, 16.0));
        assert!(close(ordinary_gb_s(&all).median, 8.0));
    }

    #[test]
    fn shares_of_the_limit_end_with_it() {
        let cell = |ms: f64| rows(&[series(Strategy::Stamped, &[ms])])[0].of_limit_cell(1);
        assert_eq!([8.0, 4.02, 3.9, 2.5].map(cell), ["50.0 %", "99.5 %", "100.0 %", "above"]);
        let mut half = series(Strategy::Stamped, &[4.0]);
        half.bytes /= 2;
        assert!(close(rows(&[half])[0].of_limit, 0.5), "half the bytes in the time of the fill");
    }

    #[test]
    fn a_first_binding_is_faults_and_initialisation() {
        let mut one = series(Strategy::Stamped, &[4.0, 5.0, 9.0]);
        let split = |one: &Series| {
            let first = &rows(std::slice::from_ref(one))[0].first;
            (first.faults_ms, first.init_ms)
        };
        assert_eq!(split(&one), (45.0, 5.0));
        one.prefault_ms = Some(40.0);
        one.first_ms = 6.0;
        assert_eq!(split(&one), (40.0, 6.0));
    }

    #[test]
    fn slow_is_that_of_the_same_memmap() {
        let mut deduped = series(Strategy::Slow, &[4.0]);
        deduped.dedup = true;
        let all = [series(Strategy::Slow, &[16.0]), deduped, series(Strategy::Stamped, &[8.0])];
        assert!(close(rows(&all)[2].vs_slow.unwrap(), 2.0));
        let alone = &rows(&all[2..])[0];
        assert!(alone.vs_slow.is_none() && alone.reduction.is_none());
    }
}
