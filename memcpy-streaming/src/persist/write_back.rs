//! What is streamed, and what has to be written back.

use super::NoPersistence;
use crate::kernels::LINE;
use crate::raw::{self, Drains};
use crate::{Streamer, arch, pattern};

/// How a CPU writes lines of its caches back to memory.
#[derive(Clone, Copy)]
pub(crate) struct WriteBack {
    /// Writes back lines of 64 bytes, from an aligned one on. Complete after `arch::persist_fence`.
    pub(crate) lines: unsafe fn(line: *const u8, lines: usize),
    /// Whether what was streamed is in no cache, so that it need not be written back.
    pub(crate) streams_past_caches: bool,
}

impl WriteBack {
    /// That of this CPU.
    pub(super) fn of_this_cpu() -> Result<WriteBack, NoPersistence> {
        arch::write_back().ok_or(NoPersistence)
    }

    /// Writes back the lines that `len` bytes are in.
    ///
    /// # Safety
    /// `start` is valid for reads of `len` bytes.
    pub(super) unsafe fn flush(self, start: *const u8, len: usize) {
        if len > 0 {
            let before = start.addr() % LINE;
            // SAFETY: in each of the lines is one of the bytes that the caller vouches for, so all of it can be read: no page ends inside
            // of a line. The CPU has what `lines` needs, because it comes from `write_back`.
            unsafe { (self.lines)(start.wrapping_sub(before), (before + len).div_ceil(LINE)) }
        }
    }

    /// Writes back what is still in caches of `len` bytes that have been written, whose whole lines may be past them.
    ///
    /// # Safety
    /// `dst` is valid for reads of `len` bytes, more than a line if some were streamed with partial lines.
    unsafe fn finish(self, dst: *mut u8, len: usize, lines_are_past: bool) {
        // SAFETY: head and tail are the partial lines of these bytes.
        unsafe {
            if lines_are_past {
                let tail = (dst.addr() + len) % LINE;
                self.flush(dst, dst.addr().wrapping_neg() % LINE);
                self.flush(dst.add(len - tail), tail);
            } else {
                self.flush(dst, len);
            }
        }
        fence();
    }

    /// # Safety
    /// `src` is valid for reads and `dst` for reads and writes of `len` bytes; they do not overlap; nobody else accesses the bytes at `dst`.
    pub(super) unsafe fn copy(self, how: Streamer, dst: *mut u8, src: *const u8, len: usize) {
        // SAFETY: the contract is the same; and what is streamed is fenced before this returns.
        unsafe {
            let streamed = raw::copy(how, dst, src, len, Drains::Once);
            self.finish(dst, len, streamed && self.streams_past_caches);
        }
    }

    /// # Safety
    /// * `value` is valid for reads of `size` bytes, which is not 0, and `dst` for reads and writes of `len`; they do not overlap.
    /// * Nobody else accesses the bytes at `dst`.
    pub(super) unsafe fn fill(self, how: Streamer, dst: *mut u8, len: usize, value: *const u8, size: usize) {
        // SAFETY: the contract is the same; and what is streamed is fenced before this returns. Zeros may be written by CLZERO, of which no
        // manual says that it leaves nothing in a cache.
        unsafe {
            let streamed = pattern::fill(how, dst, len, value, size, Drains::Once);
            let past = streamed && self.streams_past_caches && !arch::is_zero(value, size);
            self.finish(dst, len, past);
        }
    }
}

/// Waits until all that was streamed or written back is where it persists.
pub(super) fn fence() {
    #[cfg(test)]
    crate::listing::enter_fence();
    arch::persist_fence();
}
