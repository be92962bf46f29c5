//! A backend that lists what it is asked for, for tests: memory does not show how often, and by what, it was written.
//! (Lines that are copied inline, without a kernel, enter themselves into the list.)

use crate::kernels::{Kernels, LINE};
use crate::{BYPASS_LEN, Backend, DRAINED_BYPASS_LEN, Prefetch, Streamer, Tuning};
use core::cell::RefCell;
use core::ptr;
use std::thread_local;
use std::vec::Vec;

/// A call of a kernel that copies: how much, and how far ahead it was to prefetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Lines, prefetched into the first-level cache.
    Lines(usize, usize),
    /// Lines, prefetched into the second-level cache.
    LinesL2(usize, usize),
    /// Groups of as many pages.
    Groups(usize, usize, usize),
}

/// What a thread has asked for.
#[derive(Default)]
pub(crate) struct List {
    /// The lines that were streamed, by whatever.
    pub(crate) lines: Vec<*mut u8>,
    /// Calls of the kernels that copy.
    pub(crate) copies: Vec<Call>,
    /// Lines that the kernel for zeros was asked for.
    #[allow(dead_code)] // Looked at where an architecture has something for zeros.
    pub(crate) zeroed: usize,
    /// The lines that were written back from the cache.
    pub(crate) flushed: Vec<*mut u8>,
    /// How many lines had been streamed, and how many written back, at each fence for persistence.
    pub(crate) fences: Vec<(usize, usize)>,
}

thread_local! {
    static LIST: RefCell<List> = RefCell::default();
}

/// The list, which is empty afterwards.
pub(crate) fn take() -> List {
    LIST.take()
}

/// Enters lines that are about to be streamed.
pub(crate) fn enter(dst: *mut u8, lines: usize) {
    assert!(dst.addr().is_multiple_of(LINE), "{dst:?} is no line");
    LIST.with_borrow_mut(|list| list.lines.extend((0..lines).map(|i| dst.wrapping_add(LINE * i))));
}

/// Enters a fence for persistence.
pub(crate) fn enter_fence() {
    LIST.with_borrow_mut(|list| list.fences.push((list.lines.len(), list.flushed.len())));
}

/// Enters lines that are to be written back. The memory of tests is not persistent.
///
/// # Safety
/// None: it only looks at the address.
pub(crate) unsafe fn flush_lines(line: *const u8, lines: usize) {
    assert!(line.addr().is_multiple_of(LINE), "{line:?} is no line");
    let lines = (0..lines).map(|i| line.wrapping_add(LINE * i).cast_mut());
    LIST.with_borrow_mut(|list| list.flushed.extend(lines));
}

/// # Safety
/// As all `copy_lines`.
unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
    // SAFETY: the contract is the same.
    unsafe { list_copy(dst, src, lines, Call::Lines(lines, ahead)) }
}

/// # Safety
/// As all `copy_lines`.
unsafe fn copy_lines_l2(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
    // SAFETY: the contract is the same.
    unsafe { list_copy(dst, src, lines, Call::LinesL2(lines, ahead)) }
}

/// # Safety
/// As all `copy_pages`.
unsafe fn copy_pages<const PAGES: usize>(dst: *mut u8, src: *const u8, groups: usize, ahead: usize) {
    // SAFETY: a group has so many pages of 4 KiB: the first clause of every `copy_pages`.
    unsafe { list_copy(dst, src, groups * PAGES * 4096 / LINE, Call::Groups(PAGES, groups, ahead)) }
}

/// # Safety
/// `src` is valid for reads and `dst` for writes of `64 * lines` bytes; they do not overlap.
unsafe fn list_copy(dst: *mut u8, src: *const u8, lines: usize, call: Call) {
    enter(dst, lines);
    LIST.with_borrow_mut(|list| list.copies.push(call));
    // SAFETY: so many bytes each, without overlap, as the caller vouches.
    unsafe { ptr::copy_nonoverlapping(src, dst, LINE * lines) }
}

/// # Safety
/// As all `fill_lines`.
unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    enter(dst, lines);
    for i in 0..lines {
        // SAFETY: line `i` is one of those at `dst`; `line` is a line: the first clause of every `fill_lines`.
        unsafe { ptr::copy_nonoverlapping(line, dst.add(LINE * i), LINE) }
    }
}

/// # Safety
/// As all `zero_lines`.
unsafe fn zero_lines(dst: *mut u8, lines: usize) {
    enter(dst, lines);
    LIST.with_borrow_mut(|list| list.zeroed += lines);
    // SAFETY: so many bytes: the first clause of every `zero_lines`.
    unsafe { dst.write_bytes(0, LINE * lines) }
}

/// Streams as early as a tuning can, and has a threshold of its own for everything.
pub(crate) static EARLY: Tuning = Tuning {
    cpu: None,
    prefetch: Prefetch::L2,
    ahead: 1024,
    prefetch_from: 8192,
    pages: 2,
    pages_from: 20_000,
    bypass: BYPASS_LEN,
    raw_lines: 192,
    drained_copy: DRAINED_BYPASS_LEN,
    drained_fill: DRAINED_BYPASS_LEN + 512,
};

/// The name is that of a backend that streams, and that is in every build.
pub(crate) static LISTING: Streamer = Streamer {
    kernels: &Kernels {
        backend: if cfg!(target_arch = "aarch64") { Backend::Neon } else { Backend::Sse2 },
        runs: || true,
        is_chosen: || true,
        copy_lines,
        copy_lines_l2,
        copy_pages: Some([copy_pages::<2>, copy_pages::<4>]),
        fill_lines,
        zero_lines: || Some(zero_lines),
    },
    tuning: &EARLY,
};
