//! The frame of a copy by streaming loads: whole lines of the source, and what is before and behind them.

use crate::kernels::LINE;
use crate::width::copy_widest;

/// Copies `len` bytes; those in whole lines of the source by `load_lines`. Each byte is read once, and nothing else is.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * `load_lines` copies as many lines as it is told from its second argument, which is 64-byte aligned, to its first.
#[inline]
pub(super) unsafe fn load_by_lines(
    dst: *mut u8,
    src: *const u8,
    len: usize,
    load_lines: impl FnOnce(*mut u8, *const u8, usize),
) {
    let head = (src.addr().wrapping_neg() % LINE).min(len);
    let lines = (len - head) / LINE;
    let end = head + LINE * lines;
    // SAFETY: head, lines and tail are the `len` bytes that the caller vouches for, one after the other.
    unsafe {
        copy_widest(dst, src, head, src.addr());
        load_lines(dst.add(head), src.add(head), lines);
        copy_widest(dst.add(end), src.add(end), len - end, src.addr() + end);
    }
}
