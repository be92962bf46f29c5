//! Memory that is not ordinary: sources that are not cached, registers of devices, memory that persists.

use crate::Backend;
use crate::arch::load_by_lines::load_by_lines;
use crate::persist::WriteBack;
use memcpy_streaming_arm::{flush, loads};

pub(crate) use memcpy_streaming_arm::flush::persist_fence;
pub(crate) use memcpy_streaming_arm::load_fence;
pub(crate) use memcpy_streaming_arm::units::*;

/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
pub(crate) unsafe fn load(backend: Backend, dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the contract is the same; each function gets aligned lines of the source.
    unsafe {
        match backend {
            #[cfg(target_feature = "neon")]
            Backend::Neon => load_by_lines(dst, src, len, |d, s, n| loads::load_lines_16(d, s, n)),
            _ => load_by_lines(dst, src, len, |d, s, n| loads::load_lines_8(d, s, n)),
        }
    }
}

/// DC CVAP where the CPU has it, else DC CVAC, which then goes as far as there is to go. Of programs only Linux is known to allow both
/// (SCTLR_EL1.UCI is set in `INIT_SCTLR_EL1_MMU_ON`, arch/arm64/include/asm/sysreg.h); without a system nobody forbids them.
pub(crate) fn write_back() -> Option<WriteBack> {
    if !cfg!(any(target_os = "linux", target_os = "android", target_os = "none")) {
        return None;
    }
    let lines: unsafe fn(*const u8, usize) = if has_dpb() { flush::cvap } else { flush::cvac };
    // `stnp` is a hint: what it stores may be in a cache all the same.
    Some(WriteBack { lines, streams_past_caches: false })
}

/// Whether the CPU has a point of persistence (FEAT_DPB): the build says so, or Linux does (HWCAP_DCPOP, Documentation/arch/arm64/elf_hwcaps.rst).
fn has_dpb() -> bool {
    cfg_if::cfg_if! {
        if #[cfg(target_feature = "dpb")] {
            true
        } else if #[cfg(any(target_os = "linux", target_os = "android"))] {
            const AT_HWCAP: core::ffi::c_ulong = 16;
            const HWCAP_DCPOP: core::ffi::c_ulong = 1 << 16;
            unsafe extern "C" {
                /// Of the C library, which programs for these targets have.
                safe fn getauxval(kind: core::ffi::c_ulong) -> core::ffi::c_ulong;
            }
            getauxval(AT_HWCAP) & HWCAP_DCPOP != 0
        } else {
            false
        }
    }
}
