//! The arena of `arena.c`, and how SQLite is told to use it.

use std::ffi::{c_int, c_void};
use std::ptr;

// The functions that the arena calls.
use memcpy_streaming_capi as _;
use rusqlite::ffi;
use side_by_side::Failure;

/// As in `arena.h`.
#[cfg(test)]
pub(crate) const LARGE: c_int = 1 << 20;

unsafe extern "C" {
    pub(crate) fn arena_malloc(len: c_int) -> *mut c_void;
    pub(crate) fn arena_free(block: *mut c_void);
    pub(crate) fn arena_realloc(block: *mut c_void, len: c_int) -> *mut c_void;
    pub(crate) fn arena_size(block: *mut c_void) -> c_int;
    fn arena_roundup(len: c_int) -> c_int;
    fn arena_init(arena: *mut c_void) -> c_int;
    fn arena_shutdown(arena: *mut c_void);
    #[cfg(test)]
    safe fn arena_wiped() -> usize;
    #[cfg(test)]
    safe fn arena_moved() -> usize;
}

/// Bytes that were wiped, and bytes that moved, past the cache.
#[cfg(test)]
pub(crate) fn streamed() -> (usize, usize) {
    (arena_wiped(), arena_moved())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allocator {
    /// The one that SQLite has by itself.
    Own,
    /// Ours.
    Arena,
}

/// Makes SQLite allocate by one or the other from now on.
///
/// # Safety
/// There is no connection, and no other thread calls SQLite meanwhile.
pub(crate) unsafe fn configure(allocator: Allocator) -> Result<(), Failure> {
    let methods = match allocator {
        // Without functions it takes its own.
        Allocator::Own => ffi::sqlite3_mem_methods {
            xMalloc: None,
            xFree: None,
            xRealloc: None,
            xSize: None,
            xRoundup: None,
            xInit: None,
            xShutdown: None,
            pAppData: ptr::null_mut(),
        },
        Allocator::Arena => ffi::sqlite3_mem_methods {
            xMalloc: Some(arena_malloc),
            xFree: Some(arena_free),
            xRealloc: Some(arena_realloc),
            xSize: Some(arena_size),
            xRoundup: Some(arena_roundup),
            xInit: Some(arena_init),
            xShutdown: Some(arena_shutdown),
            pAppData: ptr::null_mut(),
        },
    };
    // SAFETY: nobody uses SQLite, as the caller vouches, so that it may be shut down and configured. It copies the methods, whose functions
    // stay as long as the process.
    let answers = unsafe {
        [
            ffi::sqlite3_shutdown(),
            ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw const methods),
            ffi::sqlite3_initialize(),
        ]
    };
    match answers.iter().find(|&&answer| answer != ffi::SQLITE_OK) {
        None => Ok(()),
        Some(answer) => Err(Failure::run(format_args!("SQLite refused the allocator: {answer}"))),
    }
}
