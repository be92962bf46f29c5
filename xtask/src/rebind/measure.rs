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
use bench_runner::memory::{BASE_PAGE, HUGE_PAGE, Mapping, page_mode};
use memcpy_streaming::Streamer;
use memmap_template::namespace::Mode;
use memmap_template::{MemmapInit, Strategy};
use serde::{Deserialize, Serialize};

use super::options::Options;
use super::results::{REFERENCE, Row, Times, Way};
use crate::failure::Failure;
use crate::memmap::{self, milliseconds};
use crate::progress::Progress;
use crate::stats::Summary;
use crate::{args, interrupt};

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
    fn run(self, memory: &mut Mapping, threads: NonZeroUsize) -> Result<(), Failure> {
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

impl Experiment<'_> {
    fn ways(&self) -> Vec<Way> {
        let Options { strategy, threads, .. } = self.options;
        let of_one = |&strategy: &Strategy| threads.iter().map(move |&threads| Way { strategy, threads });
        args::once(strategy.iter().flat_map(of_one))
    }

    /// The memmaps that are held at a time: one for each way, and `slow`'s, with which all are compared.
    pub(super) fn memmaps(&self) -> u64 {
        self.ways().len() as u64 + u64::from(!self.ways().contains(&REFERENCE))
    }

    pub(super) fn memory(&self) -> u64 {
        Mapping::cost(self.init.buffer_len()).saturating_mul(self.memmaps())
    }

    /// What the progress bar counts: a memmap that is written twice, by a fill and a binding, by two fills, or as it is backed and bound first.
    pub(super) fn steps(&self) -> u64 {
        self.memmaps() + u64::from(self.options.rebinds) * (self.ways().len() as u64 + 1)
    }

    /// Touches as much memory as the run will take, and gives it back. In a virtual machine the first touch is the hypervisor's business
    /// and takes many times as long; without this, the first strategy would pay for it.
    pub(super) fn settle(&self) -> Result<(), Failure> {
        let mut memory = memmap::map(self.init.buffer_len() * self.memmaps(), self.options.hugepages)?;
        for part in memory.memory().chunks_mut(HUGE_PAGE) {
            interrupt::check()?;
            touch(part);
        }
        Ok(())
    }

    /// Runs it: the rows, and how the memory was backed. Stops between two bindings when the person asks to.
    pub(super) fn run(&self, progress: &Progress) -> Result<(Vec<Row>, String), Failure> {
        let mut lanes = Vec::new();
        for way in self.ways() {
            // Fresh memory: most of the time is page faults.
            let (mut memory, how) = (self.map()?, self.options.prefault);
            let start = Instant::now();
            how.run(&mut memory, way.threads)?;
            let prefault = (how != Prefault::No).then(|| milliseconds(start));
            let first = self.bind(&mut memory, way, "first binding", progress)?;
            let (rebinds, fills, ordinary) = Default::default();
            lanes.push((memory, Times { way, prefault, first, rebinds, fills, ordinary }));
        }
        let streamed = |part: &mut [_]| fills::streamed(self.streamer, part);
        for round in 0..self.options.rebinds as usize {
            for turn in 0..lanes.len() {
                let next = (round + turn) % lanes.len();
                let (memory, times) = &mut lanes[next];
                if turn == 0 {
                    times.ordinary.push(self.fill(memory, REFERENCE.threads, fills::ordinary)?);
                    // Nothing of it is to be left in the cache for what follows.
                    self.fill(memory, REFERENCE.threads, streamed)?;
                    progress.done();
                }
                times.fills.push(self.fill(memory, times.way.threads, streamed)?);
                times.rebinds.push(self.bind(memory, times.way, &format!("rebind {}", round + 1), progress)?);
            }
        }
        let page_mode = page_mode("self");
        self.compare(&lanes, progress)?;
        let slow = lanes.iter().find(|(_, times)| times.way == REFERENCE).map(|(_, slow)| Summary::of(&slow.rebinds));
        let row = |(_, times): &(_, Times)| Row::new(self.mode, &self.init, times, slow);
        Ok((lanes.iter().map(row).collect(), page_mode))
    }

    fn map(&self) -> Result<Mapping, Failure> {
        interrupt::check()?;
        memmap::map(self.init.buffer_len(), self.options.hugepages)
    }

    /// One binding, timed. With --verbose, says so as the kernel does: it has whole milliseconds; what follows tells the bindings apart.
    fn bind(&self, memory: &mut Mapping, way: Way, which: &str, progress: &Progress) -> Result<f64, Failure> {
        interrupt::check()?;
        let Experiment { options, mode, init, streamer } = self;
        progress.start(format_args!("{mode} {way}, {which}"));
        let took = memmap::write(init, memory.memory(), way.strategy, *streamer, way.threads)?;
        progress.done();
        if options.verbose {
            let (pages, strategy) = (init.pages(), way.strategy);
            progress.line(format_args!("initialised {pages} pages in {took:.0} ms ({mode}, {strategy}, {which})"))?;
        }
        Ok(took)
    }

    /// Fills the part of a memmap that a binding writes with a constant, timed, on `threads` threads.
    fn fill(
        &self,
        memory: &mut Mapping,
        threads: NonZeroUsize,
        by: impl Fn(&mut [MaybeUninit<u8>]) + Sync,
    ) -> Result<f64, Failure> {
        let skipped = (self.init.buffer_len() - self.init.pages() * self.init.struct_page_size()) as usize;
        let start = Instant::now();
        each(&mut memory.memory()[skipped..], threads, by)?;
        Ok(milliseconds(start))
    }

    /// Compares every memmap with `slow`'s, all bytes.
    fn compare(&self, lanes: &[(Mapping, Times)], progress: &Progress) -> Result<(), Failure> {
        let own;
        let slow = match lanes.iter().find(|(_, times)| times.way == REFERENCE) {
            Some((slow, _)) => slow,
            // Not asked for: slow runs once, untimed, on memory of its own.
            None => {
                progress.start(format_args!("{} slow, to compare with", self.mode));
                let (mut memory, Way { strategy, threads }) = (self.map()?, REFERENCE);
                // What a binding leaves alone holds the fill everywhere else, too.
                self.fill(&mut memory, threads, |part| fills::streamed(self.streamer, part))?;
                memmap::write(&self.init, memory.memory(), strategy, self.streamer, threads)?;
                progress.done();
                own = memory;
                &own
            }
        };
        progress.start(format_args!("{} compared with slow", self.mode));
        for (memory, Times { way, .. }) in lanes {
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

/// Stores what fresh memory holds: it changes nothing.
fn touch(part: &mut [MaybeUninit<u8>]) {
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
