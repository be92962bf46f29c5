//! Memory that operations write to, and what it must look like.

use std::fmt::Debug;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};

/// Bytes that operations may touch: more than what a copy prefetches from on, and than the longest chunk of lines.
pub(crate) const LEN: usize = 48 * 1024;

/// Bytes on each side that they may not.
const GUARD: usize = 256;

/// Memory from a page border on, its surroundings, and a second copy of both on which a plain loop does the same.
pub(crate) struct Arena {
    memory: Vec<u8>,
    model: Vec<u8>,
    start: usize,
}

/// Takes steps over one arena until the input ends.
pub(crate) fn steps(data: &[u8], mut step: impl FnMut(&mut Unstructured<'_>, &mut Arena) -> Result<()>) {
    let mut memory = vec![0; LEN + 2 * GUARD + 4096];
    let start = GUARD + memory[GUARD..].as_ptr().align_offset(4096);
    memory.truncate(start + LEN + GUARD);
    for piece in memory.chunks_mut(NOISE.len()) {
        piece.copy_from_slice(&NOISE[..piece.len()]);
    }
    let mut arena = Arena { model: memory.clone(), memory, start };
    let mut u = Unstructured::new(data);
    while !u.is_empty() && step(&mut u, &mut arena).is_ok() {}
}

impl Arena {
    /// Some bytes, for the operation under test.
    pub(crate) fn memory(&mut self, range: Range<usize>) -> &mut [u8] {
        &mut self.memory[self.start..][..LEN][range]
    }

    /// The same bytes, for the plain loop.
    pub(crate) fn model(&mut self, range: Range<usize>) -> &mut [u8] {
        &mut self.model[self.start..][..LEN][range]
    }

    /// All of it is as the plain loops have left it, and nothing around it was touched.
    pub(crate) fn check(&self, what: &dyn Debug) {
        if self.memory != self.model {
            let at = self.memory.iter().zip(&self.model).position(|(is, should)| is != should).unwrap_or_default();
            let (is, should) = (self.memory[at], self.model[at]);
            panic!("after {what:?}: byte {} is {is:#x}, not {should:#x}", at as isize - self.start as isize);
        }
    }
}

/// Bytes that differ from their neighbours at every distance that a wrong copy would be off by: where data comes from.
pub(crate) static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..LEN + 4096).map(next).collect()
});

/// A piece of `limit` bytes: often a short one, or one that begins or ends at a line, rarely a long one.
pub(crate) fn piece(u: &mut Unstructured<'_>, limit: usize) -> Result<Range<usize>> {
    let shape: u8 = u.arbitrary()?;
    let longest = [192, 1600, 9000, limit][usize::from(shape & 3)].min(limit);
    let mut len = u.int_in_range(0..=longest)?;
    if shape & 4 != 0 {
        len -= len % 64;
    }
    let mut start = u.int_in_range(0..=limit - len)?;
    if shape & 8 != 0 {
        start -= start % 64;
    }
    Ok(start..start + len)
}

/// Initialised memory, for functions that take other memory too.
pub(crate) fn as_uninit<T: Copy>(slice: &mut [T]) -> &mut [MaybeUninit<T>] {
    // SAFETY: the same layout; and the functions that get it, which are under test, write initialised elements only.
    unsafe { &mut *(std::ptr::from_mut(slice) as *mut [MaybeUninit<T>]) }
}
