//! libpmem (Debian: libpmem1).

use libloading::Library;

use super::pmdk::Functions;

pub(super) fn load() -> Option<Functions> {
    // SAFETY: libpmem's initialiser only looks at the CPU and the environment; the functions have the types of
    // libpmem.h, and the library is never unloaded.
    unsafe {
        let library = Box::leak(Box::new(Library::new("libpmem.so.1").ok()?));
        Some(Functions { memcpy: *library.get(b"pmem_memcpy").ok()?, memset: *library.get(b"pmem_memset").ok()? })
    }
}
