//! Memory to copy from and to.

use memmap2::{Advice, MmapMut};
use std::sync::atomic::{AtomicU64, Ordering};

/// Anonymous memory in huge pages where the system gives them, every byte of it written once and none of it zero: zeros
/// would be written faster than data on some CPUs.
#[derive(Debug)]
pub struct Memory {
    mapping: MmapMut,
    start: usize,
    len: usize,
}

/// The size of a huge page.
const HUGE: usize = 2 << 20;

impl Memory {
    /// So many bytes.
    ///
    /// # Panics
    /// If the system has no such memory.
    #[must_use]
    pub fn new(len: usize) -> Memory {
        let mut mapping = MmapMut::map_anon(len + HUGE).expect("memory for the benchmark");
        // Without huge pages it works too; what was in force is printed with the results.
        let _ = mapping.advise(Advice::HugePage);
        let start = mapping.as_ptr().addr().next_multiple_of(HUGE) - mapping.as_ptr().addr();
        for (i, word) in mapping[start..start + len].as_chunks_mut().0.iter_mut().enumerate() {
            *word = ((i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 0x0101_0101_0101_0101).to_ne_bytes();
        }
        Memory { mapping, start, len }
    }

    /// All of it.
    pub fn bytes(&mut self) -> &mut [u8] {
        &mut self.mapping[self.start..self.start + self.len]
    }

    /// For the copies: many of them at once hold pointers into the same memory.
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.bytes().as_mut_ptr()
    }
}

/// xorshift: where the next block is.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// A sequence that no one else has: entrants of a race that went to the same places would find them in the cache.
    #[expect(clippy::new_without_default, reason = "a default is the same each time, and this is not")]
    #[must_use]
    pub fn new() -> Random {
        static SEQUENCES: AtomicU64 = AtomicU64::new(1);
        Random(SEQUENCES.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `end`, which is less than 2^32. No division: it would be a good part of a small copy.
    #[inline]
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (((self.0 >> 32) * end as u64) >> 32) as usize
    }
}
