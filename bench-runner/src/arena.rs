//! The memory that everything is copied from and to.

use bench_runner::memory::Mapping;
use bench_runner::places::Part;

/// Where sources and destinations are, and the size of the second-level cache.
pub(crate) struct Arena {
    src: Mapping,
    dst: Mapping,
    l2: usize,
}

impl Arena {
    pub(crate) fn new(len: usize, l2: usize) -> Result<Arena, String> {
        let side = |salt| Mapping::written(len, salt).map_err(|error| format!("cannot map {len} bytes: {error}"));
        Ok(Arena { src: side(0x5eed << 40)?, dst: side(0xd57 << 40)?, l2 })
    }

    /// The part of thread `index` out of `threads`, whole pages.
    pub(crate) fn part(&mut self, index: usize, threads: usize) -> Part {
        let len = self.part_len(threads);
        let dst = self.dst.memory().as_mut_ptr().cast::<u8>().wrapping_add(index * len);
        Part { dst, src: self.src.bytes().as_ptr().wrapping_add(index * len), len, l2: self.l2 }
    }

    /// Bytes of each thread's part, on both sides.
    pub(crate) fn part_len(&self, threads: usize) -> usize {
        self.dst.bytes().len() / threads / 4096 * 4096
    }
}
