//! Zeros by an instruction that zeroes a block, whose size only the CPU knows: DC ZVA on aarch64, CBO.ZERO on riscv64.

use crate::kernels::LINE;
use core::num::NonZero;

/// Zeroes lines: whole blocks by `zero_blocks`, what is before and after them, or everything if there are none, by `fill_lines`.
///
/// # Safety
/// * `dst` is 64-byte aligned and valid for writes of `64 * lines` bytes.
/// * `block`, a power of two, is the bytes of a block. `zero_blocks` zeroes so many of so many bytes at an aligned destination, and
///   `fill_lines` repeats a line that is aligned to a word; the CPU has the instructions of both.
/// * No other access to the bytes at `dst` before a drain.
#[inline(always)]
pub(super) unsafe fn zero_lines(
    dst: *mut u8,
    lines: usize,
    block: Option<NonZero<usize>>,
    zero_blocks: unsafe fn(dst: *mut u8, blocks: usize, block: usize),
    fill_lines: unsafe fn(dst: *mut u8, line: *const u8, lines: usize),
) {
    let zeros = [0_u64; LINE / 8];
    let len = LINE * lines;
    let (head, body) = block.map_or((len, 0), |block| split(dst.addr(), len, block));
    // SAFETY: head, body and tail are the caller's lines, one after the other. The head ends at a border of a line and of a block, and the
    // body is whole blocks. It is whole lines, too: a block that is longer than a line is a multiple of it, and of shorter ones there are as
    // many as make up all lines.
    unsafe {
        fill_lines(dst, zeros.as_ptr().cast(), head / LINE);
        if let Some(block) = block
            && body > 0
        {
            zero_blocks(dst.add(head), body / block, block.get());
        }
        fill_lines(dst.add(head + body), zeros.as_ptr().cast(), (len - head - body) / LINE);
    }
}

/// The bytes before the first whole block, and those of whole blocks, of `len` bytes at `addr`, which are whole lines.
fn split(addr: usize, len: usize, block: NonZero<usize>) -> (usize, usize) {
    let head = (addr.wrapping_neg() % block).min(len);
    (head, (len - head) / block * block.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// Blocks of CPUs, and those that the registers could name: aarch64's has 4 bytes at least.
    #[test]
    fn blocks_are_whole_and_aligned_and_as_many_as_there_are() {
        let step = if cfg!(miri) { 16 * LINE } else { LINE };
        for block in [4, 16, 64, 256, 2048].map(|block| NonZero::new(block).expect("not 0")) {
            for addr in (0..4096).step_by(step) {
                for len in (0..8192).step_by(step) {
                    let (head, body) = split(addr, len, block);
                    let first = addr.next_multiple_of(block.get());
                    let end = (addr + len) / block * block.get();
                    assert_eq!(body, end.saturating_sub(first), "{len} bytes at {addr} by {block}");
                    let all_of_it = if first < addr + len { first - addr } else { len };
                    assert_eq!(head, all_of_it, "{len} bytes at {addr} by {block}");
                }
            }
        }
    }

    /// # Safety
    /// `dst` is valid for writes of `blocks * block` bytes.
    unsafe fn mark_blocks(dst: *mut u8, blocks: usize, block: usize) {
        assert!(dst.addr().is_multiple_of(block));
        // SAFETY: the caller vouches for so many bytes.
        unsafe { dst.write_bytes(1, blocks * block) }
    }

    /// Every line is written, by blocks where there are whole ones, and no other.
    #[test]
    fn lines_are_all_written() {
        use crate::kernels::fill_lines_portable;
        for block in [None, NonZero::new(16), NonZero::new(64), NonZero::new(256)] {
            let mut memory = vec![0xa5_u8; 40 * LINE];
            let at = memory.as_ptr().addr().wrapping_neg() % 256 + 3 * LINE;
            // By whole slices, which Miri compares at once.
            for lines in (0..30).step_by(if cfg!(miri) { 7 } else { 1 }) {
                memory.fill(0xa5);
                // SAFETY: the lines end within the vector: 30 behind three, and less than four before those.
                unsafe { zero_lines(memory[at..].as_mut_ptr(), lines, block, mark_blocks, fill_lines_portable) };
                let (before, rest) = memory.split_at(at);
                let (written, behind) = rest.split_at(LINE * lines);
                assert!(
                    [before, behind].concat() == vec![0xa5; 40 * LINE - LINE * lines],
                    "{lines} lines by {block:?}"
                );
                let in_lines = written.iter().step_by(LINE).filter(|&&byte| byte == 0).count();
                let expected = match block.map(NonZero::get) {
                    None => lines,
                    Some(256) => lines - lines.saturating_sub(1) / 4 * 4,
                    Some(_) => 0,
                };
                assert_eq!(in_lines, expected, "{lines} lines by {block:?}");
                let each_whole = written.chunks(LINE).all(|line| *line == [line[0].min(1); LINE]);
                assert!(each_whole, "{lines} lines by {block:?}");
            }
        }
    }
}
