//! The C library, as the program is linked with it.

use std::hint::black_box;
use std::ptr;

use super::Peer;

pub(super) fn peer() -> Peer {
    Peer { name: "libc", version: version(), copy: Some(copy), fill: Some(fill), pattern: None, streams: false }
}

fn version() -> String {
    let tunables = std::env::var("GLIBC_TUNABLES").map(|tunables| format!(", {tunables}")).unwrap_or_default();
    format!("{}{tunables}", name())
}

#[cfg(target_env = "gnu")]
fn name() -> String {
    unsafe extern "C" {
        safe fn gnu_get_libc_version() -> *const std::ffi::c_char;
    }
    // SAFETY: glibc returns a pointer to a constant NUL-terminated string that lives as long as the process.
    let version = unsafe { std::ffi::CStr::from_ptr(gnu_get_libc_version()) };
    format!("glibc {}", version.to_string_lossy())
}

#[cfg(not(target_env = "gnu"))]
fn name() -> String {
    "not glibc".to_string()
}

/// # Safety
/// As `memcpy`.
unsafe fn copy(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's. The length is hidden, so that it is the library's function that is called.
    unsafe { ptr::copy_nonoverlapping(src, dst, black_box(len)) }
}

/// # Safety
/// As `memset`.
unsafe fn fill(dst: *mut u8, byte: u8, len: usize) {
    // SAFETY: the caller's.
    unsafe { ptr::write_bytes(dst, byte, black_box(len)) }
}
