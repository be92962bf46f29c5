//! Memory with guard bytes around it, without an allocator.

use core::fmt::Arguments;

/// The longest block.
pub(crate) const SIZE: usize = 4096;

/// Two lines.
const MARGIN: usize = 128;
const GUARD: u8 = 0xa5;

/// It begins at the start of a line.
#[repr(align(64))]
pub(crate) struct Arena([u8; MARGIN + 64 + SIZE + MARGIN]);

type Write<'a> = &'a dyn Fn(&mut [u8]);

impl Arena {
    pub(crate) fn new() -> Arena {
        Arena([GUARD; MARGIN + 64 + SIZE + MARGIN])
    }

    /// Has a block of `len` bytes written in each way, `at` bytes behind the start of a line. Panics unless byte `i` of it is then `right(i)`,
    /// and nothing around it was touched.
    #[track_caller]
    pub(crate) fn check(
        &mut self,
        (at, len): (usize, usize),
        what: Arguments<'_>,
        right: impl Fn(usize) -> u8,
        writes: &[Write<'_>],
    ) {
        assert!(at < 64 && len <= SIZE, "the arena is too small");
        let block = MARGIN + at..MARGIN + at + len;
        let bytes = &mut self.0[..block.end + MARGIN - at];
        for (way, write) in writes.iter().enumerate() {
            bytes.fill(GUARD);
            write(&mut bytes[block.clone()]);
            for (i, &byte) in bytes.iter().enumerate() {
                let right = if block.contains(&i) { right(i - block.start) } else { GUARD };
                assert!(
                    byte == right,
                    "{what} (way {way}), {block:?} of the arena: byte {i} is {byte:#04x} instead of {right:#04x}"
                );
            }
        }
    }
}

/// Byte `i` of bytes that differ from their neighbours at every distance that a wrong copy would be off by; never a guard byte.
pub(crate) fn noise(i: usize) -> u8 {
    let mixed = (i as u32 ^ 0x5bd1).wrapping_mul(0x9e37_79b9);
    let byte = (mixed ^ (mixed >> 15)) as u8;
    if byte == GUARD { !GUARD } else { byte }
}
