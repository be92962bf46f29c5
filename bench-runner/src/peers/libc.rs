//! The C library, as the program is linked with it.

use std::hint::black_box;
use std::ptr;

use super::Peer;

pub(super) fn peer() -> Peer {
    let version = version();
    Peer { name: "libc", version, copy: Some(copy), fill: Some(fill), pattern: None, persist: None, streams: false }
}

fn version() -> String {
    let tunables = std::env::var("GLIBC_TUNABLES").map(|tunables| format!(", {tunables}")).unwrap_or_default();
    format!("{}{tunables}", bench_runner::machine::libc())
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
