//! Memory of devices: sources that are not cached, and registers.

use crate::{MEMCPY_STREAMING_INVALID, MEMCPY_STREAMING_OK};
use core::ffi::{c_int, c_uint, c_void};
use memcpy_streaming::{self as rust, Width};

/// Copies `len` bytes from `src`, which is not cached, to `dst`, which is, and returns `dst`. It needs no drain.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; if `len` is 0 they may be anything.
/// * They do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_streaming_load(dst: *mut c_void, src: *const c_void, len: usize) -> *mut c_void {
    if len > 0 {
        // SAFETY: the caller vouches for both blocks of `len` bytes.
        unsafe { rust::memcpy_streaming_load(dst.cast(), src.cast(), len) };
    }
    dst
}

/// The width, if there are stores of so many bytes and `len` of them at `dst` are aligned.
fn width(dst: *mut c_void, len: usize, width: c_uint) -> Option<Width> {
    let bytes = width as usize;
    Width::from_bytes(bytes).filter(|_| (dst.addr() | len) & (bytes - 1) == 0)
}

/// Copies `len` bytes from `src` to a device by stores of `width` bytes, each byte once, in ascending order: [`MEMCPY_STREAMING_OK`], or
/// [`MEMCPY_STREAMING_INVALID`] and nothing is stored.
///
/// # Safety
/// * `dst` is valid for stores of `len` bytes, and `src` for reads of `len` initialised ones; if `len` is 0 they may be anything.
/// * They do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy_mmio(dst: *mut c_void, src: *const c_void, len: usize, width: c_uint) -> c_int {
    let Some(width) = self::width(dst, len, width) else { return MEMCPY_STREAMING_INVALID };
    if len > 0 {
        // SAFETY: the caller vouches for both blocks of `len` bytes; they are aligned, as was just found.
        unsafe { rust::memcpy_mmio(dst.cast(), src.cast(), len, width) };
    }
    MEMCPY_STREAMING_OK
}

/// Fills `len` bytes of a device with the byte `c`, as [`memcpy_mmio`] copies.
///
/// # Safety
/// `dst` is valid for stores of `len` bytes; if `len` is 0 it may be anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset_mmio(dst: *mut c_void, c: c_int, len: usize, width: c_uint) -> c_int {
    let Some(width) = self::width(dst, len, width) else { return MEMCPY_STREAMING_INVALID };
    if len > 0 {
        let byte = c as u8; // The lowest 8 bits, as memset has it.
        // SAFETY: the caller vouches for the `len` bytes; they are aligned, as was just found.
        unsafe { rust::memset_mmio(dst.cast(), byte, len, width) };
    }
    MEMCPY_STREAMING_OK
}
