//! Memory between pages that nobody may touch.

use super::grid::Place;
use super::system;
use std::ops::Range;
use std::slice;

/// Whole pages with a page on either side whose every access is a fault.
pub(crate) struct Walls {
    mapping: *mut u8,
    page: usize,
    len: usize,
}

impl Walls {
    /// At least `len` bytes.
    pub(crate) fn new(len: usize) -> Walls {
        let page = system::page();
        let len = len.max(1).next_multiple_of(page);
        Walls { mapping: system::map(page + len + page, page..page + len), page, len }
    }

    pub(crate) fn memory(&mut self) -> &mut [u8] {
        // SAFETY: `len` accessible bytes of a mapping that is this struct's own; they were zeros, and so are initialised.
        unsafe { slice::from_raw_parts_mut(self.mapping.add(self.page), self.len) }
    }

    /// The bytes of a block; those of one at the front at a multiple of `align`.
    pub(crate) fn range(&self, place: Place, align: usize, len: usize) -> Range<usize> {
        let start = match place {
            Place::Front(offset) => offset / align * align,
            Place::Back => self.len - len,
        };
        start..start + len
    }
}

impl Drop for Walls {
    fn drop(&mut self) {
        // SAFETY: the mapping that `new` made, which nothing refers to any more.
        unsafe { system::unmap(self.mapping, self.page + self.len + self.page) };
    }
}
