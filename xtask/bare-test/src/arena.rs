//! Memory with guard bytes around it, without an allocator.

use core::fmt;

/// The longest block.
pub(crate) const ROOM: usize = 4096;

const MARGIN: usize = 128;
const GUARD: u8 = 0xa5;

/// A block at any offset in a line.
#[repr(align(64))]
pub(crate) struct Arena {
    bytes: [u8; MARGIN + 64 + ROOM + MARGIN],
    start: usize,
    len: usize,
}

impl Arena {
    pub(crate) fn new() -> Arena {
        Arena { bytes: [GUARD; MARGIN + 64 + ROOM + MARGIN], start: 0, len: 0 }
    }

    /// The block of `len` bytes that begins `at` bytes after the start of a line, all of it and around it guard bytes.
    pub(crate) fn block(&mut self, at: usize, len: usize) -> &mut [u8] {
        assert!(at < 64 && len <= ROOM, "the arena is too small");
        // The bytes begin at the start of a line, and the margin is two lines.
        self.start = MARGIN + at;
        self.len = len;
        self.bytes[..self.start + len + MARGIN - at].fill(GUARD);
        &mut self.bytes[self.start..self.start + len]
    }

    /// Panics unless byte `i` of the block is `expected(i)`, and nothing around it was touched.
    #[track_caller]
    pub(crate) fn check(&self, expected: impl Fn(usize) -> u8, what: fmt::Arguments<'_>) {
        let block = &self.bytes[self.start..self.start + self.len];
        for (i, &byte) in block.iter().enumerate() {
            let right = expected(i);
            assert!(byte == right, "{what}: byte {i} is {byte:#04x} instead of {right:#04x}");
        }
        let (before, after) = (&self.bytes[..self.start], &self.bytes[self.start + self.len..]);
        let after = &after[..64];
        assert!(
            before.iter().chain(after).all(|&byte| byte == GUARD),
            "{what}: wrote outside of its {} bytes",
            self.len
        );
    }
}

/// Byte `i` of bytes that differ from their neighbours at every distance that a wrong copy would be off by; never a guard byte.
pub(crate) fn noise(i: usize) -> u8 {
    let mixed = (i as u32 ^ 0x5bd1).wrapping_mul(0x9e37_79b9);
    let byte = (mixed ^ (mixed >> 15)) as u8;
    if byte == GUARD { !GUARD } else { byte }
}
