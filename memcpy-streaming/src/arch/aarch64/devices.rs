//! Memory that is not ordinary: sources that are not cached, registers of devices, memory that persists.

use super::features::Features;
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

/// DC CVAP where the CPU has it. Else DC CVAC, but only where it is known that there is no DC CVAP: then there is nothing behind the point of
/// coherency. Of programs only Linux is known to allow both (SCTLR_EL1.UCI is set in `INIT_SCTLR_EL1_MMU_ON`,
/// arch/arm64/include/asm/sysreg.h); without a system nobody forbids them, and the build says what there is.
pub(crate) fn write_back() -> Option<WriteBack> {
    let features = Features::of_this_cpu();
    let is_linux = cfg!(any(target_os = "linux", target_os = "android"));
    let lines: unsafe fn(*const u8, usize) = match (is_linux, cfg!(target_os = "none")) {
        (true, _) | (_, true) if features.has(Features::DPB) => flush::cvap,
        (true, _) if features.has(Features::HWCAP) => flush::cvac,
        (_, true) => flush::cvac,
        _ => return None,
    };
    // `stnp` is a hint: what it stores may be in a cache all the same.
    Some(WriteBack { lines, streams_past_caches: false })
}
