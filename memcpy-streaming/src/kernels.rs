//! What the crate needs of a backend.
//!
//! A new instruction set is a file of kernels in a backend crate, a name in [`Backend`], and an entry in the table of
//! its architecture (`arch/`).

use crate::Backend;
use core::ptr;

/// Bytes in a line: what a kernel writes at a time, and how its destination is aligned.
pub(crate) const LINE: usize = 64;

/// One backend: operations over whole lines at a 64-byte aligned destination.
pub(crate) struct Kernels {
    pub(crate) backend: Backend,
    /// Whether this CPU and the system can run it.
    pub(crate) runs: fn() -> bool,
    /// Whether it may be chosen where it runs; otherwise it is there on request only.
    pub(crate) is_chosen: fn() -> bool,
    /// Copies lines from any alignment with the widest loads, and prefetches the source `ahead` bytes before, into the
    /// first-level cache.
    pub(crate) copy_lines: CopyLines,
    /// The same, into the second-level cache.
    pub(crate) copy_lines_l2: CopyLines,
    /// Copies groups of two pages and of four, in turn, if the backend has that.
    pub(crate) copy_pages: Option<[CopyPages; 2]>,
    /// Repeats the one line at `line`, which is aligned to 8 bytes.
    pub(crate) fill_lines: unsafe fn(dst: *mut u8, line: *const u8, lines: usize),
    /// What this CPU has for lines of zeros that beats `fill_lines`.
    pub(crate) zero_lines: fn() -> Option<ZeroLines>,
}

/// Copies lines.
pub(crate) type CopyLines = unsafe fn(dst: *mut u8, src: *const u8, lines: usize, ahead: usize);

/// Copies groups of pages of 4 KiB.
pub(crate) type CopyPages = unsafe fn(dst: *mut u8, src: *const u8, groups: usize, ahead: usize);

/// A kernel that zeroes lines.
pub(crate) type ZeroLines = unsafe fn(dst: *mut u8, lines: usize);

/// The last resort, and the reference: ordinary stores by the platform's memcpy.
pub(crate) static PORTABLE: Kernels = Kernels {
    backend: Backend::Portable,
    runs: || true,
    is_chosen: || true,
    copy_lines: copy_lines_portable,
    copy_lines_l2: copy_lines_portable,
    copy_pages: None,
    fill_lines: fill_lines_portable,
    zero_lines: || None,
};

/// # Safety
/// `src` is valid for reads and `dst` for writes of `64 * lines` bytes; they do not overlap.
unsafe fn copy_lines_portable(dst: *mut u8, src: *const u8, lines: usize, _ahead: usize) {
    // SAFETY: the caller vouches for both blocks, of exactly so many bytes.
    unsafe { ptr::copy_nonoverlapping(src, dst, LINE * lines) }
}

/// # Safety
/// `line` is valid for reads of 64 and `dst` for writes of `64 * lines` bytes; they do not overlap.
pub(crate) unsafe fn fill_lines_portable(dst: *mut u8, line: *const u8, lines: usize) {
    for i in 0..lines {
        // SAFETY: line `i` is inside the `64 * lines` bytes at `dst`; the caller vouches for them and for `line`.
        unsafe { ptr::copy_nonoverlapping(line, dst.add(LINE * i), LINE) }
    }
}
