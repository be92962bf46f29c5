//! The experiment for one mode: first bindings on fresh memory, then rebinds on the same memory.
//!
//! Every strategy has a memmap of its own. A round goes through all of them, starting with another one each time, and fills each memmap
//! with a constant by streaming stores right before it is rebound. That fill is the write limit: it is measured over the same
//! memory at almost the same time, so that a machine whose speed drifts does not favour anyone. It also wipes out what the last
//! binding left: what is compared at the end was written by the last rebind.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use memcpy_streaming::Streamer;
use memmap_template::namespace::Mode;
use memmap_template::{Hooks, InitReport, MemmapInit, Strategy};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::mapping::{self, Mapping};
use crate::progress::Progress;
use crate::rebind::prefault::Prefault;

/// What the fill writes: no struct page looks like it. Not zero: some CPUs write lines of zeros twice as fast as others (Zen 4: 55
/// against 27 GB/s).
const FILL: u8 = 0x5a;

/// Everything that one mode's experiment needs.
pub(crate) struct Experiment<'a> {
    pub(crate) mode: Mode,
    pub(crate) init: &'a MemmapInit,
    pub(crate) strategies: &'a [Strategy],
    pub(crate) threads: &'a [NonZeroUsize],
    pub(crate) prefault: Prefault,
    pub(crate) streamer: Streamer,
    pub(crate) rebinds: u32,
    pub(crate) huge_pages: bool,
    pub(crate) verbose: bool,
}

/// What is timed: a strategy on a number of threads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) strategy: Strategy,
    pub(crate) threads: NonZeroUsize,
}

/// What the others' memmaps are compared with.
const REFERENCE: Way = Way { strategy: Strategy::Slow, threads: NonZeroUsize::MIN };

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.threads.get() {
            1 => self.strategy.fmt(f),
            threads => write!(f, "{} x{threads}", self.strategy),
        }
    }
}

/// One strategy's timings, in milliseconds.
pub(crate) struct Series {
    pub(crate) mode: Mode,
    pub(crate) way: Way,
    pub(crate) pages: u64,
    pub(crate) struct_pages: u64,
    /// Whether the memmap's pages that hold equal tails are shared, so that fewer struct pages than pages are written.
    pub(crate) dedup: bool,
    pub(crate) bytes: u64,
    /// Backing the memory by page frames before the first binding; None if that is left to the binding.
    pub(crate) prefault_ms: Option<f64>,
    pub(crate) first_ms: f64,
    pub(crate) rebind_ms: Vec<f64>,
    /// The fill right before each rebind, on as many threads, over `limit_bytes` of the same memory.
    pub(crate) limit_ms: Vec<f64>,
    pub(crate) limit_bytes: u64,
    /// The same fill on one thread by ordinary stores, in the rounds that began with this strategy.
    pub(crate) ordinary_ms: Vec<f64>,
    /// Whether the memmap that the last rebind left is that of `slow`, byte for byte.
    pub(crate) identical: bool,
}

/// What one mode's experiment gave.
pub(crate) struct Measured {
    pub(crate) series: Vec<Series>,
    pub(crate) page_mode: String,
}

/// A strategy's memory and timings.
struct Lane {
    memory: Mapping,
    series: Series,
}

impl Experiment<'_> {
    /// The memmaps that are held at a time: one per strategy, and `slow`'s, with which all are compared.
    pub(crate) fn memmaps(&self) -> u64 {
        let ways = self.ways().count() as u64;
        ways + u64::from(self.ways().all(|way| way != REFERENCE))
    }

    fn ways(&self) -> impl Iterator<Item = Way> {
        self.strategies.iter().flat_map(|&strategy| self.threads.iter().map(move |&threads| Way { strategy, threads }))
    }

    /// The memory that this takes.
    pub(crate) fn memory(&self) -> u64 {
        Mapping::cost(self.init.buffer_len()).saturating_mul(self.memmaps())
    }

    /// The bindings that are done: steps of the progress bar.
    pub(crate) fn bindings(&self) -> u64 {
        self.memmaps() + self.ways().count() as u64 * u64::from(self.rebinds)
    }

    /// Runs it. Stops between two bindings when the person asks to.
    pub(crate) fn run(&self, progress: &Progress, interrupt: &Interrupt) -> Result<Measured, Failure> {
        let mut lanes = Vec::new();
        for way in self.ways() {
            interrupt.check()?;
            lanes.push(self.first_binding(way, progress)?);
        }
        for round in 0..self.rebinds as usize {
            for turn in 0..lanes.len() {
                interrupt.check()?;
                let next = (round + turn) % lanes.len();
                if turn == 0 {
                    self.compare_stores(&mut lanes[next]);
                }
                self.rebind(&mut lanes[next], round, progress)?;
            }
        }
        let page_mode = mapping::page_mode();
        interrupt.check()?;
        self.compare(&mut lanes, progress)?;
        Ok(Measured { series: lanes.into_iter().map(|lane| lane.series).collect(), page_mode })
    }

    /// Maps fresh memory and initialises it: most of the time is page faults.
    fn first_binding(&self, way: Way, progress: &Progress) -> Result<Lane, Failure> {
        progress.start(format_args!("{} {way}, first binding", self.mode));
        let mut memory = self.map()?;
        let start = Instant::now();
        self.prefault.run(&mut memory, way.threads)?;
        let prefaulted = start.elapsed();
        let (report, took) = self.bind(&mut memory, way)?;
        self.tell(progress, &report, took, "first binding")?;
        progress.done();
        Ok(Lane {
            memory,
            series: Series {
                mode: self.mode,
                way,
                pages: report.pages,
                struct_pages: report.struct_pages,
                dedup: self.is_deduped(),
                bytes: report.bytes,
                prefault_ms: (self.prefault != Prefault::No).then(|| milliseconds(prefaulted)),
                first_ms: milliseconds(took),
                rebind_ms: Vec::new(),
                limit_ms: Vec::new(),
                limit_bytes: self.init.pages() * self.init.struct_page_size(),
                ordinary_ms: Vec::new(),
                identical: false,
            },
        })
    }

    /// Fills by ordinary stores, timed; and then by streaming ones, so that nothing of it is left in the cache for what follows.
    fn compare_stores(&self, lane: &mut Lane) {
        let written = self.written(&mut lane.memory);
        let start = Instant::now();
        fill_ordinary(written);
        lane.series.ordinary_ms.push(milliseconds(start.elapsed()));
        fill(self.streamer, written);
    }

    fn rebind(&self, lane: &mut Lane, round: usize, progress: &Progress) -> Result<(), Failure> {
        let way = lane.series.way;
        progress.start(format_args!("{} {way}, rebind {}", self.mode, round + 1));
        lane.series.limit_ms.push(milliseconds(self.fill(&mut lane.memory, way.threads)));
        let (report, took) = self.bind(&mut lane.memory, way)?;
        lane.series.rebind_ms.push(milliseconds(took));
        self.tell(progress, &report, took, &format!("rebind {}", round + 1))?;
        progress.done();
        Ok(())
    }

    /// Whether fewer struct pages than pages are written.
    pub(crate) fn is_deduped(&self) -> bool {
        self.init.struct_pages() < self.init.pages()
    }

    /// Fresh memory for one memmap.
    pub(crate) fn map(&self) -> Result<Mapping, Failure> {
        let len = self.init.buffer_len();
        usize::try_from(len)
            .map_err(std::io::Error::other)
            .and_then(|len| Mapping::new(len, self.huge_pages))
            .map_err(|error| Failure::input(format_args!("cannot map {len} bytes for the memmap: {error}")))
    }

    /// One binding, timed; fails if anything but what was asked for ran.
    fn bind(&self, memory: &mut Mapping, way: Way) -> Result<(InitReport, Duration), Failure> {
        let memmap = memory.memmap();
        let start = Instant::now();
        let report = self.init.run_parallel(memmap, way.strategy, self.streamer, way.threads, Hooks::default());
        let took = start.elapsed();
        let report = report.map_err(Failure::run)?;
        let Way { strategy, .. } = way;
        if report.ran != strategy || report.backend != self.streamer.backend() || report.pages != self.init.pages() {
            return Err(Failure::run(format_args!(
                "{strategy} by {} was asked for, and {} by {} ran over {} of {} pages",
                self.streamer.backend(),
                report.ran,
                report.backend,
                report.pages,
                self.init.pages()
            )));
        }
        Ok((report, took))
    }

    /// The part of a memmap that a binding writes.
    fn written<'m>(&self, memory: &'m mut Mapping) -> &'m mut [MaybeUninit<u8>] {
        let skipped = (self.init.buffer_len() - self.init.pages() * self.init.struct_page_size()) as usize;
        &mut memory.memmap()[skipped..]
    }

    /// Fills the part of the memmap that a binding writes with a constant, by streaming stores, on `threads` threads that each drain.
    fn fill(&self, memory: &mut Mapping, threads: NonZeroUsize) -> Duration {
        let written = self.written(memory);
        let share = written.len().div_ceil(threads.get()).next_multiple_of(mapping::HUGE_PAGE);
        let start = Instant::now();
        match threads.get() {
            1 => fill(self.streamer, written),
            _ => std::thread::scope(|scope| {
                for part in written.chunks_mut(share) {
                    scope.spawn(|| fill(self.streamer, part));
                }
            }),
        }
        start.elapsed()
    }

    /// Compares every memmap with `slow`'s, all bytes.
    fn compare(&self, lanes: &mut [Lane], progress: &Progress) -> Result<(), Failure> {
        let slow = lanes.iter().position(|lane| lane.series.way == REFERENCE);
        // Not asked for: slow runs once, untimed, on memory of its own.
        let own = match slow {
            Some(_) => None,
            None => {
                let mut memory = self.map()?;
                progress.start(format_args!("{} slow, to compare with", self.mode));
                // What a binding leaves alone holds the fill everywhere else, too.
                self.fill(&mut memory, REFERENCE.threads);
                self.bind(&mut memory, REFERENCE)?;
                progress.done();
                Some(memory)
            }
        };
        progress.start(format_args!("{} compared with slow", self.mode));
        for index in 0..lanes.len() {
            let reference = match (&own, slow) {
                (Some(memory), _) => memory,
                (None, slow) => &lanes[slow.expect("it has a lane or memory of its own")].memory,
            };
            let found = difference(lanes[index].memory.bytes(), reference.bytes());
            let series = &mut lanes[index].series;
            series.identical = found.is_none();
            if let Some(byte) = found {
                let size = self.init.struct_page_size();
                let pfn = self.init.config().range.start_pfn + byte as u64 / size;
                return Err(Failure::run(format_args!(
                    "{} {} differs from slow: first at byte {} of the struct page of pfn {pfn:#x}",
                    self.mode,
                    series.way,
                    byte as u64 % size
                )));
            }
        }
        Ok(())
    }

    fn tell(&self, progress: &Progress, report: &InitReport, took: Duration, which: &str) -> Result<(), Failure> {
        if !self.verbose {
            return Ok(());
        }
        // The kernel's line has whole milliseconds; what follows tells the bindings apart.
        progress.line(format_args!(
            "initialised {} pages in {:.0} ms ({}, {}, {which})",
            report.pages,
            milliseconds(took),
            self.mode,
            report.ran
        ))
    }
}

fn fill(streamer: Streamer, memory: &mut [MaybeUninit<u8>]) {
    // SAFETY: the pointer and the length are those of a slice that is borrowed exclusively until after the drain, so that nobody
    // accesses the memory before it.
    unsafe { streamer.memset_streaming(memory.as_mut_ptr().cast(), FILL, memory.len()) };
    streamer.memcpy_streaming_drain();
}

/// Fills with a constant by the stores that the compiler makes of a loop: no byte is repeated in it, so it is not memset, which uses
/// instructions of its own for large blocks.
fn fill_ordinary(memory: &mut [MaybeUninit<u8>]) {
    // SAFETY: every bit pattern is a valid MaybeUninit<u64>.
    let (_, words, _) = unsafe { memory.align_to_mut::<MaybeUninit<u64>>() };
    words.fill(MaybeUninit::new(0x5a5b_5c5d_5e5f_6061));
    // The stores count, whether or not anything reads them.
    std::hint::black_box(words);
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

/// The first byte in which two memmaps differ.
fn difference(left: &[u8], right: &[u8]) -> Option<usize> {
    // Slices compare by memcmp; the search is for the rare case.
    if left == right {
        return None;
    }
    let common = left.iter().zip(right).position(|(left, right)| left != right);
    Some(common.unwrap_or(left.len().min(right.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_found_wherever_it_is() {
        let left = vec![7; 1000];
        assert_eq!(difference(&left, &left.clone()), None);
        for byte in [0, 64, 999] {
            let mut right = left.clone();
            right[byte] = 8;
            assert_eq!(difference(&left, &right), Some(byte));
        }
        assert_eq!(difference(&left, &left[..999]), Some(999));
    }
}
