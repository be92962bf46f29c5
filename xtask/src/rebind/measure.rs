//! The experiment for one mode: first bindings on fresh memory, then rebinds on the same memory.
//!
//! Every strategy has a memmap of its own. A round goes through all of them, starting with another one each time, and fills each memmap
//! with a constant by streaming stores right before it is rebound. That fill is the write limit: it is measured over the same
//! memory at almost the same time, so that a machine whose speed drifts does not favour anyone. It also wipes out what the last
//! binding left: what is compared at the end was written by the last rebind.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use memcpy_streaming::{Streamer, memcpy_streaming_drain};
use memmap_template::namespace::Mode;
use memmap_template::{Hooks, InitReport, MemmapInit, Strategy};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::mapping::{self, Mapping};
use crate::progress::Progress;
use crate::rebind::parts;
use crate::rebind::prefault::Prefault;
use crate::rebind::series::{REFERENCE, Series, Way};

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

/// What one mode's experiment gave.
pub(crate) struct Measured {
    pub(crate) series: Vec<Series>,
    pub(crate) page_mode: String,
}

/// A strategy's memory and timings.
pub(super) struct Lane {
    pub(super) memory: Mapping,
    pub(super) series: Series,
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
        self.compare(&mut lanes, progress, interrupt)?;
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
        lane.series.limit_ms.push(milliseconds(self.fill(&mut lane.memory, way.threads)?));
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
    pub(super) fn bind(&self, memory: &mut Mapping, way: Way) -> Result<(InitReport, Duration), Failure> {
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
    pub(super) fn fill(&self, memory: &mut Mapping, threads: NonZeroUsize) -> Result<Duration, Failure> {
        let written = self.written(memory);
        let start = Instant::now();
        parts::each(written, threads, |part| fill(self.streamer, part))?;
        Ok(start.elapsed())
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
    memcpy_streaming_drain();
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
