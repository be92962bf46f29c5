//! What the crate needs of a backend, and which backends this CPU runs.
//!
//! A new instruction set is a file of kernels in a backend crate, a name in [`Backend`], and an entry in the table of
//! its architecture (`arch/`).

use crate::choice::Chosen;
use crate::{Backend, arch};
use core::ptr;

/// Bytes in a line: what a kernel writes at a time, and how its destination is aligned.
pub(crate) const LINE: usize = 64;

/// One backend: operations over whole lines at a 64-byte aligned destination.
pub(crate) struct Kernels {
    pub(crate) backend: Backend,
    /// What this CPU allows.
    pub(crate) support: fn() -> Support,
    /// Copies lines from any alignment with the widest loads, and prefetches the source `ahead` bytes before, into the
    /// first-level cache.
    pub(crate) copy_lines: CopyLines,
    /// The same, into the second-level cache.
    pub(crate) copy_lines_l2: CopyLines,
    /// Copies groups of two pages and of four, in turn, if the backend has that.
    pub(crate) copy_pages: Option<[CopyPages; 2]>,
    /// Repeats the one line at `line`.
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

/// Whether a backend runs on this CPU.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// It does not.
    #[allow(dead_code)] // Except on x86 every CPU has what is compiled, and under sanitizers nothing is.
    Missing,
    /// It does, but another one is better here.
    OnRequest,
    /// It does, and may be chosen.
    Good,
}

/// The last resort, and the reference: ordinary stores by the platform's memcpy.
pub(crate) static PORTABLE: Kernels = Kernels {
    backend: Backend::Portable,
    support: || Support::Good,
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

/// The backends that this CPU runs: the good ones, best first, then those on request, then the portable one.
pub(crate) fn available() -> impl Iterator<Item = &'static Kernels> {
    let with = |support: Support| arch::KERNELS.iter().filter(move |k| (k.support)() == support);
    with(Support::Good).chain(with(Support::OnRequest)).chain([&PORTABLE])
}

/// The best backend of this CPU.
pub(crate) fn best() -> &'static Kernels {
    available().next().unwrap_or(&PORTABLE)
}

/// What the process uses, once it is looked up or chosen.
static ACTIVE: Chosen<Kernels> = Chosen::new();

/// The kernels of [`Backend::active`].
#[inline]
pub(crate) fn active() -> &'static Kernels {
    ACTIVE.get(best)
}

/// Makes these kernels those of [`active`], whatever was chosen before.
pub(crate) fn set_active(kernels: &'static Kernels) {
    ACTIVE.set(kernels);
}

/// The kernels of one backend, if this CPU runs it.
pub(crate) fn of(backend: Backend) -> Option<&'static Kernels> {
    available().find(|kernels| kernels.backend == backend)
}
