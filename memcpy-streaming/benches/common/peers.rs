//! The copies that others use.

use std::ffi::c_void;
use std::hint::black_box;
use std::ptr;

/// A copy that is complete and ordered when it returns.
///
/// # Safety
/// As `memcpy`.
pub(crate) type Copy = unsafe fn(dst: *mut u8, src: *const u8, len: usize);

/// The peers that this machine has, with their names.
pub(crate) fn peers() -> Vec<(&'static str, Copy)> {
    let mut peers: Vec<(&str, Copy)> = vec![("libc memcpy", libc_memcpy)];
    #[cfg(target_arch = "x86_64")]
    {
        peers.push(("rep movsb", x86::rep_movsb));
        if std::is_x86_feature_detected!("avx2") {
            peers.push(("cached AVX2 loop", x86::cached_avx2));
        }
    }
    if pmem::function().is_some() {
        peers.push(("libpmem NT", pmem::memcpy_nontemporal));
    }
    peers
}

/// # Safety
/// As `memcpy`.
unsafe fn libc_memcpy(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller's. The length is hidden, so that it is the library's function that is called.
    unsafe { ptr::copy_nonoverlapping(src, dst, black_box(len)) }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::asm;
    use std::ptr;

    /// # Safety
    /// As `memcpy`.
    pub(super) unsafe fn rep_movsb(dst: *mut u8, src: *const u8, len: usize) {
        // SAFETY: the caller's.
        unsafe {
            asm!("rep movsb", inout("rdi") dst => _, inout("rsi") src => _, inout("rcx") len => _,
                options(nostack, preserves_flags));
        }
    }

    /// The same loop as the streaming one of AVX2, with ordinary stores.
    ///
    /// # Safety
    /// As `memcpy`, and the CPU has AVX2.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn cached_avx2(dst: *mut u8, src: *const u8, len: usize) {
        let lines = len / 64;
        if lines > 0 {
            // SAFETY: `lines` rounds of 64 bytes lie inside both blocks.
            unsafe {
                asm!(
                    "2:",
                    "vmovdqu {v0}, [{s}]",
                    "vmovdqu {v1}, [{s} + 32]",
                    "vmovdqu [{d}], {v0}",
                    "vmovdqu [{d} + 32], {v1}",
                    "add {s}, 64",
                    "add {d}, 64",
                    "dec {n}",
                    "jnz 2b",
                    v0 = out(ymm_reg) _,
                    v1 = out(ymm_reg) _,
                    s = inout(reg) src => _,
                    d = inout(reg) dst => _,
                    n = inout(reg) lines => _,
                    options(nostack),
                );
            }
        }
        let done = 64 * lines;
        // SAFETY: the bytes that are left.
        unsafe { ptr::copy_nonoverlapping(src.add(done), dst.add(done), len - done) }
    }
}

/// PMDK's copy with streaming stores, if its library is installed (Debian: libpmem1).
mod pmem {
    use super::c_void;
    use libloading::Library;
    use std::sync::OnceLock;

    type PmemMemcpy = unsafe extern "C" fn(*mut c_void, *const c_void, usize, u32) -> *mut c_void;

    /// `PMEM_F_MEM_NONTEMPORAL` of libpmem.h.
    const NONTEMPORAL: u32 = 1 << 1;

    pub(super) fn function() -> Option<PmemMemcpy> {
        static FUNCTION: OnceLock<Option<PmemMemcpy>> = OnceLock::new();
        *FUNCTION.get_or_init(|| {
            // SAFETY: libpmem's initialiser only looks at the CPU and the environment; the function has the type of
            // libpmem.h, and the library is never unloaded.
            unsafe {
                let library = Box::leak(Box::new(Library::new("libpmem.so.1").ok()?));
                library.get::<PmemMemcpy>(b"pmem_memcpy").ok().map(|function| *function)
            }
        })
    }

    /// # Safety
    /// As `memcpy`, and the library is there.
    pub(super) unsafe fn memcpy_nontemporal(dst: *mut u8, src: *const u8, len: usize) {
        let function = function().expect("it was found when the peers were listed");
        // SAFETY: the caller's.
        unsafe { function(dst.cast(), src.cast(), len, NONTEMPORAL) };
    }
}
