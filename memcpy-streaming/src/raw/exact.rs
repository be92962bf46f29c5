//! Memory that is not ordinary: every byte is stored once, in ascending order but for what the CPU makes of it, and none is read.
//!
//! The platform's memcpy does neither promise: its last store mostly overlaps the one before. So whole lines are left to the kernels, of any
//! backend that streams, and partial ones are stored by words, each where such a word is aligned. Nothing is asked to prefetch a
//! destination, and no kernel for zeros is used: DC ZVA may fault where the memory is no cache's, and it has blocks of its own size.

use super::{copy_lines, is_portable};
use crate::Streamer;
use crate::kernels::LINE;
use core::mem::MaybeUninit;
use core::ptr;

const WORD: usize = size_of::<usize>();

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
        copy_words(dst, src, head);
        if lines > 0 {
            copy_lines(how, dst.add(head), src.add(head), lines);
        }
        copy_words(dst.add(head + body), src.add(head + body), tail);
    }
}

/// Copies `len` bytes by the widest stores, up to a word, that are aligned and fit.
///
/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
unsafe fn copy_words(mut dst: *mut u8, mut src: *const u8, mut len: usize) {
    while len > 0 {
        let mut size = 1 << (dst.addr() | WORD).trailing_zeros();
        while size > len {
            size /= 2;
        }
        // SAFETY: `size` bytes, no more than are left, at an address that is a multiple of it, because it is a power of two no
        // larger than the address's alignment.
        unsafe {
            match size {
                1 => copy_one::<u8>(dst, src),
                2 => copy_one::<u16>(dst, src),
                4 => copy_one::<u32>(dst, src),
                _ => copy_one::<usize>(dst, src),
            }
            (dst, src) = (dst.add(size), src.add(size));
        }
        len -= size;
    }
}

/// Copies one value by one store, some or all of whose bytes may not be initialised. A volatile store is neither split, nor
/// merged with others, nor made twice.
///
/// # Safety
/// As [`copy_words`], with the size of `T`; `dst` is aligned for it.
#[inline(always)]
unsafe fn copy_one<T>(dst: *mut u8, src: *const u8) {
    // SAFETY: the caller vouches for a value's bytes on both sides, and for the alignment of the one that is stored.
    unsafe { ptr::write_volatile(dst.cast::<MaybeUninit<T>>(), src.cast::<MaybeUninit<T>>().read_unaligned()) }
}
