//! PMDK's libpmem, if it is installed (Debian: libpmem1).

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;

use libloading::Library;

use super::Peer;

type Memcpy = unsafe extern "C" fn(*mut c_void, *const c_void, usize, u32) -> *mut c_void;
type Memset = unsafe extern "C" fn(*mut c_void, c_int, usize, u32) -> *mut c_void;

/// `PMEM_F_MEM_NONTEMPORAL` of libpmem.h.
const NONTEMPORAL: u32 = 1 << 1;

struct Functions {
    memcpy: Memcpy,
    memset: Memset,
}

static FUNCTIONS: OnceLock<Option<Functions>> = OnceLock::new();

fn functions() -> Option<&'static Functions> {
    let load = || {
        // SAFETY: libpmem's initialiser only looks at the CPU and the environment; the functions have the types of
        // libpmem.h, and the library is never unloaded.
        unsafe {
            let library = Box::leak(Box::new(Library::new("libpmem.so.1").ok()?));
            Some(Functions { memcpy: *library.get(b"pmem_memcpy").ok()?, memset: *library.get(b"pmem_memset").ok()? })
        }
    };
    FUNCTIONS.get_or_init(load).as_ref()
}

pub(super) fn peer() -> Option<Peer> {
    functions()?;
    Some(Peer {
        name: "libpmem",
        version: format!("{}, PMEM_F_MEM_NONTEMPORAL", super::loaded_file("libpmem.so")),
        copy: Some(copy),
        fill: Some(fill),
        pattern: None,
        streams: true,
    })
}

/// # Safety
/// As `memcpy`, and the library is there.
unsafe fn copy(dst: *mut u8, src: *const u8, len: usize) {
    let functions = functions().expect("it was found when the peers were listed");
    // SAFETY: the caller's.
    unsafe { (functions.memcpy)(dst.cast(), src.cast(), len, NONTEMPORAL) };
}

/// # Safety
/// As `memset`, and the library is there.
unsafe fn fill(dst: *mut u8, byte: u8, len: usize) {
    let functions = functions().expect("it was found when the peers were listed");
    // SAFETY: the caller's.
    unsafe { (functions.memset)(dst.cast(), c_int::from(byte), len, NONTEMPORAL) };
}
