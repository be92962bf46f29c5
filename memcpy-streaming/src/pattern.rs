//! Repeating a pattern of bytes.

use crate::Streamer;
use crate::arch::{self, copy_words};
use crate::kernels::{Kernels, LINE};
use crate::raw::{self, Drains, Split};
use core::mem::MaybeUninit;

// Elsewhere there is nothing for zeros, and no pattern is looked at.
#[cfg(all(
    test,
    not(memcpy_streaming_portable),
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod zeros;

/// From this many bytes on, what the CPU has for zeros is worth a look at the pattern.
const ZERO_LEN: usize = 4096;

/// Bytes of the scratch buffer in which a pattern is laid out, so that whole lines of it can be copied: on the stack, so few.
const SCRATCH: usize = 1024;

/// From this many bytes on, a piece of what is written is repeated as it is.
const PIECE: usize = 4096;

#[repr(align(64))]
struct Line([MaybeUninit<u8>; LINE]);

#[repr(align(64))]
struct Scratch([MaybeUninit<u8>; SCRATCH]);

impl Scratch {
    const fn new() -> Scratch {
        Scratch([MaybeUninit::uninit(); SCRATCH])
    }
}

/// Fills `len` bytes with the `period` bytes at `pattern`, over and over, the last time perhaps in part; true if some
/// were streamed.
///
/// # Safety
/// * `period` is not 0.
/// * `pattern` is valid for reads of `period` bytes and `dst` for writes of `len`; they do not overlap.
/// * If it answers true: no other access to the bytes at `dst` before a drain on this thread.
pub(crate) unsafe fn fill(
    how: Streamer,
    dst: *mut u8,
    len: usize,
    pattern: *const u8,
    period: usize,
    drains: Drains,
) -> bool {
    let Some(Split { head, lines, tail }) = Split::new(how, dst, len, drains) else {
        // SAFETY: the contract is the same.
        unsafe { fill_ordinary(how.kernels, dst, len, pattern, period) };
        return false;
    };
    // SAFETY: head, body and tail are the `len` bytes that the caller vouches for, one after the other; `dst + head` is
    // aligned to a line; where in the pattern each begins is its offset modulo the period. What is streamed is left alone
    // until a drain, because this answers that it is.
    unsafe {
        if divides_line(period) {
            fill_with_line(how.kernels, dst, Split { head, lines, tail }, pattern, period);
            return true;
        }
        let at = head + LINE * lines;
        raw::prefetch_ends(dst, dst.add(at));
        fill_lines(how, dst.add(head), lines, pattern, period, head % period);
        repeat_ordinary(dst, head, pattern, period, 0);
        repeat_ordinary(dst.add(at), tail, pattern, period, at % period);
    }
    true
}

/// Whether a pattern is the same in every line.
fn divides_line(period: usize) -> bool {
    period.is_power_of_two() && period <= LINE
}

/// Fills `len` bytes as [`fill`] does, by ordinary stores.
///
/// # Safety
/// * `period` is not 0.
/// * `pattern` is valid for reads of `period` bytes and `dst` for writes of `len`; they do not overlap.
#[inline]
pub(crate) unsafe fn fill_ordinary(kernels: &Kernels, dst: *mut u8, len: usize, pattern: *const u8, period: usize) {
    if len >= LINE && period == LINE {
        // SAFETY: the pattern is a line, and the rest of the contract is the same.
        unsafe { repeat_line_ordinary(kernels, dst, len, pattern) };
    } else if period >= LINE {
        // Each period from the pattern: what was just stored would have to be waited for.
        let mut done = 0;
        while done < len {
            let now = period.min(len - done);
            // SAFETY: `now` bytes from `done` on are inside the destination, and no more than the pattern has.
            unsafe { core::ptr::copy_nonoverlapping(pattern, dst.add(done), now) };
            done += now;
        }
    } else if len >= LINE && period.is_power_of_two() {
        let mut line = Line([MaybeUninit::uninit(); LINE]);
        let line = line.0.as_mut_ptr().cast::<u8>();
        // SAFETY: `line` is a line, which nothing else refers to; a period divides it. The rest of the contract is the same.
        unsafe {
            arch::repeat_in_line(line, pattern, period, 0);
            repeat_line_ordinary(kernels, dst, len, line);
        }
    } else {
        // SAFETY: the contract is the same, and the period is more than 0.
        unsafe { repeat_ordinary(dst, len, pattern, period, 0) };
    }
}

/// Fills `len` bytes with the line at `line`, over and over, by ordinary stores.
///
/// # Safety
/// `line` is valid for reads of 64 bytes and `dst` for writes of `len`; they do not overlap.
#[inline]
unsafe fn repeat_line_ordinary(kernels: &Kernels, dst: *mut u8, len: usize, line: *const u8) {
    let tail = len % LINE;
    // SAFETY: the lines and the tail, which is shorter than one, are the bytes that the caller vouches for, one after the other. The CPU has
    // the backend, because all `Kernels` come from `here`.
    unsafe {
        arch::fill_ordinary_by(kernels.backend, dst, line, len / LINE);
        copy_words(dst.add(len - tail), line, tail);
    }
}

/// Fills with a pattern that is the same in every line: the line is put together once, in a way whose stores the kernel's loads
/// can take from the store buffer, and its parts are the head and the tail.
///
/// # Safety
/// * `period` is a power of two, at most 64.
/// * `pattern` is valid for reads of `period` bytes and `dst` for writes of what `split` cuts: `dst` plus the head is 64-byte
///   aligned, and head and tail are shorter than a line; the two do not overlap.
/// * No other access to the bytes at `dst` before a drain on this thread.
#[inline]
unsafe fn fill_with_line(kernels: &Kernels, dst: *mut u8, split: Split, pattern: *const u8, period: usize) {
    let Split { head, lines, tail } = split;
    let mut line = Line([MaybeUninit::uninit(); LINE]);
    let line = line.0.as_mut_ptr().cast::<u8>();
    // The first byte of the pattern in the line, so that the head ends where a period does: in the line.
    let first = head.wrapping_neg() % period;
    // SAFETY: `line` is a line, which nothing else refers to. Head, lines and tail are the bytes that the caller vouches for, one
    // after the other, and `dst + head` is aligned to a line. Head and tail are shorter than a line; `first + head` is a
    // whole number of periods and less than a period more than the head, so no more than a line, which is one too.
    unsafe {
        let end = dst.add(head + LINE * lines);
        raw::prefetch_ends(dst, end);
        arch::repeat_in_line(line, pattern, period, head % period);
        if !zero_lines(kernels, dst.add(head), lines, line, LINE) {
            (kernels.fill_lines)(dst.add(head), line, lines);
        }
        copy_words(dst, line.add(first), head);
        copy_words(end, line, tail);
    }
}

/// Leaves whole lines to what the CPU has for zeros, if the pattern is zeros and it has something; true if so.
///
/// # Safety
/// * `period` is not 0.
/// * `pattern` is valid for reads of `period` bytes and `dst`, 64-byte aligned, for writes of `64 * lines`; no overlap.
/// * No other access to the bytes at `dst` before a drain on this thread.
#[inline]
unsafe fn zero_lines(kernels: &Kernels, dst: *mut u8, lines: usize, pattern: *const u8, period: usize) -> bool {
    if LINE * lines >= ZERO_LEN
        && period <= 2 * LINE
        && let Some(zero_lines) = (kernels.zero_lines)()
        // SAFETY: the caller vouches for the pattern, and that it has at least one byte.
        && unsafe { arch::is_zero(pattern, period) }
    {
        // SAFETY: the caller vouches for the lines, and that they are left alone until a drain; the CPU has just been asked.
        unsafe { zero_lines(dst, lines) };
        return true;
    }
    false
}

/// The shortest run of lines after which a pattern and lines meet again, if the scratch buffer holds it.
fn unit_lines(period: usize) -> Option<usize> {
    let lines = period >> period.trailing_zeros().min(LINE.trailing_zeros());
    (lines <= SCRATCH / LINE).then_some(lines)
}

/// Fills whole lines with a pattern from `phase` on.
///
/// # Safety
/// * `phase < period`.
/// * `pattern` is valid for reads of `period` bytes and `dst`, 64-byte aligned, for writes of `64 * lines`; no overlap.
/// * No other access to the bytes at `dst` before a drain on this thread.
unsafe fn fill_lines(
    how: Streamer,
    mut dst: *mut u8,
    mut lines: usize,
    pattern: *const u8,
    period: usize,
    phase: usize,
) {
    // SAFETY: the contract is the same, except for the phase, which does not matter to zeros; `period` is more than `phase`.
    if unsafe { zero_lines(how.kernels, dst, lines, pattern, period) } {
        return;
    }
    let mut scratch = Scratch::new();
    let scratch = scratch.0.as_mut_ptr().cast::<u8>();
    if let Some(unit_lines) = unit_lines(period) {
        let unit = LINE * unit_lines;
        // SAFETY: `unit` bytes fit into the scratch buffer, which nothing else refers to.
        unsafe { repeat_ordinary(scratch, unit, pattern, period, phase) };
        while lines > 0 {
            let now = lines.min(unit_lines);
            // SAFETY: the first `now` lines of the scratch buffer, which were just written, into as many of the destination.
            unsafe {
                raw::copy_lines_narrow(how.kernels, dst, scratch, now);
                dst = dst.add(LINE * now);
            }
            lines -= now;
        }
        return;
    }
    if period < SCRATCH {
        // As many whole periods as it holds, to have fewer seams.
        let long = SCRATCH / period * period;
        // SAFETY: `long` bytes fit into the scratch buffer, which nothing else refers to. They are more than half of it, so
        // more than a line; `phase` is less than a period, of which they are a whole number.
        unsafe {
            repeat_ordinary(scratch, long, pattern, period, 0);
            fill_with_seams(how, dst, lines, scratch, long, phase);
        }
    } else {
        // SAFETY: the contract is the same, and `period` is no less than the scratch buffer, which is longer than a line.
        unsafe { fill_with_seams(how, dst, lines, pattern, period, phase) }
    }
}

/// Fills whole lines from a pattern that is longer than a line: straight from the pattern as far as it goes, then one
/// line that is put together of its end and its beginning.
///
/// # Safety
/// As [`fill_lines`], and `period >= 64`.
unsafe fn fill_with_seams(
    how: Streamer,
    mut dst: *mut u8,
    mut lines: usize,
    pattern: *const u8,
    period: usize,
    mut phase: usize,
) {
    while lines > 0 {
        let now = lines.min((period - phase) / LINE);
        // SAFETY: `now` lines from `phase` on end within the pattern, and within the destination.
        unsafe {
            raw::copy_lines(how, dst, pattern.add(phase), now);
            dst = dst.add(LINE * now);
        }
        lines -= now;
        phase += LINE * now;
        if lines > 0 {
            let mut seam = Scratch::new();
            let seam = seam.0.as_mut_ptr().cast::<u8>();
            // SAFETY: less than a line is left of the pattern, and it is at least a line long.
            unsafe {
                repeat_ordinary(seam, LINE, pattern, period, phase % period);
                raw::copy_lines_narrow(how.kernels, dst, seam, 1);
                dst = dst.add(LINE);
            }
            lines -= 1;
            phase = (phase + LINE) % period;
        }
    }
}

/// Fills `len` bytes with a pattern from `phase` on, by ordinary stores.
///
/// # Safety
/// * `phase < period`.
/// * `pattern` is valid for reads of `period` bytes and `dst` for writes of `len`; they do not overlap.
pub(crate) unsafe fn repeat_ordinary(dst: *mut u8, len: usize, pattern: *const u8, period: usize, phase: usize) {
    // Once through the pattern, from `phase` to `phase`.
    let first = len.min(period - phase);
    let second = (len - first).min(phase);
    // SAFETY: both pieces are inside the pattern, and together inside `len`.
    unsafe {
        copy_words(dst, pattern.add(phase), first);
        copy_words(dst.add(first), pattern, second);
    }
    // The rest from what was written, in pieces of whole periods.
    let mut done = first + second;
    let mut piece = done;
    while done < len {
        let now = piece.min(len - done);
        // SAFETY: the `piece` bytes before `done` are written, and `now` is no more than them: no overlap.
        unsafe { core::ptr::copy_nonoverlapping(dst.add(done - piece), dst.add(done), now) };
        done += now;
        piece = next_piece(piece);
    }
}

/// The piece after `piece`: twice as long, until it is long enough to copy fast, and still near enough to be in the cache.
fn next_piece(piece: usize) -> usize {
    if piece < PIECE { 2 * piece } else { piece }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_the_shortest_run_of_whole_lines_and_whole_periods() {
        for period in (1..3000).step_by(if cfg!(miri) { 61 } else { 1 }) {
            let shortest = (1..=SCRATCH / LINE).find(|lines| (LINE * lines).is_multiple_of(period));
            assert_eq!(unit_lines(period), shortest, "{period}");
        }
    }
    #[test]
    fn a_line_is_filled_from_any_phase_and_nothing_beside_it() {
        let pattern: [u8; LINE] = core::array::from_fn(|i| (7 * i + 1) as u8);
        for period in [1, 2, 4, 8, 16, 32, 64] {
            for phase in (0..period).step_by(if cfg!(miri) { 9 } else { 1 }) {
                let mut memory = [0xa5; 3 * LINE];
                // SAFETY: a line in the middle of the memory, and a pattern of at least `period` bytes.
                unsafe { arch::repeat_in_line(memory[LINE..].as_mut_ptr(), pattern.as_ptr(), period, phase) };
                let expected: [u8; LINE] = core::array::from_fn(|i| pattern[(phase + i) % period]);
                assert_eq!(memory[LINE..2 * LINE], expected, "period {period}, phase {phase}");
                assert_eq!(memory[..LINE], [0xa5; LINE], "period {period}, phase {phase}");
                assert_eq!(memory[2 * LINE..], [0xa5; LINE], "period {period}, phase {phase}");
            }
        }
    }
}
