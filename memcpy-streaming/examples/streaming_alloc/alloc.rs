//! The allocator: the system's, with a shelf of large blocks that were freed.
//!
//! Where can an allocator stream at all? Not in a block that is fresh from the kernel: `calloc` knows that it is zero, and
//! touching it would cost a fault for each page; `realloc` of a mapped block moves page tables, not bytes. What is left
//! are blocks that are used *again*: they are full of old bytes and long out of the cache. So this allocator keeps some
//! freed blocks, and when it hands one out again, the zeros of `alloc_zeroed` and the old contents of `realloc` go into
//! it by streaming stores. A large block that grows moves if one of the size that it needs waits; the one it leaves serves
//! the next that grows to there. Everything else is left to the system.
//!
//! What waits is memory that somebody else may need: before anything is refused, all of it goes back to the system.

use crate::shelf::{Shelf, rounded};
use memcpy_streaming as nt;
use std::alloc::{GlobalAlloc, Layout};
use std::mem::MaybeUninit;
use std::slice;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

/// Blocks of at least this many bytes are shelved. What is copied into or zeroed in a smaller one is likely to be used
/// while it still is in the cache. (Miri takes hours for as many bytes, and other people's tests have only small blocks.)
pub(crate) const LARGE: usize = if cfg!(any(miri, small_blocks)) { 1 << 10 } else { 1 << 20 };

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

/// See the module. `A` is the allocator that it asks, in the program the system's.
pub(crate) struct StreamingAlloc<A> {
    pub(crate) inner: A,
    mode: AtomicU8,
    shelf: Shelf,
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

impl<A: GlobalAlloc> StreamingAlloc<A> {
    pub(crate) const fn new(inner: A) -> StreamingAlloc<A> {
        StreamingAlloc {
            inner,
            mode: AtomicU8::new(Mode::System as u8),
            shelf: Shelf::new(),
            reallocs: Counter::new(),
            zeroings: Counter::new(),
        }
    }

    /// Changes what happens to large blocks from now on, and gives the shelved ones back to the system. Blocks that are
    /// in use do not care: in every mode they are the system's, with the same layout.
    pub(crate) fn set_mode(&self, mode: Mode) {
        self.mode.store(mode as u8, Relaxed);
        self.give_back();
    }

    /// Gives all shelved blocks back to the system; false if there were none.
    fn give_back(&self) -> bool {
        self.shelf.take_all(|block, layout| {
            // SAFETY: shelved blocks are the inner allocator's, of this layout, and this one is nobody's any more.
            unsafe { self.inner.dealloc(block, layout) }
        })
    }

    /// What the inner allocator answers, which is null only if nothing is shelved any more.
    fn ask(&self, request: impl Fn(&A) -> *mut u8) -> *mut u8 {
        loop {
            let block = request(&self.inner);
            if !block.is_null() || !self.give_back() {
                return block;
            }
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

    /// A block that was used before, if one of this layout is there.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        if self.is(Mode::System) { None } else { self.shelf.take(layout) }
    }
}

fn is_large(layout: Layout) -> bool {
    layout.size() >= LARGE
}

// SAFETY: every block comes from `inner` with `rounded(layout)`, which is at least as large and as aligned as `layout`,
// and goes back to it with the same one: `rounded` depends on nothing but its argument. A block is with the program or on
// the shelf, never both: who frees it gives it away, and a shelf hands each out once. Nothing here unwinds: the slices of a
// copy are of the same length, and a shelf's layouts are valid.
unsafe impl<A: GlobalAlloc> GlobalAlloc for StreamingAlloc<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = rounded(layout);
        self.take(layout).unwrap_or_else(|| {
            self.ask(|inner| {
                // SAFETY: the caller's promise that the size is not 0; rounding only adds to it.
                unsafe { inner.alloc(layout) }
            })
        })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(block) = self.take(rounded(layout)) else {
            return self.ask(|inner| {
                // SAFETY: the caller's promise that the size is not 0; rounding only adds to it.
                unsafe { inner.alloc_zeroed(rounded(layout)) }
            });
        };
        // SAFETY: the block has `rounded(layout).size()` bytes, at least this many, and came off the shelf to nobody else.
        // They need not be initialised.
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
        if !self.is(Mode::System) && self.shelf.put(block, layout) {
            return;
        }
        // SAFETY: the caller's promise that the block is one of ours, of this layout, and is not used any more: so it is
        // the inner allocator's, of the rounded layout. It is not on the shelf.
        unsafe { self.inner.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise that the new size, rounded up to the alignment, is at most `isize::MAX`.
        let new = rounded(unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) });
        let old = rounded(layout);
        if old == new {
            return block;
        }
        // A block that shrinks is better left in its place, and one that becomes large is not worth shelving.
        let may_move = new.size() > old.size() && is_large(old);
        let Some(target) = may_move.then(|| self.take(new)).flatten() else {
            // In its place or by page tables, if the system can: to move it into a fresh block would cost more.
            return self.ask(|inner| {
                // SAFETY: the caller's promise that the block is one of ours, of `layout`, so it is the inner allocator's, of
                // `old`; and that the new size is not 0 and that of a layout, as rounded it still is.
                unsafe { inner.realloc(block, old, new.size()) }
            });
        };
        // SAFETY: the caller's promise that the block is of this layout, and is used by nobody else meanwhile. The bytes need
        // not be initialised.
        let from = unsafe { slice::from_raw_parts(block.cast::<MaybeUninit<u8>>(), layout.size()) };
        // SAFETY: the target has `new.size()` bytes, which are more than `old.size()`; it came off the shelf to nobody else.
        let to = unsafe { slice::from_raw_parts_mut(target.cast::<MaybeUninit<u8>>(), layout.size()) };
        if self.is(Mode::Stream) {
            nt::copy(to, from);
            self.reallocs.add(to.len());
        } else {
            to.copy_from_slice(from);
        }
        // SAFETY: the caller's block, of this layout, that its caller gives up for the target; `from` is not used any more.
        unsafe { self.dealloc(block, layout) };
        target
    }
}
