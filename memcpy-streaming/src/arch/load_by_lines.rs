//! The frame of a copy by streaming loads: whole lines of the source, and what is before and behind them.

use crate::Width;
use crate::kernels::LINE;
use crate::width::copy_units;

/// Widest first.
const WIDTHS: &[Width] = &[
    #[cfg(target_pointer_width = "64")]
    Width::Eight,
    Width::Four,
    Width::Two,
    Width::One,
];

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
        load_part(dst, src, head);
        load_lines(dst.add(head), src.add(head), lines);
        load_part(dst.add(end), src.add(end), len - end);
    }
}

/// Copies less than a line, each time by the widest load that is aligned and does not read beyond its end.
///
/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
unsafe fn load_part(dst: *mut u8, src: *const u8, len: usize) {
    let mut at = 0;
    while at < len {
        let fits = |width: Width| (src.addr() + at) & (width.bytes() - 1) == 0 && len - at >= width.bytes();
        let width = WIDTHS.iter().copied().find(|width| fits(*width)).unwrap_or(Width::One);
        // SAFETY: the unit ends within the `len` bytes of both blocks.
        unsafe { copy_units(width, dst.add(at), src.add(at), 0, 1) };
        at += width.bytes();
    }
}
