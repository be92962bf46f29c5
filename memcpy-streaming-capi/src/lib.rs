//! The C ABI of [`memcpy-streaming`](https://docs.rs/memcpy-streaming): what the header `memcpy_streaming.h` declares.
//!
//! C programs do not build this crate themselves: `cargo xtask capi --prefix DIR`, or cargo-c's `cargo cinstall`, installs the
//! header, a static and a shared library and a pkg-config file. The header is the manual, and is repeated below. A Rust
//! program has no use for this crate: it would export these names to the C code that it is linked with.
//!
//! Nothing here panics: every argument is answered, and in the installed library no panic is even linked.
//!
//! # The header
//!
//! ```c
#![doc = include_str!("../include/memcpy_streaming.h")]
//! ```
#![no_std]

use core::ffi::{CStr, c_char, c_int, c_void};
use memcpy_streaming::{self as rust, Backend};

mod devices;
mod persist;

pub use devices::{memcpy_mmio, memcpy_streaming_load, memset_mmio};
pub use persist::{memcpy_persist, memset_persist, persist_range};

/// What [`memcpy_streaming_set_backend`] answers where it has done what it was asked for.
pub const MEMCPY_STREAMING_OK: c_int = 0;
/// What it answers where there is no backend of that name, or no name.
pub const MEMCPY_STREAMING_UNKNOWN: c_int = 1;
/// What it answers where there is one, which this CPU or this build of the library cannot run; and [`memcpy_persist`] and its like where
/// nothing can be written back from the caches.
pub const MEMCPY_STREAMING_UNAVAILABLE: c_int = 2;
/// What [`memcpy_mmio`] and [`memset_mmio`] answer where there are no stores of that width, or they would not be aligned.
pub const MEMCPY_STREAMING_INVALID: c_int = 3;

/// Copies `len` bytes from `src` to `dst` past the cache, and returns `dst` before they are ordered.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; if `len` is 0 they may be anything.
/// * They do not overlap.
/// * Until this thread has called [`memcpy_streaming_drain`] nobody accesses the bytes at `dst`, nor frees or unmaps them, nor
///   hands them to a device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_streaming(dst: *mut c_void, src: *const c_void, len: usize) -> *mut c_void {
    if len > 0 {
        // SAFETY: the caller vouches for both blocks of `len` bytes, and for what happens to them before the drain.
        unsafe { rust::memcpy_streaming(dst.cast(), src.cast(), len) };
    }
    dst
}

/// Copies `rows` rows of `width` bytes past the cache, the next one always `dst_pitch` bytes further at `dst` and `src_pitch` bytes at `src`,
/// and returns `dst` before they are ordered.
///
/// # Safety
/// * A pitch is not less than the width, unless there are fewer than two rows.
/// * All bytes of the rows are valid for reads at `src` and for writes at `dst`; if there are none the pointers may be anything.
/// * They do not overlap.
/// * No access to the rows at `dst` before the drain, as for [`memcpy_streaming()`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_rows_streaming(
    dst: *mut c_void,
    dst_pitch: usize,
    src: *const c_void,
    src_pitch: usize,
    width: usize,
    rows: usize,
) -> *mut c_void {
    // SAFETY: the caller vouches for the rows at both sides, and for what happens to them before the drain. Of none nothing is copied.
    unsafe { rust::memcpy_rows_streaming(dst.cast(), dst_pitch, src.cast(), src_pitch, width, rows) };
    dst
}

/// Orders everything that this thread has streamed before whatever it stores next.
#[unsafe(no_mangle)]
pub extern "C" fn memcpy_streaming_drain() {
    rust::memcpy_streaming_drain();
}

/// Fills `len` bytes at `dst` with the byte `c` past the cache, and returns `dst` before they are ordered.
///
/// # Safety
/// * `dst` is valid for writes of `len` bytes; if `len` is 0 it may be anything.
/// * No access to them before the drain, as for [`memcpy_streaming()`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset_streaming(dst: *mut c_void, c: c_int, len: usize) -> *mut c_void {
    if len > 0 {
        let byte = c as u8; // The lowest 8 bits, as memset has it.
        // SAFETY: the caller vouches for the `len` bytes, and for what happens to them before the drain.
        unsafe { rust::memset_streaming(dst.cast(), byte, len) };
    }
    dst
}

/// Fills `len` bytes at `dst` with the `pattern_len` bytes at `pattern`, over and over, the last time perhaps in part, and
/// returns `dst` before they are ordered. An empty pattern writes nothing.
///
/// # Safety
/// * `pattern` is valid for reads of `pattern_len` and `dst` for writes of `len` bytes; if either is 0 they may be anything.
/// * They do not overlap.
/// * No access to the bytes at `dst` before the drain, as for [`memcpy_streaming()`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset_pattern_streaming(
    dst: *mut c_void,
    pattern: *const c_void,
    pattern_len: usize,
    len: usize,
) -> *mut c_void {
    if pattern_len > 0 && len > 0 {
        // SAFETY: the caller vouches for both blocks, which are not empty, and for what happens to `dst` before the drain.
        unsafe { rust::memset_pattern_bytes_streaming(dst.cast(), len, pattern.cast(), pattern_len) };
    }
    dst
}

/// The name of the backend that the process uses; valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn memcpy_streaming_backend() -> *const c_char {
    Backend::active().c_name().as_ptr()
}

/// Chooses the backend for the whole process, by name: [`MEMCPY_STREAMING_OK`], or one of the other two and nothing has
/// changed.
///
/// # Safety
/// `name` is NULL or a string that ends with a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_streaming_set_backend(name: *const c_char) -> c_int {
    if name.is_null() {
        return MEMCPY_STREAMING_UNKNOWN;
    }
    // SAFETY: the caller vouches for a string, as it is not NULL.
    let name = unsafe { CStr::from_ptr(name) };
    match Backend::ALL.iter().find(|backend| backend.c_name() == name) {
        None => MEMCPY_STREAMING_UNKNOWN,
        Some(backend) => match backend.make_active() {
            Ok(()) => MEMCPY_STREAMING_OK,
            Err(_) => MEMCPY_STREAMING_UNAVAILABLE,
        },
    }
}

/// A library without `std` must say what a panic does. Nothing calls this one: `cargo xtask test` checks that `abort` is not
/// among what the library needs.
#[cfg(all(cargo_c, not(test)))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn abort() -> !;
    }
    abort()
}
