//! Values that are made, and values that are converted.

use std::slice;

use bench_runner::places::Block;

use super::check::dst;

/// What element `i` is: cheap, and nothing that a fill could do.
#[inline(always)]
pub(super) fn value(i: usize) -> u64 {
    (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A block as the elements of a type.
///
/// # Safety
/// * The block is memory that nothing else refers to while the slice lives; it begins at a line, and is as many whole ones.
/// * Any bytes are a `T`, which divides a line.
#[inline(always)]
pub(super) unsafe fn to<'a, T>(block: Block) -> &'a mut [T] {
    // SAFETY: the caller's.
    unsafe { slice::from_raw_parts_mut(block.dst.cast(), block.len / size_of::<T>()) }
}

/// The bytes that a block of words half as long is made of.
///
/// # Safety
/// The block's source is memory that nobody writes while the slice lives.
#[inline(always)]
pub(super) unsafe fn half<'a>(block: Block) -> &'a [u8] {
    // SAFETY: the caller's.
    unsafe { slice::from_raw_parts(block.src, block.len / 2) }
}

pub(super) fn are_values(block: Block) -> bool {
    // SAFETY: the lap is over.
    unsafe { dst(block) }.chunks_exact(8).enumerate().all(|(i, bytes)| bytes == value(i).to_ne_bytes())
}

pub(super) fn is_wider(block: Block) -> bool {
    // SAFETY: the lap is over.
    let (wide, narrow) = unsafe { (dst(block), half(block)) };
    wide.chunks_exact(2).zip(narrow).all(|(wide, narrow)| wide == u16::from(*narrow).to_ne_bytes())
}
