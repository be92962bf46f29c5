//! A backend that lists what it is asked for, for tests: memory does not show how often, and by what, it was written.
//! (Lines that are copied inline, without a kernel, enter themselves into the list.)

use crate::kernels::{Kernels, LINE, Support};
use crate::{Backend, Streamer};
use core::cell::RefCell;
use core::ptr;
use std::thread_local;
use std::vec::Vec;

/// What a thread has asked for.
#[derive(Default)]
pub(crate) struct List {
    /// The lines that were streamed, by whatever.
    pub(crate) lines: Vec<*mut u8>,
    /// Calls of the kernel that copies: lines, and how far ahead it was to prefetch.
    pub(crate) copies: Vec<(usize, usize)>,
    /// Lines that the kernel for zeros was asked for.
    #[allow(dead_code)] // Looked at where an architecture has something for zeros.
    pub(crate) zeroed: usize,
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

/// # Safety
/// As all `copy_lines`.
unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, ahead: usize) {
    enter(dst, lines);
    LIST.with_borrow_mut(|list| list.copies.push((lines, ahead)));
    // SAFETY: so many bytes each, without overlap: the first clause of every `copy_lines`.
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

/// The name is that of a backend that streams, and that is in every build.
pub(crate) static LISTING: Streamer = Streamer {
    kernels: &Kernels {
        backend: if cfg!(target_arch = "aarch64") { Backend::Neon } else { Backend::Sse2 },
        support: || Support::Good,
        copy_lines,
        fill_lines,
        zero_lines: || Some(zero_lines),
    },
};
