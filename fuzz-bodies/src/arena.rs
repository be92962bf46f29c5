//! Memory that operations write to, and what it must look like.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use test_operations::noise;

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
    let mut memory = NOISE.clone();
    let start = GUARD + memory[GUARD..].as_ptr().align_offset(4096);
    memory.truncate(start + LEN + GUARD);
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

/// Where data comes from, and what is in an arena at first.
pub(crate) static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| (0..LEN + 2 * GUARD + 4096).map(noise).collect());

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
