//! What is timed, and what the timings of a run amount to: the file of `--json`, field by field.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::zip;
use std::num::NonZeroUsize;

use memmap_template::namespace::Mode;
use memmap_template::{MemmapInit, Strategy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::measure::Prefault;
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

/// What was timed of one way, in milliseconds.
pub(super) struct Times {
    pub(super) way: Way,
    /// Backing the memory by page frames before the first binding; None if that is left to the binding.
    pub(super) prefault: Option<f64>,
    pub(super) first: f64,
    pub(super) rebinds: Vec<f64>,
    /// The fill right before each rebind, on as many threads, over the memory of all pages.
    pub(super) fills: Vec<f64>,
    /// The same fill on one thread by ordinary stores, in the rounds that began with this way.
    pub(super) ordinary: Vec<f64>,
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
    /// Whether the memmap that the last rebind left is that of `slow`, byte for byte.
    pub(super) identical: bool,
    #[serde(skip)]
    fills_gb_s: Vec<f64>,
    #[serde(skip)]
    ordinary_gb_s: Vec<f64>,
}

/// What a first binding's time went to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct First {
    /// Page frames. Measured if they were had before the binding, else what the binding took longer than the median rebind.
    pub(super) faults_ms: f64,
    /// Struct pages.
    pub(super) init_ms: f64,
}

impl Row {
    /// `slow` is that of the same memmap, on one thread. Whose memmap is another one has no row: the run fails.
    pub(super) fn new(mode: Mode, init: &MemmapInit, times: &Times, slow: Option<Summary>) -> Row {
        let rebind_ms = Summary::of(&times.rebinds);
        let (pages, struct_pages) = (init.pages(), init.struct_pages());
        let (bytes, filled) = (struct_pages * init.struct_page_size(), pages * init.struct_page_size());
        let speeds = |bytes: u64, ms: &[f64]| ms.iter().map(|ms| gb_s(bytes, *ms)).collect::<Vec<_>>();
        let fills_gb_s = speeds(filled, &times.fills);
        let pairs: Vec<_> = zip(speeds(bytes, &times.rebinds), &fills_gb_s).map(|(speed, fill)| speed / fill).collect();
        let init_ms = if times.prefault.is_some() { times.first } else { rebind_ms.median.min(times.first) };
        let (speed, limit_gb_s) = (gb_s(bytes, rebind_ms.median), gb_s(filled, Summary::of(&times.fills).median));
        Row {
            mode: mode.to_string(),
            strategy: times.way.strategy.to_string(),
            threads: times.way.threads,
            dedup: struct_pages < pages,
            pages,
            struct_pages,
            bytes,
            first_ms: times.first,
            first: First { faults_ms: times.prefault.unwrap_or(times.first - init_ms), init_ms },
            rebind_ms,
            ns_per_page: rebind_ms.median * 1e6 / struct_pages as f64,
            gb_s: speed,
            limit_gb_s,
            of_limit: speed / limit_gb_s,
            of_limit_pairs: Summary::of(&pairs),
            vs_slow: slow.map(|slow| slow.median / rebind_ms.median),
            reduction: slow.map(|slow| 1.0 - rebind_ms.mean / slow.mean),
            identical: true,
            fills_gb_s,
            ordinary_gb_s: speeds(filled, &times.ordinary),
        }
    }

    /// The share of the write limit. A little above it is noise. More is no share: then the fill was not the limit.
    pub(crate) fn of_limit_cell(&self, decimals: usize) -> String {
        let percent = 100.0 * self.of_limit.min(1.0);
        if self.is_above_limit() { "above".to_string() } else { format!("{percent:.decimals$} %") }
    }

    pub(super) fn is_above_limit(&self) -> bool {
        self.of_limit > 1.03
    }
}

fn gb_s(bytes: u64, ms: f64) -> f64 {
    bytes as f64 / ms / 1e6
}

/// The machine's write limit in GB/s, from all fills of a number of threads, for each number.
pub(super) fn gb_s_of_limits(rows: &[Row]) -> Vec<(NonZeroUsize, Summary)> {
    let mut speeds = BTreeMap::<_, Vec<f64>>::new();
    for row in rows {
        speeds.entry(row.threads).or_default().extend(&row.fills_gb_s);
    }
    speeds.into_iter().map(|(threads, speeds)| (threads, Summary::of(&speeds))).collect()
}

pub(super) fn gb_s_of_ordinary(rows: &[Row]) -> Summary {
    Summary::of(&rows.iter().flat_map(|row| row.ordinary_gb_s.iter().copied()).collect::<Vec<_>>())
}

#[cfg(test)]
pub(super) mod tests {
    use clap::CommandFactory;

    use super::super::options::Options;
    use super::*;
    use crate::args;

    /// Of 2^20 pages in compounds of 512, which take 4 ms to fill, and 8 ms by ordinary stores.
    pub(crate) fn row(dedup: &str, rebinds: &[f64], slow: Option<f64>) -> Row {
        let args = format!("rebind --map mem --size 4GiB --dedup {dedup}");
        let options: Options = args::options(&Options::command().get_matches_from(args.split(' ')));
        let (rebinds, fills) = (rebinds.to_vec(), vec![4.0; rebinds.len()]);
        let times = Times { way: REFERENCE, prefault: None, first: 50.0, rebinds, fills, ordinary: vec![8.0] };
        let (init, slow) = (&options.memmaps(Mode::Devdax).unwrap()[0], slow.map(|ms| Summary::of(&[ms])));
        Row::new(Mode::Devdax, init, &times, slow)
    }

    #[test]
    fn figures_follow_from_the_timings() {
        let fill = gb_s(64 << 20, 4.0);
        let (all, quarter) = (row("no", &[5.0, 5.0, 8.0], Some(16.0)), row("yes", &[4.0], None));
        for (figure, right) in [
            (all.gb_s, 0.8 * fill),
            (all.ns_per_page, 5e6 / f64::from(1 << 20)),
            (all.of_limit_pairs.min, 0.5),
            (all.vs_slow.unwrap(), 3.2),
            (all.reduction.unwrap(), 1.0 - 6.0 / 16.0),
            (all.first.faults_ms, 45.0),
            (quarter.of_limit, 0.25),
            (gb_s_of_ordinary(&[quarter]).median, 0.5 * fill),
            (gb_s_of_limits(&[all])[0].1.median, fill),
        ] {
            assert!((figure - right).abs() < 1e-9 * right, "{figure} {right}");
        }
        let cell = |ms: f64| row("no", &[ms], None).of_limit_cell(1);
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
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            written.as_object_mut().unwrap().retain(|name, value| !value.is_null() || read.get(name).is_some());
            assert_eq!(written, read);
        }
    }
}
