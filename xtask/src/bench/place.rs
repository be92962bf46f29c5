//! Where it is measured.

use std::thread::available_parallelism;

use super::axes::Sizes;
use super::facts::Caches;

/// The smallest arena.
const ARENA: u64 = 512 << 20;
/// A huge page.
const HUGE: u64 = 2 << 20;

/// What decides which points make sense on a machine.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Those that we may use: with `taskset` or in a container fewer than the machine has.
    pub(crate) cores: usize,
    pub(crate) caches: Caches,
}

impl Place {
    /// This machine.
    pub(crate) fn here() -> Place {
        Place { cores: available_parallelism().map_or(1, usize::from), caches: Caches::read() }
    }

    /// Bytes that are so many that no cache holds a good part of them: of the sources, and of the destinations.
    pub(crate) fn arena(self, sizes: Sizes) -> u64 {
        let blocks = sizes.largest().saturating_mul(2 * self.cores.min(1 << 20) as u64);
        // A page more: a quarter of the rest is then larger than the cache.
        ARENA.max(4 * self.caches.l3).max(blocks).next_multiple_of(HUGE) + HUGE
    }
}
