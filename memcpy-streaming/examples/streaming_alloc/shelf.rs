//! Freed blocks that wait to be used again.

use std::alloc::Layout;

const SLOTS: usize = 64;
/// The most bytes that wait.
const CAPACITY: usize = 256 << 20;

/// Up to 64 blocks.
pub(crate) struct Shelf {
    blocks: [Option<(*mut u8, Layout)>; SLOTS],
    bytes: usize,
}

// SAFETY: the blocks on the shelf are nobody else's, whichever thread freed them.
unsafe impl Send for Shelf {}

impl Shelf {
    pub(crate) const fn new() -> Shelf {
        Shelf { blocks: [None; SLOTS], bytes: 0 }
    }

    /// Takes a block of exactly this layout.
    pub(crate) fn take(&mut self, layout: Layout) -> Option<*mut u8> {
        let slot = self.blocks.iter_mut().find(|slot| slot.is_some_and(|(_, shelved)| shelved == layout))?;
        let (block, _) = slot.take()?;
        self.bytes -= layout.size();
        Some(block)
    }

    /// Takes whatever is there.
    pub(crate) fn take_any(&mut self) -> Option<(*mut u8, Layout)> {
        let (block, layout) = self.blocks.iter_mut().find_map(Option::take)?;
        self.bytes -= layout.size();
        Some((block, layout))
    }

    /// Shelves a block; false if there is no room.
    pub(crate) fn put(&mut self, block: *mut u8, layout: Layout) -> bool {
        let Some(slot) = self.blocks.iter_mut().find(|slot| slot.is_none()) else { return false };
        if layout.size() > CAPACITY - self.bytes {
            return false;
        }
        *slot = Some((block, layout));
        self.bytes += layout.size();
        true
    }
}
