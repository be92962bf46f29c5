//! PMDK's libpmem2, if it is installed. Its functions come from a mapping; an anonymous one will do, with the granularity of a
//! cache line asked for (`PMEM2_FORCE_GRANULARITY`, which who starts this process sets): of a page, it would call msync.

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;

use libloading::Library;

use super::Peer;

type Memcpy = unsafe extern "C" fn(*mut c_void, *const c_void, usize, u32) -> *mut c_void;
type Memset = unsafe extern "C" fn(*mut c_void, c_int, usize, u32) -> *mut c_void;

/// `PMEM2_F_MEM_NONTEMPORAL` of libpmem2.h.
const NONTEMPORAL: u32 = 1 << 1;
/// `PMEM2_GRANULARITY_PAGE`: what any memory has at least.
const GRANULARITY_PAGE: c_int = 2;
/// `PMEM2_PRIVATE`: an anonymous mapping that is not shared.
const PRIVATE: c_int = 1;

struct Functions {
    memcpy: Memcpy,
    memset: Memset,
}

static FUNCTIONS: OnceLock<Option<Functions>> = OnceLock::new();

fn functions() -> Option<&'static Functions> {
    // SAFETY: see `load`.
    FUNCTIONS.get_or_init(|| unsafe { load() }).as_ref()
}

/// # Safety
/// None: it is unsafe because it calls a library, with the types and the order of calls of libpmem2.h.
unsafe fn load() -> Option<Functions> {
    type New = unsafe extern "C" fn(*mut *mut c_void) -> c_int;
    type FromAnonymous = unsafe extern "C" fn(*mut *mut c_void, usize) -> c_int;
    type Set = unsafe extern "C" fn(*mut c_void, c_int) -> c_int;
    type Map = unsafe extern "C" fn(*mut *mut c_void, *const c_void, *const c_void) -> c_int;
    // SAFETY: the types of libpmem2.h; objects are made in its order, each checked, and never freed: the functions of the
    // mapping are used until the process ends.
    unsafe {
        let library = Box::leak(Box::new(Library::new("libpmem2.so.1").ok()?));
        let (mut config, mut source, mut map) = (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
        let made = library.get::<New>(b"pmem2_config_new").ok()?(&raw mut config) == 0
            && library.get::<FromAnonymous>(b"pmem2_source_from_anon").ok()?(&raw mut source, 2 << 20) == 0
            && library.get::<Set>(b"pmem2_config_set_required_store_granularity").ok()?(config, GRANULARITY_PAGE) == 0
            && library.get::<Set>(b"pmem2_config_set_sharing").ok()?(config, PRIVATE) == 0
            && library.get::<Map>(b"pmem2_map_new").ok()?(&raw mut map, config, source) == 0;
        if !made {
            return None;
        }
        let memcpy = library.get::<unsafe extern "C" fn(*mut c_void) -> Memcpy>(b"pmem2_get_memcpy_fn").ok()?(map);
        let memset = library.get::<unsafe extern "C" fn(*mut c_void) -> Memset>(b"pmem2_get_memset_fn").ok()?(map);
        Some(Functions { memcpy, memset })
    }
}

pub(super) fn peer() -> Option<Peer> {
    functions()?;
    Some(Peer {
        name: "libpmem2",
        version: format!("{}, PMEM2_F_MEM_NONTEMPORAL", super::loaded_file("libpmem2.so")),
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
