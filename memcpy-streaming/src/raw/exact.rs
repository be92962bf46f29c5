//! Memory that is not ordinary: every byte is stored once, in ascending order but for what the CPU makes of it, and none is read.
//!
//! The platform's memcpy does neither promise: its last store mostly overlaps the one before. So whole lines are left to the kernels, of any
//! backend that streams, and partial ones are stored by words, each where such a word is aligned. Nothing is asked to prefetch a
//! destination, and no kernel for zeros is used: DC ZVA may fault where the memory is no cache's, and it has blocks of its own size.

use super::{copy_lines, is_portable};
use crate::Streamer;
use crate::kernels::LINE;
use crate::width::copy_widest;

/// Copies `len` bytes, and streams all whole lines of them.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * No other access to the bytes at `dst` by this program before a drain on this thread.
#[inline(never)]
pub(super) unsafe fn copy(how: Streamer, dst: *mut u8, src: *const u8, len: usize) {
    let to_border = dst.addr().wrapping_neg() % LINE;
    let head = if is_portable(how.kernels) { len } else { to_border.min(len) };
    let (lines, tail) = ((len - head) / LINE, (len - head) % LINE);
    let body = LINE * lines;
    // SAFETY: head, body and tail are the `len` bytes that the caller vouches for, one after the other; where there is a body, `dst + head` is
    // aligned to a line. The portable backend, whose lines go by memcpy, gets none.
    unsafe {
        copy_widest(dst, src, head, dst.addr());
        if lines > 0 {
            copy_lines(how, dst.add(head), src.add(head), lines);
        }
        copy_widest(dst.add(head + body), src.add(head + body), tail, dst.addr().wrapping_add(head + body));
    }
}
