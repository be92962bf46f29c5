//! Which values make whole lines, and how they get there.

use crate::kernels::LINE;
use crate::raw;
use crate::{Streamer, WriteOnly};
use core::mem::MaybeUninit;
use core::ops::Range;

/// The longest unit that is made at a time: of values of up to 16 bytes, and of longer ones whose sizes have few odd factors.
const LONGEST_UNIT: usize = 16 * LINE;

/// A unit in the making. Where it is one line of simple values the compiler keeps all of it in registers, which is what makes this fast: a
/// load of what was just stored would have to wait for the streaming stores before it.
#[repr(align(64))]
struct Unit([MaybeUninit<u8>; LONGEST_UNIT]);

/// The bytes after which values and lines meet again.
const fn unit_len(size: usize) -> usize {
    let (of_size, of_line) = (size.trailing_zeros(), LINE.trailing_zeros());
    (size >> if of_size < of_line { of_size } else { of_line }).saturating_mul(LINE)
}

/// Whether it pays to stream values of this size to ordinary memory. Those of 3, 5, 7 bytes are stored in so many pieces that loads of their
/// lines wait longer than streaming wins; of long ones, parts of lines outweigh whole ones.
pub(super) const fn are_worth_streaming(size: usize) -> bool {
    let are_in_pieces = size > 1 && !size.is_multiple_of(2);
    size.is_multiple_of(LINE) || unit_len(size) <= LONGEST_UNIT && !are_in_pieces
}

/// Stores `value(i)` as element `i`, each `i` once, in order. Whole lines of whole values are streamed, and values that are long; so a
/// panic leaves no part of a value.
///
/// # Safety
/// * A value has a size.
/// * No other access to the destination by this program before a drain on this thread.
pub(super) unsafe fn store<T: Copy>(how: Streamer, dst: WriteOnly<'_, T>, mut value: impl FnMut(usize) -> T) {
    let (to, count, size) = (dst.ptr, dst.len(), size_of::<T>());
    let unit = unit_len(size);
    let in_unit = unit / size;
    let starts_a_line = |i: &usize| to.wrapping_add(*i).addr().is_multiple_of(LINE);
    let head = match (0..count.min(LINE)).find(starts_a_line) {
        Some(head) if unit <= LONGEST_UNIT && raw::lines_are_stored_once(how.kernels) => head,
        _ => count,
    };
    let units = (count - head) / in_unit;
    let tail = head + units * in_unit;
    // SAFETY: the elements before the units, those of each unit, and those behind them are the elements of the destination. Each unit starts
    // at a line, the bytes of its values are whole lines, and it is no longer than the buffer. The CPU has the backend, because all
    // `Kernels` come from `kernels::available`. Nobody accesses what is streamed before a drain, as the caller vouches.
    unsafe {
        store_each(how, &dst, 0..head, &mut value);
        for first in (head..tail).step_by(in_unit) {
            let mut made = Unit([MaybeUninit::uninit(); LONGEST_UNIT]);
            let made = made.0.as_mut_ptr();
            for i in 0..in_unit {
                made.cast::<T>().add(i).write_unaligned(value(first + i));
            }
            for at in (0..unit).step_by(LINE) {
                raw::stream_line(how.kernels, to.add(first).cast::<u8>().add(at), made.add(at).cast());
            }
        }
        store_each(how, &dst, tail..count, &mut value);
    }
}

/// One value after the other: by ordinary stores, where the memory is ordinary, but for long ones that are whole lines.
///
/// # Safety
/// * The elements are those of the destination.
/// * No other access to it by this program before a drain on this thread.
unsafe fn store_each<T: Copy>(
    how: Streamer,
    dst: &WriteOnly<'_, T>,
    elements: Range<usize>,
    value: &mut impl FnMut(usize) -> T,
) {
    for i in elements {
        let (to, made) = (dst.ptr.wrapping_add(i), value(i));
        // SAFETY: element `i` is inside the destination, and is aligned; its source is on the stack. Nobody accesses it before a drain, as the
        // caller vouches.
        unsafe {
            let is_lines = (to.addr() | size_of::<T>()).is_multiple_of(LINE);
            if dst.is_ordinary() && !(is_lines && size_of::<T>() > LONGEST_UNIT) {
                to.write(made);
            } else {
                raw::copy(how, to.cast(), (&raw const made).cast(), size_of::<T>(), dst.drains());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_the_shortest_run_of_whole_lines_and_whole_values() {
        for size in (1..2000).step_by(if cfg!(miri) { 601 } else { 1 }) {
            let shortest = (1..).map(|lines| LINE * lines).find(|len| len.is_multiple_of(size));
            assert_eq!(Some(unit_len(size)), shortest, "{size}");
        }
        assert!((1..=16).all(|size| unit_len(size) <= LONGEST_UNIT));
    }
}
