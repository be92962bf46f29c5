//! `MVCL` past the cache.

use crate::LINE;
use core::arch::asm;

/// Lines of one `MVCL`: lengths have 24 bits.
const MOST: usize = (1 << 24) / LINE - 1;

/// The padding byte that is a hint, where the second operand's registers have it.
const PAST_THE_CACHE: usize = 0xb0 << 24;

/// Copies `lines` lines of 64 bytes from any alignment. It takes the form of the other copies; `_ahead` does not matter, because the CPU
/// knows how much is to come.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes, `src` valid for reads, of `64 * lines` bytes; they do not overlap.
/// * No other access to the bytes at `dst`, by any thread, before this thread's next release fence.
pub unsafe fn copy_lines(dst: *mut u8, src: *const u8, lines: usize, _ahead: usize) {
    let mut done = 0;
    while done < lines {
        let now = (lines - done).min(MOST);
        let (at, len) = (LINE * done, LINE * now);
        // SAFETY: reads and writes `len` bytes from `at` on, which end with the lines. They do not overlap, so that nothing is left
        // unmoved. An interrupt may come in the middle: the registers say how far it is, and the CPU goes on with this instruction.
        unsafe {
            asm!(
                "mvcl %r2, %r4",
                inout("r2") dst.add(at) => _,
                inout("r3") len => _,
                inout("r4") src.add(at) => _,
                inout("r5") PAST_THE_CACHE | len => _,
                options(nostack),
            );
        }
        done += now;
    }
}
