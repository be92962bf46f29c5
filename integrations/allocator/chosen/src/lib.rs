//! A global allocator that is another one in each process: who links this crate allocates by what the variable `ALLOCATOR` names, and need
//! not know.
//!
//! The streaming allocator is the one of the library's example, unchanged: it keeps some large blocks that were freed, and zeroes and copies
//! past the cache when it hands them out again. Its inner allocator is the system's or mimalloc.

// The example's, which do not know that they are in a library.
#[path = "../../../../memcpy-streaming/examples/streaming_alloc/alloc.rs"]
mod alloc;
#[path = "../../../../memcpy-streaming/examples/streaming_alloc/shelf.rs"]
mod shelf;

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::CStr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use alloc::{Mode, StreamingAlloc};
use mimalloc::MiMalloc;

/// What `ALLOCATOR` may be, the first if it is nothing.
pub const NAMES: [&str; 6] = ["system", "system+keep", "system+stream", "mimalloc", "mimalloc+keep", "mimalloc+stream"];

static OVER_SYSTEM: StreamingAlloc<System> = StreamingAlloc::new(System);
static OVER_MIMALLOC: StreamingAlloc<MiMalloc> = StreamingAlloc::new(MiMalloc);

/// A place in [`NAMES`], and one that says that nobody has looked yet.
static CHOICE: AtomicUsize = AtomicUsize::new(UNREAD);
const UNREAD: usize = usize::MAX;

#[global_allocator]
static CHOSEN: Chosen = Chosen;

struct Chosen;

impl Chosen {
    fn allocator(&self) -> &'static dyn GlobalAlloc {
        let choice = match CHOICE.load(Relaxed) {
            UNREAD => choose(),
            choice => choice,
        };
        match choice {
            1 | 2 => &OVER_SYSTEM,
            3 => &MiMalloc,
            4 | 5 => &OVER_MIMALLOC,
            _ => &System,
        }
    }
}

/// Reads the variable, at the first allocation of the process, which is its main thread's: nothing is allocated, and nobody changes the
/// environment yet.
#[cold]
fn choose() -> usize {
    // SAFETY: the name ends with a NUL, and there is no other thread that could change the environment.
    let value = unsafe { libc::getenv(c"ALLOCATOR".as_ptr()) };
    // SAFETY: what `getenv` answers, if anything, ends with a NUL and stays until the environment is changed.
    let name = (!value.is_null()).then(|| unsafe { CStr::from_ptr(value) });
    let at = NAMES.iter().position(|&known| name.is_some_and(|name| name.to_bytes() == known.as_bytes()));
    let choice = at.unwrap_or(0);
    let mode = if choice % 3 == 2 { Mode::Stream } else { Mode::Reuse };
    OVER_SYSTEM.set_mode(mode);
    OVER_MIMALLOC.set_mode(mode);
    CHOICE.store(choice, Relaxed);
    choice
}

// SAFETY: each call goes to the allocator that all of the process's calls go to: the choice is made before the first one, and never again.
unsafe impl GlobalAlloc for Chosen {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { self.allocator().alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { self.allocator().alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the same, and the block came from this allocator.
        unsafe { self.allocator().dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the same, and the block came from this allocator.
        unsafe { self.allocator().realloc(block, layout, new_size) }
    }
}

/// What this process uses.
pub fn chosen() -> &'static str {
    NAMES[CHOICE.load(Relaxed).min(NAMES.len() - 1)]
}

/// The bytes that were zeroed, and those that were copied, past the cache.
pub fn streamed() -> (u64, u64) {
    let sum = |counters: [&alloc::Counter; 2]| counters.iter().map(|counter| counter.get().1).sum();
    (sum([OVER_SYSTEM.zeroings(), OVER_MIMALLOC.zeroings()]), sum([OVER_SYSTEM.reallocs(), OVER_MIMALLOC.reallocs()]))
}
