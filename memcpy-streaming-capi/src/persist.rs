//! Persistent memory.

use crate::{MEMCPY_STREAMING_OK, MEMCPY_STREAMING_UNAVAILABLE};
use core::ffi::{c_int, c_void};
use memcpy_streaming::{self as rust, NoPersistence};

fn answer(result: Result<(), NoPersistence>) -> c_int {
    if result.is_ok() { MEMCPY_STREAMING_OK } else { MEMCPY_STREAMING_UNAVAILABLE }
}

/// Copies `len` bytes from `src` to `dst`, and waits until they have left the caches: [`MEMCPY_STREAMING_OK`], or
/// [`MEMCPY_STREAMING_UNAVAILABLE`] and nothing is written.
///
/// # Safety
/// * `src` is valid for reads and `dst` for reads and writes of `len` bytes; if `len` is 0 they may be anything.
/// * They do not overlap, and nobody else accesses the bytes at `dst`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_persist(dst: *mut c_void, src: *const c_void, len: usize) -> c_int {
    // SAFETY: the caller vouches for both blocks; of no bytes it copies none.
    answer(unsafe { rust::memcpy_persist(dst.cast(), src.cast(), len) })
}

/// Fills `len` bytes at `dst` with the byte `c`, as [`memcpy_persist`] copies.
///
/// # Safety
/// `dst` is valid for reads and writes of `len` bytes, which nobody else accesses; if `len` is 0 it may be anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset_persist(dst: *mut c_void, c: c_int, len: usize) -> c_int {
    let byte = c as u8; // The lowest 8 bits, as memset has it.
    // SAFETY: the caller vouches for the `len` bytes; of none it fills none.
    answer(unsafe { rust::memset_persist(dst.cast(), byte, len) })
}

/// Writes back what has been stored to `len` bytes at `start` by ordinary stores, and waits for it.
///
/// # Safety
/// `start` is valid for reads of `len` bytes; if `len` is 0 it may be anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn persist_range(start: *const c_void, len: usize) -> c_int {
    // SAFETY: the caller vouches for the bytes; of none nothing is written back.
    answer(unsafe { rust::persist_range(start.cast(), len) })
}
