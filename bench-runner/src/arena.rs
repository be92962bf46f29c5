//! The memory that everything is copied from and to.

use memmap2::{Advice, MmapMut};

/// A huge page: memory starts on this boundary, so that such pages can back all of it.
const HUGE: usize = 2 << 20;

/// Anonymous memory in huge pages where the system gives them. Every word of it has been written, and none is zero: some CPUs
/// write lines of zeros twice as fast as others.
pub(crate) struct Memory {
    mapping: MmapMut,
    start: usize,
    len: usize,
}

impl Memory {
    /// Maps `len` bytes. `salt` makes two memories differ at every word.
    pub(crate) fn new(len: usize, salt: u64) -> Result<Memory, String> {
        let mapped = len.checked_add(HUGE).ok_or("a size that no machine has")?;
        let mut mapping = MmapMut::map_anon(mapped).map_err(|error| format!("cannot map {len} bytes: {error}"))?;
        // Works without them, too; what the memory got is among the results.
        let _ = mapping.advise(Advice::HugePage);
        let start = mapping.as_ptr().align_offset(HUGE);
        for (i, word) in mapping[start..start + len].chunks_exact_mut(8).enumerate() {
            let value = (i as u64 ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 0x0101_0101_0101_0101;
            word.copy_from_slice(&value.to_ne_bytes());
        }
        Ok(Memory { mapping, start, len })
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut u8 {
        self.mapping[self.start..].as_mut_ptr()
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// Where sources and destinations are, and the size of the second-level cache.
pub(crate) struct Arena {
    src: Memory,
    dst: Memory,
    pub(crate) l2: usize,
}

impl Arena {
    pub(crate) fn new(len: usize, l2: usize) -> Result<Arena, String> {
        Ok(Arena { src: Memory::new(len, 0x5eed << 40)?, dst: Memory::new(len, 0xd57 << 40)?, l2 })
    }

    /// The part of thread `index` out of `threads`, whole pages.
    pub(crate) fn part(&mut self, index: usize, threads: usize) -> Part {
        let len = self.dst.len() / threads / 4096 * 4096;
        Part {
            dst: self.dst.as_mut_ptr().wrapping_add(index * len),
            src: self.src.as_mut_ptr().wrapping_add(index * len),
            len,
            l2: self.l2,
        }
    }

    /// Bytes in each of the two memories.
    pub(crate) fn len(&self) -> usize {
        self.dst.len()
    }
}

/// A part of the arena. The entrants of a race share it; one of them runs at a time.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) dst: *mut u8,
    pub(crate) src: *const u8,
    pub(crate) len: usize,
    pub(crate) l2: usize,
}

// SAFETY: pointers are only numbers until they are used; each use says why it is alone.
unsafe impl Send for Part {}
