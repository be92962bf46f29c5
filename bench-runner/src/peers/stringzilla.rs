//! The crate stringzilla.

use std::slice;

use stringzilla::sz;

use super::Peer;

pub(super) fn peer() -> Peer {
    let version = sz::version();
    Peer {
        name: "stringzilla",
        version: format!(
            "stringzilla {}.{}.{}, {}",
            version.major,
            version.minor,
            version.patch,
            sz::capabilities().as_str()
        ),
        copy: Some(copy),
        fill: Some(fill),
        pattern: None,
        persist: None,
        streams: false,
    }
}

/// # Safety
/// As `memcpy`.
unsafe fn copy(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's: two blocks that do not overlap, and whose bytes have been written.
    let (mut dst, src) = unsafe { (slice::from_raw_parts_mut(dst, len), slice::from_raw_parts(src, len)) };
    sz::copy(&mut dst, &src);
}

/// # Safety
/// As `memset`.
unsafe fn fill(dst: *mut u8, byte: u8, len: usize) {
    // SAFETY: the caller's.
    let mut dst = unsafe { slice::from_raw_parts_mut(dst, len) };
    sz::fill(&mut dst, byte);
}
