//! Memory between pages that nobody may touch.

use super::grid::Place;
use std::ops::Range;
use std::{io, ptr, slice};

/// Whole pages with a page on either side whose every access is a fault.
pub(crate) struct Walls {
    mapping: *mut u8,
    page: usize,
    len: usize,
}

impl Walls {
    /// At least `len` bytes.
    pub(crate) fn new(len: usize) -> Walls {
        // SAFETY: it asks the system for a number.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        let page = usize::try_from(page).expect("the system has pages");
        let len = len.max(1).next_multiple_of(page);
        let (all, inside) = (libc::PROT_NONE, libc::PROT_READ | libc::PROT_WRITE);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping, wherever there is room for it; the pages in its middle become accessible.
        unsafe {
            let mapping = libc::mmap(ptr::null_mut(), page + len + page, all, flags, -1, 0);
            assert!(mapping != libc::MAP_FAILED, "no memory: {}", io::Error::last_os_error());
            let refused = libc::mprotect(mapping.byte_add(page), len, inside);
            assert_eq!(refused, 0, "no access: {}", io::Error::last_os_error());
            Walls { mapping: mapping.cast(), page, len }
        }
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
        unsafe { libc::munmap(self.mapping.cast(), self.page + self.len + self.page) };
    }
}
