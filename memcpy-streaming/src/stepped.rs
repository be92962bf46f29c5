//! Repeating a record of words, one of which counts.

use crate::Streamer;
use crate::kernels::{Kernels, LINE};
use crate::raw::{self, Drains, Split};
use core::mem::MaybeUninit;

const WORD: usize = size_of::<u64>();

/// Words in a line.
const LINE_WORDS: usize = LINE / WORD;

/// The most words that are laid out at a time: at least the fifteen lines after which a record of fifteen words and
/// lines meet again.
const SCRATCH_WORDS: usize = 128;

/// A record of words, one of which grows from one repetition to the next.
#[derive(Clone, Copy)]
pub(crate) struct Stepped<'a> {
    pub(crate) record: &'a [u64],
    /// Which word of the record grows.
    pub(crate) word: usize,
    /// By how much, wrapping.
    pub(crate) step: u64,
}

impl Stepped<'_> {
    /// The endless sequence of records, from word `at` on.
    fn words(self, at: usize) -> impl Iterator<Item = u64> {
        let len = self.record.len();
        let mut grown = self.step.wrapping_mul((at / len) as u64);
        let mut word = at % len;
        core::iter::repeat_with(move || {
            let value = self.record[word].wrapping_add(if word == self.word { grown } else { 0 });
            word += 1;
            if word == len {
                word = 0;
                grown = grown.wrapping_add(self.step);
            }
            value
        })
    }

    /// `count` words of the sequence from word `at` on, by ordinary stores.
    ///
    /// # Safety
    /// `dst` is valid for writes of `count` words, of any alignment.
    unsafe fn write_ordinary(self, dst: *mut u8, at: usize, count: usize) {
        for (i, value) in self.words(at).take(count).enumerate() {
            // SAFETY: `i` is less than `count`, so the word is inside what the caller vouches for; no alignment is needed.
            unsafe { dst.add(WORD * i).cast::<u64>().write_unaligned(value) };
        }
    }
}

/// Writes `count` records; true if some were streamed.
///
/// # Safety
/// * `dst` is valid for writes of `count` records, and does not overlap the record.
/// * The record is not empty and not longer than 16 words.
/// * If it answers true: no other access to the bytes at `dst` before a drain on this thread.
pub(crate) unsafe fn fill(how: Streamer, dst: *mut u8, count: usize, stepped: Stepped<'_>) -> bool {
    let record = stepped.record.len();
    let words = count * record;
    let split = if dst.addr().is_multiple_of(WORD) { Split::new(how, dst, WORD * words, Drains::Once) } else { None };
    let Some(Split { head, lines, tail }) = split else {
        // SAFETY: `words` words are the `count` records that the caller vouches for.
        unsafe { stepped.write_ordinary(dst, 0, words) };
        return false;
    };
    // `dst` is aligned to a word, so head and tail are whole words.
    let (head, tail) = (head / WORD, tail / WORD);
    // SAFETY: head, lines and tail are the words that the caller vouches for, one after the other; `dst` plus the head is
    // aligned to a line. What is streamed is left alone until a drain, because this answers that it is.
    unsafe {
        let at = head + LINE_WORDS * lines;
        raw::prefetch_ends(dst, dst.add(WORD * at));
        fill_lines(how.kernels, dst.add(WORD * head), lines, head, stepped);
        stepped.write_ordinary(dst, 0, head);
        stepped.write_ordinary(dst.add(WORD * at), at, tail);
    }
    true
}

/// Whole lines, from word `at` of the sequence on.
///
/// They are laid out in a small buffer, as many as make whole records, and copied from there; then the counting words of
/// the buffer are stepped and it is copied again. The copy loads single words, which the stores that stepped them can
/// forward: with wider loads it would wait for those stores at every line (3.3 times slower on Zen 3).
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes, and does not overlap the record.
/// * The record is not empty and not longer than 16 words.
/// * No other access to the bytes at `dst` before a drain on this thread.
unsafe fn fill_lines(kernels: &Kernels, mut dst: *mut u8, mut lines: usize, at: usize, stepped: Stepped<'_>) {
    let record = stepped.record.len();
    let scratch_words = scratch_words(record, lines);
    let mut scratch = [MaybeUninit::<u64>::uninit(); SCRATCH_WORDS];
    for (word, value) in scratch[..scratch_words].iter_mut().zip(stepped.words(at)) {
        word.write(value);
    }
    let first = (stepped.word + record - at % record) % record;
    let step = stepped.step.wrapping_mul((scratch_words / record) as u64);
    loop {
        let now = lines.min(scratch_words / LINE_WORDS);
        // SAFETY: `now` lines of the scratch buffer, all of them initialised, into as many of the destination.
        unsafe {
            raw::copy_lines_narrow(kernels, dst, scratch.as_ptr().cast(), now);
            dst = dst.add(LINE * now);
        }
        lines -= now;
        if lines == 0 {
            return;
        }
        for word in scratch[first..scratch_words].iter_mut().step_by(record) {
            // SAFETY: the first `scratch_words` words were all written above.
            let next = unsafe { word.assume_init() }.wrapping_add(step);
            word.write(next);
        }
    }
}

/// How many words are laid out at a time: the shortest run of lines that is a whole number of records, as often as the
/// scratch buffer holds it, and no more often than it takes to have all lines.
fn scratch_words(record: usize, lines: usize) -> usize {
    let unit_lines = record >> record.trailing_zeros().min(LINE_WORDS.trailing_zeros());
    let fit = SCRATCH_WORDS / LINE_WORDS / unit_lines * unit_lines;
    LINE_WORDS * fit.min(lines.next_multiple_of(unit_lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch_buffers_hold_whole_records_and_whole_lines_and_no_more_than_are_needed() {
        for record in 1..=16 {
            let unit = (1_usize..).find(|lines| (LINE_WORDS * lines).is_multiple_of(record)).unwrap();
            for lines in (1..40_usize).step_by(if cfg!(miri) { 13 } else { 1 }) {
                let most = (1..=SCRATCH_WORDS / LINE_WORDS).rev().find(|lines| lines.is_multiple_of(unit)).unwrap();
                let enough = (lines..).find(|lines| lines.is_multiple_of(unit)).unwrap();
                assert_eq!(
                    scratch_words(record, lines),
                    LINE_WORDS * most.min(enough),
                    "{lines} lines of {record} words"
                );
            }
        }
    }
}
