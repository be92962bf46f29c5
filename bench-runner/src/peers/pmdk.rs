//! PMDK's libraries, those that are installed.

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;

use super::{Peer, loaded_file, pmem, pmem2};

pub(super) type Memcpy = unsafe extern "C" fn(*mut c_void, *const c_void, usize, u32) -> *mut c_void;
pub(super) type Memset = unsafe extern "C" fn(*mut c_void, c_int, usize, u32) -> *mut c_void;

/// The functions of a library, which stays loaded.
pub(super) struct Functions {
    pub(super) memcpy: Memcpy,
    pub(super) memset: Memset,
}

struct Library {
    name: &'static str,
    /// What its header calls [`NONTEMPORAL`].
    flag: &'static str,
    load: fn() -> Option<Functions>,
    loaded: OnceLock<Option<Functions>>,
}

/// The same in both headers.
const NONTEMPORAL: u32 = 1 << 1;

static LIBRARIES: [Library; 2] = [
    Library { name: "libpmem", flag: "PMEM_F_MEM_NONTEMPORAL", load: pmem::load, loaded: OnceLock::new() },
    Library { name: "libpmem2", flag: "PMEM2_F_MEM_NONTEMPORAL", load: pmem2::load, loaded: OnceLock::new() },
];

pub(super) fn peers() -> impl Iterator<Item = Peer> {
    [peer::<0>(), peer::<1>()].into_iter().flatten()
}

fn functions(library: &'static Library) -> Option<&'static Functions> {
    library.loaded.get_or_init(library.load).as_ref()
}

/// One of the [`LIBRARIES`]. Its number is a constant because a peer's functions are plain ones.
fn peer<const LIBRARY: usize>() -> Option<Peer> {
    let library = &LIBRARIES[LIBRARY];
    functions(library)?;
    Some(Peer {
        name: library.name,
        version: format!("{}, {}", loaded_file(&format!("{}.so", library.name)), library.flag),
        copy: Some(copy::<LIBRARY>),
        fill: Some(fill::<LIBRARY>),
        pattern: None,
        streams: true,
    })
}

/// # Safety
/// As `memcpy`, and the library is there.
unsafe fn copy<const LIBRARY: usize>(dst: *mut u8, src: *const u8, len: usize) {
    let functions = functions(&LIBRARIES[LIBRARY]).expect("it was found when the peers were listed");
    // SAFETY: the caller's.
    unsafe { (functions.memcpy)(dst.cast(), src.cast(), len, NONTEMPORAL) };
}

/// # Safety
/// As `memset`, and the library is there.
unsafe fn fill<const LIBRARY: usize>(dst: *mut u8, byte: u8, len: usize) {
    let functions = functions(&LIBRARIES[LIBRARY]).expect("it was found when the peers were listed");
    // SAFETY: the caller's.
    unsafe { (functions.memset)(dst.cast(), c_int::from(byte), len, NONTEMPORAL) };
}
