//! libpmem2. Its functions come from a mapping; an anonymous one will do, with the granularity of a
//! cache line asked for (`PMEM2_FORCE_GRANULARITY`, which who starts this process sets): of a page, it would call msync.

use std::ffi::{c_int, c_void};

use libloading::Library;

use super::pmdk::{Functions, Memcpy, Memset};

/// `PMEM2_GRANULARITY_PAGE`: what any memory has at least.
const GRANULARITY_PAGE: c_int = 2;
/// `PMEM2_PRIVATE`: an anonymous mapping that is not shared.
const PRIVATE: c_int = 1;

pub(super) fn load() -> Option<Functions> {
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
