//! What is written, and whether it is there after a lap.

use std::slice;

use bench_runner::Op;
use bench_runner::fills::FILL;

/// A struct page, more or less: what patterns and records are made of.
pub(super) const RECORD: [u64; 8] =
    [0x0027_ffff_c000_2000, 0xff11_0000_05ec_5180, 1, 2, 3, 4, 0xffff_ffff_0000_0001, 0x5a5a_0000_0000_0005];

/// The bytes of [`RECORD`].
pub(super) fn record() -> [u8; 64] {
    std::array::from_fn(|at| RECORD[at / 8].to_ne_bytes()[at % 8])
}

/// What word `i` is: cheap, and nothing that a fill could do.
#[inline(always)]
pub(super) fn value(i: usize) -> u64 {
    (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A block as the elements of a type.
///
/// # Safety
/// It begins at a line, and is as many whole ones. Any bytes are a `T`, which divides a line.
#[inline(always)]
pub(super) unsafe fn to<T>(block: &mut [u8]) -> &mut [T] {
    // SAFETY: the caller's; the same memory, borrowed as long.
    unsafe { slice::from_raw_parts_mut(block.as_mut_ptr().cast(), block.len() / size_of::<T>()) }
}

/// Whether a block holds what an operation writes there.
pub(super) fn is_done(op: Op, dst: &[u8], src: &[u8]) -> bool {
    // Page by page without a way out of each: a gigabyte is looked at byte by byte otherwise.
    let is_all =
        |byte| dst.chunks(4096).all(|page| page.iter().fold(0, |differs, other| differs | (other ^ byte)) == 0);
    match op {
        Op::Fill | Op::ExtentFill => is_all(FILL),
        Op::ExtentZeros => is_all(0),
        Op::Pattern | Op::Records => dst.chunks(64).all(|chunk| *chunk == record()[..chunk.len()]),
        Op::Produce => dst.as_chunks().0.iter().enumerate().all(|(i, bytes)| *bytes == value(i).to_ne_bytes()),
        Op::Convert => {
            dst.as_chunks().0.iter().zip(src).all(|(wide, narrow)| *wide == u16::from(*narrow).to_ne_bytes())
        }
        _ => dst == src,
    }
}
