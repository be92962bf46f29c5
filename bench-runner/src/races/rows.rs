//! A block as two columns of rows, one after the other.

use bench_runner::places::Block;

/// The most bytes from one row to the next.
const PITCH: usize = 2 << 10;

/// What a block is made of.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    /// From one row to the next.
    pub(super) pitch: usize,
    /// Bytes of a row of each column.
    pub(super) width: usize,
    pub(super) rows: usize,
}

impl Columns {
    /// Those of a block of whole lines.
    pub(super) fn new(len: usize) -> Columns {
        let pitch = PITCH.min(1 << len.trailing_zeros());
        Columns { pitch, width: pitch / 2, rows: len / pitch }
    }

    /// The left one and the right one: where each begins.
    pub(super) fn begin(self) -> [usize; 2] {
        [0, self.width]
    }

    /// Calls `copy` for each row of both.
    #[inline(always)]
    pub(super) fn each(self, block: Block, copy: impl Fn(*mut u8, *const u8, usize)) {
        for at in self.begin() {
            for row in 0..self.rows {
                let at = at + self.pitch * row;
                copy(block.dst.wrapping_add(at), block.src.wrapping_add(at), self.width);
            }
        }
    }
}
