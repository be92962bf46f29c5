//! An allocator that has only so much and looks at what it gets back, and blocks of the one above it.

use crate::alloc::{Mode, StreamingAlloc};
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Mutex;
use std::{ptr, slice, thread};

/// The system's allocator, less everything beyond a limit.
pub(crate) struct Limited {
    pub(crate) limit: usize,
    /// Every block that was handed out, and not given back.
    blocks: Mutex<HashMap<usize, Layout>>,
}

impl Limited {
    pub(crate) fn used(&self) -> usize {
        self.blocks.lock().unwrap().values().map(Layout::size).sum()
    }

    /// Notes a block of `layout` in the place of `old`, if that is within the limit.
    fn replace(&self, old: Option<(*mut u8, Layout)>, layout: Layout, get: impl FnOnce() -> *mut u8) -> *mut u8 {
        let mut blocks = self.blocks.lock().unwrap();
        let used: usize = blocks.values().map(Layout::size).sum();
        let freed = old.map_or(0, |(_, layout)| layout.size());
        if layout.size() > self.limit - (used - freed) {
            return ptr::null_mut();
        }
        if let Some((block, layout)) = old {
            assert_eq!(blocks.remove(&block.addr()), Some(layout), "given back as it was not allocated");
        }
        let block = get();
        assert!(!block.is_null() && blocks.insert(block.addr(), layout).is_none());
        block
    }
}

// SAFETY: blocks are the system's, with the same layouts.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise that the size is not 0.
        self.replace(None, layout, || unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise that the size is not 0.
        self.replace(None, layout, || unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let known = self.blocks.lock().unwrap().remove(&block.addr());
        assert_eq!(known, Some(layout), "given back as it was not allocated");
        // SAFETY: a block of the system's with this layout, as just seen.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let new = Layout::from_size_align(new_size, layout.align()).unwrap();
        // SAFETY: a block of the system's with this layout, as `replace` sees; the caller's promise that the size is not 0.
        self.replace(Some((block, layout)), new, || unsafe { System.realloc(block, layout, new_size) })
    }
}

/// A block that gives itself back.
pub(crate) struct Block<'a> {
    from: &'a StreamingAlloc<Limited>,
    pub(crate) start: *mut u8,
    pub(crate) layout: Layout,
}

impl<'a> Block<'a> {
    pub(crate) fn new(from: &'a StreamingAlloc<Limited>, len: usize) -> Option<Block<'a>> {
        let layout = Layout::from_size_align(len, 8).unwrap();
        // SAFETY: no test asks for 0 bytes.
        let start = unsafe { from.alloc(layout) };
        (!start.is_null()).then(|| Block { from, start, layout })
    }

    pub(crate) fn zeroed(from: &'a StreamingAlloc<Limited>, len: usize) -> Option<Block<'a>> {
        let layout = Layout::from_size_align(len, 8).unwrap();
        // SAFETY: no test asks for 0 bytes.
        let start = unsafe { from.alloc_zeroed(layout) };
        (!start.is_null()).then(|| Block { from, start, layout })
    }

    /// False if there is no memory.
    pub(crate) fn resize(&mut self, len: usize) -> bool {
        // SAFETY: a block of this allocator, of this layout, and a size that is not 0 and can be had.
        let start = unsafe { self.from.realloc(self.start, self.layout, len) };
        if !start.is_null() {
            (self.start, self.layout) = (start, Layout::from_size_align(len, 8).unwrap());
        }
        !start.is_null()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: as many bytes as the layout has, all ours; every test initialises them before it reads them.
        unsafe { slice::from_raw_parts(self.start, self.layout.size()) }
    }

    pub(crate) fn fill(&mut self, byte: u8) {
        // SAFETY: as many bytes as the layout has, all ours.
        unsafe { self.start.write_bytes(byte, self.layout.size()) }
    }
}

impl Drop for Block<'_> {
    fn drop(&mut self) {
        // SAFETY: a block of this allocator, of this layout, that is not used any more.
        unsafe { self.from.dealloc(self.start, self.layout) }
    }
}

/// The allocator of a test, which has everything back at its end.
pub(crate) struct Allocator(StreamingAlloc<Limited>);

pub(crate) fn allocator(mode: Mode, limit: usize) -> Allocator {
    let allocator = StreamingAlloc::new(Limited { limit, blocks: Mutex::default() });
    allocator.set_mode(mode);
    Allocator(allocator)
}

impl Deref for Allocator {
    type Target = StreamingAlloc<Limited>;

    fn deref(&self) -> &StreamingAlloc<Limited> {
        &self.0
    }
}

impl Drop for Allocator {
    fn drop(&mut self) {
        self.set_mode(Mode::System);
        if !thread::panicking() {
            assert_eq!(self.inner.used(), 0, "not given back");
        }
    }
}

/// Leaves the allocator with nothing but blocks that wait.
pub(crate) fn shelve(from: &StreamingAlloc<Limited>, lens: impl IntoIterator<Item = usize>) {
    let blocks: Vec<_> = lens.into_iter().map(|len| Block::new(from, len).unwrap()).collect();
    let used = from.inner.used();
    drop(blocks);
    assert_eq!(from.inner.used(), used, "they must wait, or the test tests nothing");
}
