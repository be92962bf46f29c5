//! What the crate needs of a backend, and which backends this CPU runs.
//!
//! A new instruction set is a file of kernels in a backend crate, a name in [`Backend`], and an entry in the table of
//! its architecture (`arch/`).

use crate::{Backend, arch};
use core::ptr;

/// Bytes in a line: what a kernel writes at a time, and how its destination is aligned.
pub(crate) const LINE: usize = 64;

/// One backend: operations over whole lines at a 64-byte aligned destination.
pub(crate) struct Kernels {
    pub(crate) backend: Backend,
    /// What this CPU allows.
    pub(crate) support: fn() -> Support,
    /// Copies lines from any alignment with the widest loads, and prefetches the source `ahead` bytes before.
    pub(crate) copy_lines: unsafe fn(dst: *mut u8, src: *const u8, lines: usize, ahead: usize),
    /// Repeats the one line at `line`.
    pub(crate) fill_lines: unsafe fn(dst: *mut u8, line: *const u8, lines: usize),
    /// What this CPU has for lines of zeros that beats `fill_lines`.
    pub(crate) zero_lines: fn() -> Option<ZeroLines>,
}

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
unsafe fn fill_lines_portable(dst: *mut u8, line: *const u8, lines: usize) {
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

/// The kernels of one backend, if this CPU runs it.
pub(crate) fn of(backend: Backend) -> Option<&'static Kernels> {
    available().find(|kernels| kernels.backend == backend)
}
