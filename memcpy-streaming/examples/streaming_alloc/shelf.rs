//! Freed blocks that wait to be used again.

use crate::alloc::LARGE;
use std::alloc::Layout;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

/// The largest block that waits, and the most bytes that all of them have.
pub(crate) const CAPACITY: usize = if cfg!(miri) { 32 } else { 256 } * LARGE;

/// Block sizes are multiples of this fraction of a power of two, so that freed ones fit again.
const STEPS: usize = 8;
/// Sizes from [`LARGE`] to [`CAPACITY`].
const SIZES: usize = STEPS * (CAPACITY / LARGE).ilog2() as usize + 1;
/// Alignments from 1 to 16. A block is freed with the layout that it was allocated with, so those are kept apart.
const ALIGNMENTS: usize = 5;
/// How many of each size and alignment wait.
const SLOTS: usize = 4;

/// A few blocks of each layout.
///
/// There is no lock, which a thread could hold while another one forks: the child would wait for it for ever. A slot is
/// one pointer, and who swaps a block out of it owns the block; its layout is that of the slot.
pub(crate) struct Shelf {
    blocks: [[AtomicPtr<u8>; SLOTS]; SIZES * ALIGNMENTS],
    bytes: AtomicUsize,
}

impl Shelf {
    pub(crate) const fn new() -> Shelf {
        Shelf {
            blocks: [const { [const { AtomicPtr::new(ptr::null_mut()) }; SLOTS] }; SIZES * ALIGNMENTS],
            bytes: AtomicUsize::new(0),
        }
    }

    /// Takes a block of exactly this layout.
    pub(crate) fn take(&self, layout: Layout) -> Option<*mut u8> {
        self.blocks[place(layout)?].iter().find_map(|slot| self.empty(slot, layout))
    }

    /// Takes all blocks, and hands each to `give`; false if there were none.
    pub(crate) fn take_all(&self, mut give: impl FnMut(*mut u8, Layout)) -> bool {
        // The bytes of a block are counted before it is in its slot, and until after it has left it.
        if self.bytes.load(Relaxed) == 0 {
            return false;
        }
        let mut any = false;
        for (place, slots) in self.blocks.iter().enumerate() {
            let layout = layout(place);
            for block in slots.iter().filter_map(|slot| self.empty(slot, layout)) {
                give(block, layout);
                any = true;
            }
        }
        any
    }

    /// Shelves a block; false if it is of no layout that is shelved, or there is no space for it.
    pub(crate) fn put(&self, block: *mut u8, layout: Layout) -> bool {
        let Some(place) = place(layout) else { return false };
        if self.bytes.fetch_add(layout.size(), Relaxed) > CAPACITY - layout.size() {
            self.bytes.fetch_sub(layout.size(), Relaxed);
            return false;
        }
        // Release, and Acquire in `empty`: what this thread did to the block comes before what the next owner does.
        let free = |slot: &AtomicPtr<u8>| slot.compare_exchange(ptr::null_mut(), block, Release, Relaxed).is_ok();
        if self.blocks[place].iter().any(free) {
            return true;
        }
        self.bytes.fetch_sub(layout.size(), Relaxed);
        false
    }

    /// Takes the block of one slot, which holds blocks of this layout.
    fn empty(&self, slot: &AtomicPtr<u8>, layout: Layout) -> Option<*mut u8> {
        // Looked at first: a swap would take the line away from other threads even if nothing is there.
        if slot.load(Relaxed).is_null() {
            return None;
        }
        let block = slot.swap(ptr::null_mut(), Acquire);
        if block.is_null() {
            return None;
        }
        self.bytes.fetch_sub(layout.size(), Relaxed);
        Some(block)
    }
}

/// The layout that is asked of the system where `layout` is asked of us; always the same one, in whatever mode. It has up to
/// an eighth more bytes, if blocks of about this size are shelved.
pub(crate) fn rounded(layout: Layout) -> Layout {
    if !(LARGE..=CAPACITY).contains(&layout.size()) {
        return layout;
    }
    let step = (1 << layout.size().ilog2()) / STEPS;
    let size = layout.size().next_multiple_of(step);
    // What no layout can hold once it is rounded is left to the system to refuse.
    Layout::from_size_align(size, layout.align()).unwrap_or(layout)
}

/// Where blocks of a rounded layout are shelved, if they are.
fn place(layout: Layout) -> Option<usize> {
    let (size, alignment) = (layout.size(), layout.align().ilog2() as usize);
    if !(LARGE..=CAPACITY).contains(&size) || alignment >= ALIGNMENTS {
        return None;
    }
    let power = size.ilog2();
    let steps = (size - (1 << power)) / ((1 << power) / STEPS);
    Some(SIZES * alignment + STEPS * (power - LARGE.ilog2()) as usize + steps)
}

/// The layout of the blocks at a place: the inverse of [`place`].
fn layout(place: usize) -> Layout {
    let (alignment, steps) = (place / SIZES, place % SIZES);
    let power = LARGE << (steps / STEPS);
    let size = power + steps % STEPS * (power / STEPS);
    Layout::from_size_align(size, 1 << alignment).expect("at most CAPACITY bytes")
}
