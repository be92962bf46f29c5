//! The experiment for one mode: first bindings on fresh memory, then rebinds on the same memory.
//!
//! Every strategy has a memmap of its own. A round goes through all of them, starting with another one each time, and fills each memmap
//! with a constant by streaming stores right before it is rebound. That fill is the write limit: it is measured over the same
//! memory at almost the same time, so that a machine whose speed drifts does not favour anyone. It also wipes out what the last
//! binding left: what is compared at the end was written by the last rebind.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::thread;
use std::time::Instant;

use bench_runner::fills;
use bench_runner::memory::{self, BASE_PAGE, HUGE_PAGE, Mapping};
use memcpy_streaming::Streamer;
use memmap_template::namespace::Mode;
use memmap_template::{Hooks, MemmapInit};
use serde::{Deserialize, Serialize};

use super::options::Options;
use super::results::{REFERENCE, Row, Times, Way};
use crate::failure::Failure;
use crate::interrupt;
use crate::progress::Progress;
use crate::stats::Summary;

/// Whether memory is backed by page frames before it is initialised: most of a first binding's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Prefault {
    /// the binding faults them in
    No,
    /// one store to each page, on as many threads as will initialise them
    Touch,
    /// the kernel does, in one call
    Populate,
}

impl Prefault {
    pub(super) fn run(self, memory: &mut Mapping, threads: NonZeroUsize) -> Result<(), Failure> {
        match self {
            Prefault::No => Ok(()),
            Prefault::Touch => each(memory.memory(), threads, touch),
            Prefault::Populate => memory.populate().map_err(|error| {
                Failure::input(format_args!(
                    "this system cannot do --prefault populate ({error}); use --prefault touch or --prefault no"
                ))
            }),
        }
    }
}

/// Everything that one mode's experiment needs.
pub(super) struct Experiment<'a> {
    pub(super) options: &'a Options,
    pub(super) mode: Mode,
    pub(super) init: MemmapInit,
    pub(super) streamer: Streamer,
}

struct Lane {
    way: Way,
    memory: Mapping,
    times: Times,
}

impl Experiment<'_> {
    fn ways(&self) -> impl Iterator<Item = Way> {
        let Options { strategy, threads, .. } = self.options;
        strategy.iter().flat_map(|&strategy| threads.iter().map(move |&threads| Way { strategy, threads }))
    }

    /// The memmaps that are held at a time: one for each way, and `slow`'s, with which all are compared.
    pub(super) fn memmaps(&self) -> u64 {
        self.ways().count() as u64 + u64::from(self.ways().all(|way| way != REFERENCE))
    }

    pub(super) fn memory(&self) -> u64 {
        Mapping::cost(self.init.buffer_len()).saturating_mul(self.memmaps())
    }

    /// What the progress bar counts: a memmap that is written twice, by a fill and a binding, by two fills, or as it is backed and bound first.
    pub(super) fn steps(&self) -> u64 {
        self.memmaps() + u64::from(self.options.rebinds) * (self.ways().count() as u64 + 1)
    }

    /// Runs it: the rows, and how the memory was backed. Stops between two bindings when the person asks to.
    pub(super) fn run(&self, progress: &Progress) -> Result<(Vec<Row>, String), Failure> {
        let mut lanes = Vec::new();
        for way in self.ways() {
            interrupt::check()?;
            lanes.push(self.first_binding(way, progress)?);
        }
        for round in 0..self.options.rebinds as usize {
            for turn in 0..lanes.len() {
                interrupt::check()?;
                let next = (round + turn) % lanes.len();
                if turn == 0 {
                    self.fill_by_ordinary_stores(&mut lanes[next]);
                    progress.done();
                }
                self.rebind(&mut lanes[next], round, progress)?;
            }
        }
        let page_mode = memory::page_mode("self");
        self.compare(&lanes, progress)?;
        let slow = lanes.iter().find(|lane| lane.way == REFERENCE).map(|slow| Summary::of(&slow.times.rebinds));
        let row = |lane: &Lane| Row::new(self.mode, &self.init, lane.way, &lane.times, slow);
        Ok((lanes.iter().map(row).collect(), page_mode))
    }

    /// Maps fresh memory and initialises it: most of the time is page faults.
    fn first_binding(&self, way: Way, progress: &Progress) -> Result<Lane, Failure> {
        progress.start(format_args!("{} {way}, first binding", self.mode));
        let how = self.options.prefault;
        let mut memory = self.map()?;
        let start = Instant::now();
        how.run(&mut memory, way.threads)?;
        let prefault = (how != Prefault::No).then(|| milliseconds(start));
        let first = self.bind(&mut memory, way)?;
        self.tell(progress, way, first, "first binding")?;
        Ok(Lane { way, memory, times: Times { prefault, first, ..Times::default() } })
    }

    fn rebind(&self, Lane { way, memory, times }: &mut Lane, round: usize, progress: &Progress) -> Result<(), Failure> {
        let which = format!("rebind {}", round + 1);
        progress.start(format_args!("{} {way}, {which}", self.mode));
        times.fills.push(self.fill(memory, way.threads)?);
        let took = self.bind(memory, *way)?;
        times.rebinds.push(took);
        self.tell(progress, *way, took, &which)
    }

    pub(super) fn map(&self) -> Result<Mapping, Failure> {
        let len = self.init.buffer_len();
        usize::try_from(len)
            .map_err(std::io::Error::other)
            .and_then(|len| Mapping::new(len, self.options.hugepages))
            .map_err(|error| Failure::input(format_args!("cannot map {len} bytes for the memmap: {error}")))
    }

    /// One binding, timed; fails if anything but what was asked for ran.
    fn bind(&self, memory: &mut Mapping, way: Way) -> Result<f64, Failure> {
        let Experiment { init, streamer, .. } = self;
        let memmap = memory.memory();
        let start = Instant::now();
        let report = init.run_parallel(memmap, way.strategy, *streamer, way.threads, Hooks::default());
        let took = milliseconds(start);
        let report = report.map_err(Failure::run)?;
        let asked = (way.strategy, streamer.backend(), init.pages(), init.struct_pages());
        let ran = (report.ran, report.backend, report.pages, report.struct_pages);
        if ran != asked {
            let said = |(strategy, backend, pages, written)| {
                format!("{strategy} by {backend} over {pages} pages ({written} written)")
            };
            return Err(Failure::run(format_args!("{} was asked for, and {} ran", said(asked), said(ran))));
        }
        Ok(took)
    }

    /// The part of a memmap that a binding writes.
    fn written<'m>(&self, memory: &'m mut Mapping) -> &'m mut [MaybeUninit<u8>] {
        let skipped = (self.init.buffer_len() - self.init.pages() * self.init.struct_page_size()) as usize;
        &mut memory.memory()[skipped..]
    }

    /// Fills it with a constant by streaming stores, timed, on `threads` threads that each drain.
    fn fill(&self, memory: &mut Mapping, threads: NonZeroUsize) -> Result<f64, Failure> {
        let written = self.written(memory);
        let start = Instant::now();
        each(written, threads, |part| fills::streamed(self.streamer, part))?;
        Ok(milliseconds(start))
    }

    /// Fills it by ordinary stores, timed; and then by streaming ones, so that nothing of it is left in the cache for what follows.
    fn fill_by_ordinary_stores(&self, lane: &mut Lane) {
        let written = self.written(&mut lane.memory);
        let start = Instant::now();
        fills::ordinary(written);
        lane.times.ordinary.push(milliseconds(start));
        fills::streamed(self.streamer, written);
    }

    /// A step is done; with --verbose, says so as the kernel does. It has whole milliseconds; what follows tells the bindings apart.
    fn tell(&self, progress: &Progress, way: Way, took: f64, which: &str) -> Result<(), Failure> {
        progress.done();
        if !self.options.verbose {
            return Ok(());
        }
        let (pages, mode, strategy) = (self.init.pages(), self.mode, way.strategy);
        progress.line(format_args!("initialised {pages} pages in {took:.0} ms ({mode}, {strategy}, {which})"))
    }

    /// Compares every memmap with `slow`'s, all bytes.
    fn compare(&self, lanes: &[Lane], progress: &Progress) -> Result<(), Failure> {
        interrupt::check()?;
        let own;
        let slow = match lanes.iter().find(|lane| lane.way == REFERENCE) {
            Some(slow) => &slow.memory,
            // Not asked for: slow runs once, untimed, on memory of its own.
            None => {
                progress.start(format_args!("{} slow, to compare with", self.mode));
                let mut memory = self.map()?;
                // What a binding leaves alone holds the fill everywhere else, too.
                self.fill(&mut memory, REFERENCE.threads)?;
                self.bind(&mut memory, REFERENCE)?;
                progress.done();
                own = memory;
                &own
            }
        };
        progress.start(format_args!("{} compared with slow", self.mode));
        for Lane { way, memory, .. } in lanes {
            interrupt::check()?;
            // Slices compare by memcmp; the search is for the rare case.
            if memory.bytes() != slow.bytes() {
                let byte = zip(memory.bytes(), slow.bytes()).take_while(|(left, right)| left == right).count();
                let (mode, size) = (self.mode, self.init.struct_page_size());
                let (pfn, byte) = (self.init.config().range.start_pfn + byte as u64 / size, byte as u64 % size);
                return Err(Failure::run(format_args!(
                    "{mode} {way} differs from slow: first at byte {byte} of the struct page of pfn {pfn:#x}"
                )));
            }
        }
        Ok(())
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Stores what fresh memory holds: it changes nothing.
pub(super) fn touch(part: &mut [MaybeUninit<u8>]) {
    for page in part.chunks_mut(BASE_PAGE) {
        page[0].write(0);
    }
}

/// Has `threads` threads do `work` to a part each: whole huge pages, so that no two fault the same one.
fn each(
    memory: &mut [MaybeUninit<u8>],
    threads: NonZeroUsize,
    work: impl Fn(&mut [MaybeUninit<u8>]) + Sync,
) -> Result<(), Failure> {
    if threads.get() == 1 {
        work(memory);
        return Ok(());
    }
    let work = &work;
    let share = memory.len().div_ceil(threads.get()).max(1).next_multiple_of(HUGE_PAGE);
    thread::scope(|scope| {
        for part in memory.chunks_mut(share) {
            let started = thread::Builder::new().spawn_scoped(scope, move || work(part));
            // Those that were started are waited for, all the same.
            started.map_err(|error| {
                Failure::run(format_args!(
                    "cannot start {threads} threads: {error}; ask for fewer, or raise the limit (ulimit -v, ulimit -u)"
                ))
            })?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_some_threads_and_every_page_is_touched() {
        for threads in [1, 2, 7].map(|threads| NonZeroUsize::new(threads).unwrap()) {
            for len in [0, 1, 3 * HUGE_PAGE + 100] {
                let mut memory = Mapping::new(len, true).unwrap();
                each(memory.memory(), threads, |part| part.fill(MaybeUninit::new(7))).unwrap();
                assert!(memory.bytes().iter().all(|byte| *byte == 7));
                Prefault::Touch.run(&mut memory, threads).unwrap();
                assert!(memory.bytes().chunks(BASE_PAGE).all(|page| page[0] == 0));
            }
        }
    }
}
