//! PMDK's libraries, those that are installed.

use std::ffi::{c_int, c_void};
use std::path::Path;
use std::ptr::null_mut;
use std::sync::OnceLock;

use libloading::Library;

use super::{Fill, Peer, Run};

type Memcpy = unsafe extern "C" fn(*mut c_void, *const c_void, usize, u32) -> *mut c_void;
type Memset = unsafe extern "C" fn(*mut c_void, c_int, usize, u32) -> *mut c_void;
type Persist = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;

/// The functions of a library, which stays loaded.
struct Functions {
    memcpy: Memcpy,
    memset: Memset,
    persist: Option<Persist>,
}

/// `PMEM_F_MEM_NONTEMPORAL`, and the same of libpmem2.
const NONTEMPORAL: u32 = 1 << 1;

pub(super) fn peers() -> impl Iterator<Item = Peer> {
    [peer::<0>("libpmem", "PMEM", pmem), peer::<1>("libpmem2", "PMEM2", pmem2)].into_iter().flatten()
}

static LOADED: [OnceLock<Functions>; 2] = [const { OnceLock::new() }; 2];

fn loaded(library: usize) -> &'static Functions {
    LOADED[library].get().expect("it was found when the peers were listed")
}

/// A library's number is a constant because a peer's functions are plain ones: they find the library's by it.
fn peer<const LIBRARY: usize>(name: &str, prefix: &str, load: fn() -> Option<Functions>) -> Option<Peer> {
    LOADED[LIBRARY].set(load()?).ok()?;
    let version = format!("{}, {prefix}_F_MEM_NONTEMPORAL", loaded_file(&format!("{name}.so")));
    // SAFETY: the caller's.
    let copy: Run = |dst, src, len| unsafe {
        (loaded(LIBRARY).memcpy)(dst.cast(), src.cast(), len, NONTEMPORAL);
    };
    // SAFETY: the caller's.
    let fill: Fill = |dst, byte, len| unsafe {
        (loaded(LIBRARY).memset)(dst.cast(), c_int::from(byte), len, NONTEMPORAL);
    };
    // SAFETY: the caller's.
    let persist: Run = |dst, src, len| unsafe {
        loaded(LIBRARY).persist.expect("it was found")(dst.cast(), src.cast(), len);
    };
    let persist = loaded(LIBRARY).persist.map(|_| persist);
    Some(Peer { persist, streams: true, ..Peer::new(name, version, copy, fill) })
}

/// libpmem (Debian: libpmem1).
fn pmem() -> Option<Functions> {
    // SAFETY: libpmem's initialiser only looks at the CPU and the environment; the functions have the types of
    // libpmem.h, and the library is never unloaded.
    unsafe {
        let library = Box::leak(Box::new(Library::new("libpmem.so.1").ok()?));
        Some(Functions {
            memcpy: *library.get(b"pmem_memcpy").ok()?,
            memset: *library.get(b"pmem_memset").ok()?,
            persist: Some(*library.get(b"pmem_memcpy_persist").ok()?),
        })
    }
}

/// `PMEM2_GRANULARITY_PAGE`: what any memory has at least.
const GRANULARITY_PAGE: c_int = 2;
/// `PMEM2_PRIVATE`: an anonymous mapping that is not shared.
const PRIVATE: c_int = 1;

/// libpmem2. Its functions come from a mapping; an anonymous one will do, with the granularity of a
/// cache line asked for (`PMEM2_FORCE_GRANULARITY`, which who starts this process sets): of a page, it would call msync.
fn pmem2() -> Option<Functions> {
    type New = unsafe extern "C" fn(*mut *mut c_void) -> c_int;
    type FromAnonymous = unsafe extern "C" fn(*mut *mut c_void, usize) -> c_int;
    type Set = unsafe extern "C" fn(*mut c_void, c_int) -> c_int;
    type Map = unsafe extern "C" fn(*mut *mut c_void, *const c_void, *const c_void) -> c_int;
    // SAFETY: the types of libpmem2.h; objects are made in its order, each checked, and never freed: the functions of the
    // mapping are used until the process ends.
    unsafe {
        let library = Box::leak(Box::new(Library::new("libpmem2.so.1").ok()?));
        let (mut config, mut source, mut map) = (null_mut(), null_mut(), null_mut());
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
        Some(Functions { memcpy, memset, persist: None })
    }
}

/// The file that a loaded library came from, links followed: its name ends with the version.
fn loaded_file(name: &str) -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let path = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains(name));
    let file = path.and_then(|path| Path::new(path).file_name());
    file.map_or_else(|| name.to_string(), |file| file.to_string_lossy().into_owned())
}
