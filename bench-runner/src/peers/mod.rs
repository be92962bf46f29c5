//! The copies and fills that others use.

#[cfg(not(target_feature = "crt-static"))]
mod pmdk;

use std::hint::black_box;
use std::ptr;

use bench_runner::machine::Machine;

/// A copy that is complete and ordered when it returns. It asks of its caller what `memcpy` does.
pub(crate) type Run = unsafe fn(dst: *mut u8, src: *const u8, len: usize);

/// A fill with a byte, likewise, as `memset`.
pub(crate) type Fill = unsafe fn(dst: *mut u8, byte: u8, len: usize);

/// Somebody else's memory operations.
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) copy: Run,
    pub(crate) fill: Fill,
    /// A fill with 64 bytes again and again: those at its source.
    pub(crate) pattern: Option<Run>,
    /// A copy that has left the caches when it returns.
    pub(crate) persist: Option<Run>,
    /// Whether it uses streaming stores whatever the size.
    pub(crate) streams: bool,
}

impl Peer {
    /// One that copies and fills, by ordinary stores as far as anybody can tell.
    pub(crate) fn new(name: impl Into<String>, version: String, copy: Run, fill: Fill) -> Peer {
        Peer { name: name.into(), version, copy, fill, pattern: None, persist: None, streams: false }
    }
}

// SAFETY: the caller's. The length is hidden, so that it is the library's function that is called.
pub(crate) const LIBC_COPY: Run = |dst, src, len| unsafe { ptr::copy_nonoverlapping(src, dst, black_box(len)) };

/// The peers that this machine has, libc first. Those that are not there are left out.
pub(crate) fn all(machine: &Machine) -> Vec<Peer> {
    let libc = [Some(&machine.libc), machine.glibc_tunables.as_ref()];
    let version = libc.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
    // SAFETY: the caller's. The length is hidden, as above.
    let fill: Fill = |dst, byte, len| unsafe { ptr::write_bytes(dst, byte, black_box(len)) };
    let mut peers = vec![Peer::new("libc", version, LIBC_COPY, fill)];
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    peers.extend(crate::lines::peers());
    // Loaded where they are installed; a static program cannot.
    #[cfg(not(target_feature = "crt-static"))]
    peers.extend(pmdk::peers());
    #[cfg(feature = "stringzilla")]
    peers.push(stringzilla());
    peers
}

#[cfg(feature = "stringzilla")]
fn stringzilla() -> Peer {
    use std::slice;
    use stringzilla::sz;

    let copy: Run = |dst, src, len| {
        // SAFETY: the caller's: two blocks that do not overlap, and whose bytes have been written.
        let (mut dst, src) = unsafe { (slice::from_raw_parts_mut(dst, len), slice::from_raw_parts(src, len)) };
        sz::copy(&mut dst, &src);
    };
    // SAFETY: as above.
    let fill: Fill = |dst, byte, len| sz::fill(&mut unsafe { slice::from_raw_parts_mut(dst, len) }, byte);
    let own = sz::version();
    let version = format!("stringzilla {}.{}.{}, {}", own.major, own.minor, own.patch, sz::capabilities().as_str());
    Peer::new("stringzilla", version, copy, fill)
}
