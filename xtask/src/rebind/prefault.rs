//! Backing memory by page frames before it is initialised: most of a first binding's time.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;

use bench_runner::memory::{BASE_PAGE, Mapping};

use super::parts;
use crate::failure::Failure;

/// How.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefault {
    /// Not before: by the first store to each page.
    No,
    /// By a store to each page, on as many threads as will initialise them.
    Touch,
    /// By the kernel, in one call.
    Populate,
}

const NAMES: [(&str, Prefault); 3] =
    [("no", Prefault::No), ("touch", Prefault::Touch), ("populate", Prefault::Populate)];

impl std::str::FromStr for Prefault {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = NAMES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, how)| how).ok_or("known are no, touch, populate")
    }
}

impl Prefault {
    pub(crate) fn name(self) -> &'static str {
        NAMES[self as usize].0
    }

    /// Does it to all of `memory`.
    pub(crate) fn run(self, memory: &mut Mapping, threads: NonZeroUsize) -> Result<(), Failure> {
        match self {
            Prefault::No => Ok(()),
            Prefault::Touch => parts::each(memory.memory(), threads, touch),
            Prefault::Populate => memory.populate().map_err(|error| {
                Failure::input(format_args!(
                    "this system cannot do --prefault populate ({error}); use --prefault touch or --prefault no"
                ))
            }),
        }
    }
}

fn touch(part: &mut [MaybeUninit<u8>]) {
    for page in part.chunks_mut(BASE_PAGE) {
        // What fresh memory holds: touching changes nothing.
        page[0].write(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bench_runner::memory::HUGE_PAGE;

    #[test]
    fn touching_reaches_every_page() {
        for threads in [1, 2, 7] {
            let mut memory = Mapping::new(3 * HUGE_PAGE + 100, true).unwrap();
            memory.memory().fill(std::mem::MaybeUninit::new(7));
            Prefault::Touch.run(&mut memory, NonZeroUsize::new(threads).unwrap()).unwrap();
            assert!(memory.bytes().chunks(BASE_PAGE).all(|page| page[0] == 0));
        }
    }
}
