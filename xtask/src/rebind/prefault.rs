//! Backing memory by page frames before it is initialised: most of a first binding's time.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::{fmt, str};

use super::parts;
use crate::failure::Failure;
use crate::mapping::{BASE_PAGE, Mapping};

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

impl str::FromStr for Prefault {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "no" => Ok(Prefault::No),
            "touch" => Ok(Prefault::Touch),
            "populate" => Ok(Prefault::Populate),
            _ => Err("known are no, touch, populate"),
        }
    }
}

impl fmt::Display for Prefault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Prefault::No => "no",
            Prefault::Touch => "touch",
            Prefault::Populate => "populate",
        })
    }
}

impl Prefault {
    /// Does it to all of `memory`.
    pub(crate) fn run(self, memory: &mut Mapping, threads: NonZeroUsize) -> Result<(), Failure> {
        match self {
            Prefault::No => Ok(()),
            Prefault::Touch => parts::each(memory.memmap(), threads, touch),
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
    use crate::mapping::HUGE_PAGE;

    #[test]
    fn touching_reaches_every_page() {
        for threads in [1, 2, 7] {
            let mut memory = Mapping::new(3 * HUGE_PAGE + 100, true).unwrap();
            memory.memmap().fill(std::mem::MaybeUninit::new(7));
            Prefault::Touch.run(&mut memory, NonZeroUsize::new(threads).unwrap()).unwrap();
            assert!(memory.bytes().chunks(BASE_PAGE).all(|page| page[0] == 0));
        }
    }
}
