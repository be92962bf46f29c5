//! The experiment for one mode: first bindings on fresh memory, then rebinds on the same memory.
//!
//! Every strategy has a memmap of its own. A round goes through all of them, starting with another one each time, and fills each memmap
//! with a constant by streaming stores right before it is rebound. That fill is the write limit: it is measured over the same
//! memory at almost the same time, so that a machine whose speed drifts does not favour anyone. It also wipes out what the last
//! binding left: what is compared at the end was written by the last rebind.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use bench_runner::fills;
use bench_runner::memory::{self, Mapping};
use memcpy_streaming::Streamer;
use memmap_template::namespace::Mode;
use memmap_template::{Hooks, InitReport, MemmapInit};

use super::options::Options;
use super::parts;
use super::prefault::Prefault;
use super::series::{REFERENCE, Series, Way};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// Everything that one mode's experiment needs.
pub(crate) struct Experiment<'a> {
    pub(crate) options: &'a Options,
    pub(crate) mode: Mode,
    pub(crate) init: MemmapInit,
    pub(crate) streamer: Streamer,
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
        let Options { strategies, threads, .. } = self.options;
        strategies.iter().flat_map(|&strategy| threads.iter().map(move |&threads| Way { strategy, threads }))
    }

    /// The memory that this takes.
    pub(crate) fn memory(&self) -> u64 {
        Mapping::cost(self.init.buffer_len()).saturating_mul(self.memmaps())
    }

    /// What the progress bar counts: bytes written. A first binding also has the memory backed, which takes about as long again.
    pub(crate) fn work(&self) -> u64 {
        let (ways, rebinds) = (self.ways().count() as u64, u64::from(self.options.rebinds));
        self.memmaps() * self.first_work() + rebinds * (ways * self.rebind_work() + self.stores_work())
    }

    fn first_work(&self) -> u64 {
        2 * self.init.buffer_len()
    }

    /// A fill and a binding.
    fn rebind_work(&self) -> u64 {
        (self.init.pages() + self.init.struct_pages()) * self.init.struct_page_size()
    }

    /// Two fills.
    fn stores_work(&self) -> u64 {
        2 * self.init.pages() * self.init.struct_page_size()
    }

    /// Runs it: the timings, and how the memory was backed. Stops between two bindings when the person asks to.
    pub(crate) fn run(&self, progress: &Progress, interrupt: &Interrupt) -> Result<(Vec<Series>, String), Failure> {
        let mut lanes = Vec::new();
        for way in self.ways() {
            interrupt.check()?;
            lanes.push(self.first_binding(way, progress)?);
        }
        for round in 0..self.options.rebinds as usize {
            for turn in 0..lanes.len() {
                interrupt.check()?;
                let next = (round + turn) % lanes.len();
                if turn == 0 {
                    self.compare_stores(&mut lanes[next]);
                    progress.add(self.stores_work());
                }
                self.rebind(&mut lanes[next], round, progress)?;
            }
        }
        let page_mode = memory::page_mode("self");
        interrupt.check()?;
        self.compare(&mut lanes, progress, interrupt)?;
        Ok((lanes.into_iter().map(|lane| lane.series).collect(), page_mode))
    }

    /// Maps fresh memory and initialises it: most of the time is page faults.
    fn first_binding(&self, way: Way, progress: &Progress) -> Result<Lane, Failure> {
        progress.start(format_args!("{} {way}, first binding", self.mode));
        let mut memory = self.map()?;
        let start = Instant::now();
        self.options.prefault.run(&mut memory, way.threads)?;
        let prefaulted = start.elapsed();
        let (report, took) = self.bind(&mut memory, way)?;
        self.tell(progress, &report, took, "first binding")?;
        progress.add(self.first_work());
        Ok(Lane {
            memory,
            series: Series {
                mode: self.mode,
                way,
                pages: report.pages,
                struct_pages: report.struct_pages,
                dedup: self.is_deduped(),
                bytes: report.bytes,
                prefault_ms: (self.options.prefault != Prefault::No).then(|| milliseconds(prefaulted)),
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
        fills::ordinary(written);
        lane.series.ordinary_ms.push(milliseconds(start.elapsed()));
        fills::streamed(self.streamer, written);
    }

    fn rebind(&self, lane: &mut Lane, round: usize, progress: &Progress) -> Result<(), Failure> {
        let way = lane.series.way;
        progress.start(format_args!("{} {way}, rebind {}", self.mode, round + 1));
        lane.series.limit_ms.push(milliseconds(self.fill(&mut lane.memory, way.threads)?));
        let (report, took) = self.bind(&mut lane.memory, way)?;
        lane.series.rebind_ms.push(milliseconds(took));
        self.tell(progress, &report, took, &format!("rebind {}", round + 1))?;
        progress.add(self.rebind_work());
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
            .and_then(|len| Mapping::new(len, self.options.huge_pages))
            .map_err(|error| Failure::input(format_args!("cannot map {len} bytes for the memmap: {error}")))
    }

    /// One binding, timed; fails if anything but what was asked for ran.
    pub(super) fn bind(&self, memory: &mut Mapping, way: Way) -> Result<(InitReport, Duration), Failure> {
        let memmap = memory.memory();
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
        &mut memory.memory()[skipped..]
    }

    /// Fills the part of the memmap that a binding writes with a constant, by streaming stores, on `threads` threads that each drain.
    pub(super) fn fill(&self, memory: &mut Mapping, threads: NonZeroUsize) -> Result<Duration, Failure> {
        let written = self.written(memory);
        let start = Instant::now();
        parts::each(written, threads, |part| fills::streamed(self.streamer, part))?;
        Ok(start.elapsed())
    }

    fn tell(&self, progress: &Progress, report: &InitReport, took: Duration, which: &str) -> Result<(), Failure> {
        if !self.options.verbose {
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

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}
