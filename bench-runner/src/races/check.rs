//! What blocks are to hold after a lap.

use std::slice;

use bench_runner::places::Block;

/// What fills write, unless it is zeros.
pub(super) const BYTE: u8 = 0x5a;

/// # Safety
/// The block is memory that nothing else refers to while the slice lives.
#[inline(always)]
pub(super) unsafe fn dst<'a>(block: Block) -> &'a mut [u8] {
    // SAFETY: the caller's; its bytes have been written when the arena was made.
    unsafe { slice::from_raw_parts_mut(block.dst, block.len) }
}

/// # Safety
/// The block is memory that nobody writes while the slice lives.
#[inline(always)]
pub(super) unsafe fn src<'a>(block: Block) -> &'a [u8] {
    // SAFETY: the caller's; its bytes have been written when the arena was made.
    unsafe { slice::from_raw_parts(block.src, block.len) }
}

pub(super) fn is_copy(block: Block) -> bool {
    // SAFETY: the lap is over.
    unsafe { dst(block) == src(block) }
}

/// Page by page without a way out of each: a gigabyte is looked at byte by byte otherwise.
pub(super) fn is_all(byte: u8) -> impl Fn(Block) -> bool {
    let page_is = move |page: &[u8]| page.iter().fold(0, |differs, other| differs | (other ^ byte)) == 0;
    // SAFETY: the lap is over.
    move |block| unsafe { dst(block) }.chunks(4096).all(page_is)
}

/// Records, one after the other.
pub(super) fn is_all_of(record: [u8; 64]) -> impl Fn(Block) -> bool {
    // SAFETY: the lap is over.
    move |block| unsafe { dst(block) }.chunks(64).all(|chunk| *chunk == record[..chunk.len()])
}
