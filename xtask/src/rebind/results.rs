//! What is timed, and what the timings of a run amount to: the file of `--json`, field by field.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use memmap_template::Strategy;
use memmap_template::namespace::Mode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::prefault::Prefault;
use crate::stats::Summary;

/// A strategy on a number of threads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) strategy: Strategy,
    pub(super) threads: NonZeroUsize,
}

/// What the others' memmaps are compared with.
pub(super) const REFERENCE: Way = Way { strategy: Strategy::Slow, threads: NonZeroUsize::MIN };

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.threads.get() {
            1 => self.strategy.fmt(f),
            threads => write!(f, "{} x{threads}", self.strategy),
        }
    }
}

/// One strategy's timings, in milliseconds.
pub(super) struct Series {
    pub(super) mode: Mode,
    pub(super) way: Way,
    pub(super) pages: u64,
    /// Fewer than pages if the memmap's pages that hold equal tails are shared.
    pub(super) struct_pages: u64,
    pub(super) struct_page_size: u64,
    /// Backing the memory by page frames before the first binding; None if that is left to the binding.
    pub(super) prefault_ms: Option<f64>,
    pub(super) first_ms: f64,
    pub(super) rebind_ms: Vec<f64>,
    /// The fill right before each rebind, on as many threads, over the memory of all pages.
    pub(super) limit_ms: Vec<f64>,
    /// The same fill on one thread by ordinary stores, in the rounds that began with this strategy.
    pub(super) ordinary_ms: Vec<f64>,
    /// Whether the memmap that the last rebind left is that of `slow`, byte for byte.
    pub(super) identical: bool,
}

/// All of the file. Files of before arm64 was known have neither `arch` nor `page_size`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) machine: Value,
    pub(super) backend: String,
    pub(super) kernel: String,
    pub(super) arch: Option<String>,
    pub(super) page_size: Option<u64>,
    pub(crate) size_bytes: u64,
    pub(super) map: String,
    pub(super) rebinds: u32,
    pub(super) huge_pages: bool,
    pub(super) struct_page_bytes: u64,
    pub(super) prefault: Prefault,
    /// Of the fewest threads, usually one.
    pub(super) limit_gb_s: f64,
    pub(super) limit_gb_s_spread: Summary,
    pub(super) ordinary_gb_s: f64,
    pub(crate) results: Vec<Row>,
}

/// One strategy in one mode.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) mode: String,
    pub(crate) strategy: String,
    pub(super) threads: NonZeroUsize,
    pub(super) dedup: bool,
    pub(super) pages: u64,
    pub(super) struct_pages: u64,
    pub(super) bytes: u64,
    pub(super) first_ms: f64,
    pub(super) first: First,
    pub(crate) rebind_ms: Summary,
    /// Of the median rebind.
    pub(crate) ns_per_page: f64,
    /// Of the median rebind, 10^9 bytes a second.
    pub(crate) gb_s: f64,
    /// The write limit over this strategy's memory, from the fills between its rebinds.
    pub(super) limit_gb_s: f64,
    /// Median rebind against median fill.
    pub(super) of_limit: f64,
    /// Each rebind against the fill right before it.
    pub(super) of_limit_pairs: Summary,
    /// How many times faster than `slow`'s median; None if slow was not asked for.
    pub(crate) vs_slow: Option<f64>,
    /// By how much the mean is below `slow`'s, as the patch's author has it.
    pub(super) reduction: Option<f64>,
    pub(super) identical: bool,
}

/// What a first binding's time went to.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct First {
    /// Page frames for the memory. Measured if they were had before the binding, else what the binding took longer than the median
    /// rebind.
    pub(super) faults_ms: f64,
    /// Struct pages.
    pub(super) init_ms: f64,
}

impl Row {
    /// The share of the write limit. A little above it is noise. More is no share: then the fill was not the limit.
    pub(crate) fn of_limit_cell(&self, decimals: usize) -> String {
        let percent = 100.0 * self.of_limit.min(1.0);
        if self.is_above_limit() { "above".to_string() } else { format!("{percent:.decimals$} %") }
    }

    pub(super) fn is_above_limit(&self) -> bool {
        self.of_limit > 1.03
    }
}

/// The machine's write limit in GB/s, from all fills of a number of threads, for each number.
pub(super) fn gb_s_of_limits(series: &[Series]) -> Vec<(NonZeroUsize, Summary)> {
    let mut speeds = BTreeMap::<_, Vec<f64>>::new();
    for one in series {
        speeds.entry(one.way.threads).or_default().extend(one.fills_gb_s(&one.limit_ms));
    }
    speeds.into_iter().map(|(threads, speeds)| (threads, Summary::of(&speeds))).collect()
}

/// The speed of ordinary stores in GB/s, from the fills of one thread.
pub(super) fn gb_s_of_ordinary(series: &[Series]) -> Summary {
    Summary::of(&series.iter().flat_map(|one| one.fills_gb_s(&one.ordinary_ms)).collect::<Vec<_>>())
}

/// The rows of all series.
pub(super) fn rows(series: &[Series]) -> Vec<Row> {
    let slow = |of: &Series| {
        let same = |one: &&Series| (one.mode, one.struct_pages, one.way) == (of.mode, of.struct_pages, REFERENCE);
        series.iter().find(same).map(|slow| Summary::of(&slow.rebind_ms))
    };
    series.iter().map(|one| one.row(slow(one))).collect()
}

impl Series {
    fn fills_gb_s(&self, fills_ms: &[f64]) -> impl Iterator<Item = f64> {
        fills_ms.iter().map(|ms| gb_s(self.pages * self.struct_page_size, *ms))
    }

    /// `slow` is that of the same memmap, on one thread.
    fn row(&self, slow: Option<Summary>) -> Row {
        let (rebind_ms, bytes) = (Summary::of(&self.rebind_ms), self.struct_pages * self.struct_page_size);
        let speed = gb_s(bytes, rebind_ms.median);
        let limit_gb_s = gb_s(self.pages * self.struct_page_size, Summary::of(&self.limit_ms).median);
        let pairs = self.rebind_ms.iter().zip(self.fills_gb_s(&self.limit_ms));
        let pairs: Vec<f64> = pairs.map(|(rebind, limit)| gb_s(bytes, *rebind) / limit).collect();
        let init_ms = if self.prefault_ms.is_some() { self.first_ms } else { rebind_ms.median.min(self.first_ms) };
        Row {
            mode: self.mode.to_string(),
            strategy: self.way.strategy.to_string(),
            threads: self.way.threads,
            dedup: self.struct_pages < self.pages,
            pages: self.pages,
            struct_pages: self.struct_pages,
            bytes,
            first_ms: self.first_ms,
            first: First { faults_ms: self.prefault_ms.unwrap_or(self.first_ms - init_ms), init_ms },
            rebind_ms,
            ns_per_page: rebind_ms.median * 1e6 / self.struct_pages as f64,
            gb_s: speed,
            limit_gb_s,
            of_limit: speed / limit_gb_s,
            of_limit_pairs: Summary::of(&pairs),
            vs_slow: slow.map(|slow| slow.median / rebind_ms.median),
            reduction: slow.map(|slow| 1.0 - rebind_ms.mean / slow.mean),
            identical: self.identical,
        }
    }
}

fn gb_s(bytes: u64, ms: f64) -> f64 {
    bytes as f64 / ms / 1e6
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn series(strategy: Strategy, rebind_ms: &[f64]) -> Series {
        Series {
            mode: Mode::Devdax,
            way: Way { strategy, threads: NonZeroUsize::MIN },
            pages: 1_000_000,
            struct_pages: 1_000_000,
            struct_page_size: 64,
            prefault_ms: None,
            first_ms: 50.0,
            rebind_ms: rebind_ms.to_vec(),
            limit_ms: vec![4.0; rebind_ms.len()],
            ordinary_ms: vec![8.0],
            identical: true,
        }
    }

    #[test]
    fn figures_follow_from_the_timings() {
        let half = Series { struct_pages: 500_000, ..series(Strategy::Slow, &[4.0]) };
        let faults = Series { prefault_ms: Some(40.0), first_ms: 6.0, ..series(Strategy::Template, &[4.0]) };
        let all =
            [series(Strategy::Slow, &[16.0, 16.0, 19.0]), series(Strategy::Stamped, &[5.0, 5.0, 8.0]), half, faults];
        let [slow, stamped, half, faults] = rows(&all).try_into().unwrap();
        for (figure, right) in [
            (stamped.gb_s, 12.8),
            (stamped.ns_per_page, 5.0),
            (stamped.of_limit_pairs.min, 0.5),
            // Of the same memmap: not that of half the struct pages.
            (stamped.vs_slow.unwrap(), 3.2),
            (stamped.reduction.unwrap(), 1.0 - 6.0 / 17.0),
            (half.of_limit, 0.5),
            (gb_s_of_limits(&all)[0].1.median, 16.0),
            (gb_s_of_ordinary(&all).median, 8.0),
        ] {
            assert!((figure - right).abs() < 1e-9 * right, "{figure} {right}");
        }
        assert!(half.dedup && rows(&all[1..2])[0].vs_slow.is_none());
        assert_eq!(slow.first, First { faults_ms: 34.0, init_ms: 16.0 });
        assert_eq!(faults.first, First { faults_ms: 40.0, init_ms: 6.0 });
        let cell = |ms: f64| rows(&[series(Strategy::Stamped, &[ms])])[0].of_limit_cell(1);
        assert_eq!([8.0, 4.02, 3.9, 2.5].map(cell), ["50.0 %", "99.5 %", "100.0 %", "above"]);
    }

    #[test]
    fn every_record_is_read_and_written_as_it_is() {
        let records = crate::cargo::workspace().join("records");
        let folders = std::fs::read_dir(records).unwrap().map(|entry| entry.unwrap().path());
        let files = folders.flat_map(|folder| [folder.join("rebind.json"), folder.join("tuned/rebind.json")]);
        let texts: Vec<_> = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
        assert!(texts.len() >= 4);
        for text in texts {
            let mut written = serde_json::to_value(serde_json::from_str::<Document>(&text).unwrap()).unwrap();
            let read: Value = serde_json::from_str(&text).unwrap();
            written.as_object_mut().unwrap().retain(|name, value| !value.is_null() || read.get(name).is_some());
            assert_eq!(written, read);
        }
    }
}
