//! Memory that is not ordinary: sources that are not cached, registers of devices, memory that persists.

use super::cpu::Features;
use crate::Backend;
use crate::arch::load_by_lines::load_by_lines;
use crate::kernels::LINE;
use crate::persist::WriteBack;
use memcpy_streaming_x86::{flush, units};

pub(crate) use memcpy_streaming_x86::load_fence;
pub(crate) use memcpy_streaming_x86::units::*;

/// Streaming stores and all flushes are ordered by the same fence; what it has ordered is accepted by the memory controller, and
/// that is where persistence begins on x86 (ADR).
pub(crate) use memcpy_streaming_x86::drain as persist_fence;

/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * The CPU has the backend.
pub(crate) unsafe fn load(backend: Backend, dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the caller vouches for the blocks, of which each function gets aligned lines of the source, and for the backend: the CPU has its
    // registers. SSE4.1 is looked for.
    unsafe {
        match backend {
            #[cfg(target_feature = "sse2")]
            Backend::Avx512 => load_by_lines(dst, src, len, |d, s, n| super::x86::loads::load_lines_64(d, s, n)),
            #[cfg(target_feature = "sse2")]
            Backend::Avx2 => load_by_lines(dst, src, len, |d, s, n| super::x86::loads::load_lines_32(d, s, n)),
            #[cfg(target_feature = "sse2")]
            Backend::Sse2 if Features::of_this_cpu().has(Features::SSE41) => {
                load_by_lines(dst, src, len, |d, s, n| super::x86::loads::load_lines_16(d, s, n));
            }
            _ => load_by_lines(dst, src, len, |d, s, n| load_lines_of_words(d, s, n)),
        }
    }
}

/// # Safety
/// `src` is 64-byte aligned and valid for reads, `dst` valid for writes, of `64 * lines` bytes; they do not overlap.
unsafe fn load_lines_of_words(dst: *mut u8, src: *const u8, lines: usize) {
    const WORD: usize = size_of::<usize>();
    // SAFETY: so many lines are so many words.
    unsafe {
        #[cfg(target_pointer_width = "64")]
        units::copy_u64(dst, src, WORD, LINE / WORD * lines);
        #[cfg(target_pointer_width = "32")]
        units::copy_u32(dst, src, WORD, LINE / WORD * lines);
    }
}

/// The best that this CPU has.
pub(crate) fn write_back() -> Option<WriteBack> {
    let features = Features::of_this_cpu();
    let lines: unsafe fn(*const u8, usize) = if features.has(Features::CLWB) {
        flush::clwb
    } else if features.has(Features::CLFLUSHOPT) {
        flush::clflushopt
    } else if features.has(Features::CLFLUSH) {
        flush::clflush
    } else {
        return None;
    };
    // A streaming store evicts its line: Linux's memcpy_flushcache (arch/x86/lib/usercopy_64.c) and PMDK rely on it, too.
    Some(WriteBack { lines, streams_past_caches: true })
}
