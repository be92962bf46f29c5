//! The C ABI (feature `capi`): what `memcpy_streaming.h` declares.
//!
//! C programs do not build this crate themselves: `cargo xtask capi --prefix DIR`, or cargo-c's `cargo cinstall`, installs the
//! header, a static and a shared library and a pkg-config file. The header is made of this file; the documentation here is
//! written for who reads it there.
//!
//! Nothing here panics: every argument is answered, and in the installed library no panic is even linked. In a Rust program that
//! has the features `capi` and `std`, `MEMCPY_STREAMING_BACKEND` is read as ever; a wrong one then ends the process at first use.

use crate::kernels::{self, SetError};
use crate::{arch, pattern, raw};
use core::ffi::{CStr, c_char, c_int, c_void};

/// `EINVAL` and `ENOTSUP` of this system's `errno.h`. The former is 22 everywhere.
const EINVAL: c_int = 22;
const ENOTSUP: c_int = if cfg!(any(target_vendor = "apple", target_os = "freebsd", target_os = "dragonfly")) {
    45
} else if cfg!(target_os = "netbsd") {
    86
} else if cfg!(target_os = "openbsd") {
    91
} else if cfg!(windows) {
    129
} else if cfg!(any(target_arch = "mips", target_arch = "mips64")) {
    122
} else {
    95
};

/// Copies `len` bytes from `src` to `dst` past the cache and returns `dst`, before the bytes are ordered: until this thread
/// has called `memcpy_streaming_drain()` nobody may access them, this thread included.
///
/// Any alignment, any length. Short copies whose ends are not aligned to 64 bytes, and the
/// partial lines at the ends of long ones, go through the cache.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; if `len` is 0 they may be anything.
/// * They do not overlap, and nobody accesses the bytes at `dst` before the drain, as above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_streaming(dst: *mut c_void, src: *const c_void, len: usize) -> *mut c_void {
    // SAFETY: the caller's.
    unsafe { raw::copy(kernels::active(), dst.cast(), src.cast(), len) };
    dst
}

/// Orders everything that this thread has streamed before whatever it stores next. After it the bytes are like any others:
/// read them, or publish them to other threads with a release store, a mutex, a join.
///
/// One call after many copies is enough. It does not wait until a device has the data, and makes nothing persistent.
#[unsafe(no_mangle)]
pub extern "C" fn memcpy_streaming_drain() {
    arch::drain();
}

/// Fills `len` bytes at `dst` with the byte `c` past the cache, and returns `dst`; not ordered before
/// `memcpy_streaming_drain()`, as with `memcpy_streaming()`.
///
/// # Safety
/// * `dst` is valid for writes of `len` bytes; if `len` is 0 it may be anything.
/// * Nobody accesses those bytes before the drain.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset_streaming(dst: *mut c_void, c: c_int, len: usize) -> *mut c_void {
    let byte = c as u8; // The lowest 8 bits, as memset has it.
    // SAFETY: the caller's; the byte is a pattern of length 1.
    unsafe { pattern::fill(kernels::active(), dst.cast(), len, &raw const byte, 1) };
    dst
}

/// Fills `len` bytes at `dst` with the `pattern_len` bytes at `pattern`, over and over, the last time perhaps in part, and
/// returns `dst`; not ordered before `memcpy_streaming_drain()`, as with `memcpy_streaming()`.
///
/// Any alignment, any two lengths; both count bytes. An empty pattern writes nothing. Fastest are patterns of 1, 2, 4, ... 64
/// bytes, which are held in registers.
///
/// # Safety
/// * `pattern` is valid for reads of `pattern_len` and `dst` for writes of `len` bytes; if either is 0 they may be anything.
/// * They do not overlap, and nobody accesses the bytes at `dst` before the drain.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset_pattern_streaming(
    dst: *mut c_void,
    pattern: *const c_void,
    pattern_len: usize,
    len: usize,
) -> *mut c_void {
    if pattern_len > 0 {
        // SAFETY: the caller's; the pattern is not empty.
        unsafe { pattern::fill(kernels::active(), dst.cast(), len, pattern.cast(), pattern_len) };
    }
    dst
}

/// The name of the backend that the process uses, for ever valid: `avx512`, `avx2`, `sse2`, `movnti`, `movdir64b`, `neon`,
/// or `portable` (ordinary stores).
///
/// It is the best one for the CPU unless `memcpy_streaming_set_backend()` has chosen another. The library reads no
/// environment variables.
#[unsafe(no_mangle)]
pub extern "C" fn memcpy_streaming_backend() -> *const c_char {
    kernels::active().backend.c_name().as_ptr()
}

/// Chooses the backend for the whole process, by name. Any thread may call it at any time; what other threads have begun
/// is finished as it was begun.
///
/// Returns 0; `EINVAL` if there is no backend of that name, or `name` is NULL; `ENOTSUP` if there is, but not on this CPU.
/// Where it does not return 0 nothing has changed. `errno` is left alone.
///
/// To let users choose: `memcpy_streaming_set_backend(getenv("MEMCPY_STREAMING_BACKEND"))`.
///
/// # Safety
/// `name` is NULL or a string that ends with a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_streaming_set_backend(name: *const c_char) -> c_int {
    if name.is_null() {
        return EINVAL;
    }
    // SAFETY: the caller's: a string.
    let name = unsafe { CStr::from_ptr(name) };
    match kernels::set_active(name) {
        Ok(()) => 0,
        Err(SetError::Unknown) => EINVAL,
        Err(SetError::Missing) => ENOTSUP,
    }
}

/// A library without `std` must say what a panic does. Nothing calls this one: `cargo xtask test` checks that `abort` is not
/// among what the library needs.
#[cfg(all(cargo_c, not(feature = "std"), not(test)))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn abort() -> !;
    }
    abort()
}
