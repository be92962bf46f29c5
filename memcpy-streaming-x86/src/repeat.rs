//! A line of a short pattern, made so that wider loads of it can follow at once.
//!
//! A load takes its bytes from the store buffer only if one store wrote them all. A line that is put together byte by byte, or by
//! pieces that double, makes the load of its first word wait: 40 ns for each fill on Zen 4.

use crate::{LINE, copy_words};
use core::arch::asm;
use core::mem::MaybeUninit;

/// Bytes of a word.
const WORD: usize = size_of::<usize>();

/// What a pattern of `period` bytes is multiplied by to repeat it through a word: a one wherever it begins. For words of 8
/// bytes 0x0101_0101_0101_0101 (`period` is 1), 0x0001_0001_0001_0001 (2), 0x0000_0001_0000_0001 (4) and 1 (8).
const fn ones(period: usize) -> usize {
    let (mut ones, mut at) = (0, 0);
    while at < WORD {
        ones |= 1 << (8 * at);
        at += period;
    }
    ones
}

/// Stores a word with a pattern of the size that `$load` loads. The pattern stays in the assembly: its bytes may not be initialised.
macro_rules! store_word {
    ($load:literal, $word:expr, $pattern:expr, $period:expr, $phase:expr) => {
        asm!(
            $load,
            "imul {v}, {k}",
            "ror {v}, cl",
            "mov [{d}], {v}",
            v = inout(reg) $pattern => _,
            k = in(reg) const { ones($period) },
            in("cl") (8 * $phase) as u8,
            d = in(reg) $word,
            options(nostack),
        )
    };
}

/// Fills a line with a pattern from `phase` on.
///
/// # Safety
/// * `period` is a power of two, at most 64, and `phase < period`.
/// * `pattern` is valid for reads of `period` bytes and `line` for writes of 64; they do not overlap.
#[inline]
pub unsafe fn repeat_in_line(line: *mut u8, pattern: *const u8, period: usize, phase: usize) {
    // SAFETY: a load of `period` bytes from the pattern, and stores of words into the line, of which it holds `64 / WORD`. Of
    // longer patterns both pieces are inside the pattern, and together a period. Each further copy is of what was written, to
    // what follows it, and no longer: periods and line are powers of two, so that the last one ends where the line does.
    unsafe {
        match period {
            1 => store_word!("movzx {v:e}, byte ptr [{v}]", line, pattern, 1, phase),
            2 => store_word!("movzx {v:e}, word ptr [{v}]", line, pattern, 2, phase),
            4 => store_word!("mov {v:e}, dword ptr [{v}]", line, pattern, 4, phase),
            #[cfg(target_pointer_width = "64")]
            8 => store_word!("mov {v}, qword ptr [{v}]", line, pattern, 8, phase),
            _ => {
                copy_words(line, pattern.add(phase), period - phase);
                copy_words(line.add(period - phase), pattern, phase);
                let mut done = period;
                while done < LINE {
                    copy_words(line.add(done), line, done);
                    done *= 2;
                }
                return;
            }
        }
        let words = line.cast::<MaybeUninit<usize>>();
        let word = words.read_unaligned();
        for i in 1..LINE / WORD {
            words.add(i).write_unaligned(word);
        }
    }
}
