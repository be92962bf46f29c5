//! The allocator: the system's, with a shelf of large blocks that were freed.
//!
//! Where can an allocator stream at all? Not in a block that is fresh from the kernel: `calloc` knows that it is zero, and
//! touching it would cost a fault for each page; `realloc` of a mapped block moves page tables, not bytes. What is left
//! are blocks that are used *again*: they are full of old bytes and long out of the cache. So this allocator keeps some
//! freed blocks, and when it hands one out again, the zeros of `alloc_zeroed` and the old contents of `realloc` go into
//! it by streaming stores. A large block that grows always moves: the one it leaves serves the next that grows to there.
//! Everything else is left to the system.

use crate::shelf::Shelf;
use memcpy_streaming as nt;
use std::alloc::{GlobalAlloc, Layout, System};
use std::mem::MaybeUninit;
use std::slice;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard};

/// Blocks of at least this many bytes are shelved. What is copied into or zeroed in a smaller one is likely to be used
/// while it still is in the cache.
pub(crate) const LARGE: usize = 1 << 20;

/// Block sizes are rounded up to multiples of this fraction of a power of two, so that freed ones fit again.
const STEPS: usize = 8;

/// What the allocator does with large blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mode {
    /// Nothing: all is the system's.
    System,
    /// Uses freed ones again; copies and zeroes with libc.
    Reuse,
    /// Uses freed ones again; copies and zeroes by streaming stores.
    Stream,
}

/// See the module.
pub(crate) struct StreamingAlloc {
    mode: AtomicU8,
    shelf: Mutex<Shelf>,
    reallocs: Counter,
    zeroings: Counter,
}

/// How often something was done, and to how many bytes.
pub(crate) struct Counter {
    calls: AtomicU64,
    bytes: AtomicU64,
}

impl Counter {
    const fn new() -> Counter {
        Counter { calls: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    fn add(&self, bytes: usize) {
        self.calls.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn get(&self) -> (u64, u64) {
        (self.calls.load(Relaxed), self.bytes.load(Relaxed))
    }
}

impl StreamingAlloc {
    pub(crate) const fn new() -> StreamingAlloc {
        StreamingAlloc {
            mode: AtomicU8::new(Mode::System as u8),
            shelf: Mutex::new(Shelf::new()),
            reallocs: Counter::new(),
            zeroings: Counter::new(),
        }
    }

    /// Changes what happens to large blocks from now on, and gives the shelved ones back to the system. Blocks that are
    /// in use do not care: in every mode they are the system's, with the same layout.
    pub(crate) fn set_mode(&self, mode: Mode) {
        self.mode.store(mode as u8, Relaxed);
        while let Some((block, layout)) = self.shelf().and_then(|mut shelf| shelf.take_any()) {
            // SAFETY: shelved blocks are the system's, of this layout, and nobody's.
            unsafe { System.dealloc(block, layout) }
        }
    }

    /// What `realloc` streamed.
    pub(crate) fn reallocs(&self) -> &Counter {
        &self.reallocs
    }

    /// What `alloc_zeroed` streamed.
    pub(crate) fn zeroings(&self) -> &Counter {
        &self.zeroings
    }

    fn is(&self, mode: Mode) -> bool {
        self.mode.load(Relaxed) == mode as u8
    }

    /// The shelf, unless another thread is at it: an allocator had better not wait for what the system can do as well.
    fn shelf(&self) -> Option<MutexGuard<'_, Shelf>> {
        self.shelf.try_lock().ok()
    }

    /// A block that was used before, if one of this layout is there.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        if self.is(Mode::System) || !is_large(layout) {
            return None;
        }
        self.shelf()?.take(layout)
    }
}

fn is_large(layout: Layout) -> bool {
    layout.size() >= LARGE
}

/// The layout that is asked of the system where `layout` is asked of us; always the same one, in whatever mode.
fn rounded(layout: Layout) -> Layout {
    if !is_large(layout) {
        return layout;
    }
    let step = (1 << layout.size().ilog2()) / STEPS;
    let size = layout.size().checked_next_multiple_of(step);
    // What no layout can hold once it is rounded is left to the system to refuse.
    size.and_then(|size| Layout::from_size_align(size, layout.align()).ok()).unwrap_or(layout)
}

// SAFETY: every block comes from `System` with `rounded(layout)`, which is at least as large and as aligned as `layout`,
// and goes back to it with the same one: `rounded` depends on nothing but its argument. A block is with the program or on
// the shelf, never both. Nothing here unwinds: the slices of a copy are of the same length, and the backend is chosen (which
// panics if the environment asks for one that is not there) before `main` turns to `Mode::Stream`.
unsafe impl GlobalAlloc for StreamingAlloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = rounded(layout);
        // SAFETY: the caller's: the size is not 0.
        self.take(layout).unwrap_or_else(|| unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(block) = self.take(rounded(layout)) else {
            // SAFETY: the caller's: the size is not 0.
            return unsafe { System.alloc_zeroed(rounded(layout)) };
        };
        // SAFETY: a block of at least this size that is nobody else's.
        let bytes = unsafe { slice::from_raw_parts_mut(block.cast::<MaybeUninit<u8>>(), layout.size()) };
        if self.is(Mode::Stream) {
            nt::fill_uninit(bytes, 0);
            self.zeroings.add(bytes.len());
        } else {
            bytes.fill(MaybeUninit::new(0));
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let layout = rounded(layout);
        if !self.is(Mode::System)
            && is_large(layout)
            && let Some(mut shelf) = self.shelf()
            && shelf.put(block, layout)
        {
            return;
        }
        // SAFETY: the caller's block, with the layout that it was asked of the system with.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's: the new size is one that a layout of this alignment can have.
        let (old, new) =
            (rounded(layout), rounded(unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) }));
        if old == new {
            return block;
        }
        // A block that shrinks is better left in its place, and one that becomes large was not worth shelving.
        if self.is(Mode::System) || new.size() < old.size() || !is_large(old) {
            // SAFETY: the caller's block, with the layout that it was asked of the system with, and the size of a layout
            // of the same alignment, which is not 0.
            return unsafe { System.realloc(block, old, new.size()) };
        }
        // SAFETY: a layout that is not of size 0.
        let target = unsafe { self.alloc(new) };
        if target.is_null() {
            return target;
        }
        // SAFETY: the caller's block, all of it, initialised or not; nobody else uses it.
        let from = unsafe { slice::from_raw_parts(block.cast::<MaybeUninit<u8>>(), layout.size()) };
        // SAFETY: a block that is larger, and nobody else's.
        let to = unsafe { slice::from_raw_parts_mut(target.cast::<MaybeUninit<u8>>(), layout.size()) };
        if self.is(Mode::Stream) {
            nt::copy(to, from);
            self.reallocs.add(to.len());
        } else {
            to.copy_from_slice(from);
        }
        // SAFETY: the caller's block, whose contents have moved.
        unsafe { self.dealloc(block, layout) };
        target
    }
}
