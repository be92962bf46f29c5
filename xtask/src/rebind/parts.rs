//! Memory shared out among threads.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::thread;

use bench_runner::memory::HUGE_PAGE;

use crate::failure::Failure;

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
    fn every_byte_is_some_threads() {
        for threads in [1, 2, 7] {
            for len in [0, 1, 3 * HUGE_PAGE + 100] {
                let mut memory = vec![MaybeUninit::new(0_u8); len];
                let work = |part: &mut [MaybeUninit<u8>]| part.iter_mut().for_each(|byte| _ = byte.write(7));
                each(&mut memory, NonZeroUsize::new(threads).unwrap(), work).unwrap();
                // SAFETY: every byte was initialised when the vector was made.
                assert!(memory.iter().all(|byte| unsafe { byte.assume_init() } == 7));
            }
        }
    }
}
