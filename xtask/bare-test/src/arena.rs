//! Memory with guard bytes around it, without an allocator.

use core::fmt::Arguments;
use test_operations::GUARD;

/// The longest block: 1024 struct pages of the largest size.
const SIZE: usize = 1024 * 96;

const MARGIN: usize = 128;

type Bytes = [u8; MARGIN + 64 + SIZE + MARGIN];

/// It begins at the start of a line; and what must be in it.
#[repr(align(128))]
pub(crate) struct Arena {
    bytes: Bytes,
    right: Bytes,
}

impl Arena {
    pub(crate) fn new() -> Arena {
        Arena { bytes: [0; _], right: [0; _] }
    }

    /// Has a block of `len` bytes written, `at` bytes behind the start of a line. Panics unless it is then as `expect` makes it,
    /// and nothing around it was touched.
    pub(crate) fn check(
        &mut self,
        (at, len): (usize, usize),
        write: impl FnOnce(&mut [u8]),
        expect: impl FnOnce(&mut [u8]),
        what: Arguments<'_>,
    ) {
        let (block, end) = (MARGIN + at..MARGIN + at + len, MARGIN + at + len + MARGIN);
        let (bytes, right) = (&mut self.bytes[..end], &mut self.right[..end]);
        bytes.fill(GUARD);
        right.fill(GUARD);
        write(&mut bytes[block.clone()]);
        expect(&mut right[block.clone()]);
        if let Some(i) = (0..end).find(|&i| bytes[i] != right[i]) {
            panic!("{what}, {block:?} of the arena: byte {i} is {:#04x} instead of {:#04x}", bytes[i], right[i]);
        }
    }
}
