//! Memory shared out among threads, and backed by page frames before it is initialised: most of a first binding's time.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::thread;

use bench_runner::memory::{BASE_PAGE, HUGE_PAGE, Mapping};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

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

/// Stores what fresh memory holds: it changes nothing.
pub(super) fn touch(part: &mut [MaybeUninit<u8>]) {
    for page in part.chunks_mut(BASE_PAGE) {
        page[0].write(0);
    }
}

/// Has `threads` threads do `work` to a part each: whole huge pages, so that no two fault the same one.
pub(super) fn each(
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
