//! Memory that is not ordinary: every byte is stored once, in ascending order as the program has it, and none is read.
//!
//! The platform's memcpy promises neither: its last store mostly overlaps the one before. So whole lines are left to the kernels that do, and
//! partial ones are stored by words, each where such a word is aligned. Nothing is asked to prefetch a destination, and no kernel for zeros is
//! used: DC ZVA may fault where the memory is no cache's, and it has blocks of its own size.

use super::copy_lines;
use crate::kernels::{Kernels, LINE};
use crate::width::copy_widest;
use crate::{Backend, Streamer};

/// Whether the kernels store each byte once, a line at a time. Neither memcpy promises that, nor an instruction that copies by itself.
#[inline]
pub(crate) fn lines_are_stored_once(kernels: &Kernels) -> bool {
    !matches!(kernels.backend, Backend::Portable | Backend::Mvcl | Backend::Mops)
}

/// Copies `len` bytes, and streams all whole lines of them.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * No other access to the bytes at `dst` by this program before a drain on this thread.
#[inline(never)]
pub(super) unsafe fn copy(how: Streamer, dst: *mut u8, src: *const u8, len: usize) {
    let to_border = dst.addr().wrapping_neg() % LINE;
    let head = if lines_are_stored_once(how.kernels) { to_border.min(len) } else { len };
    let (lines, tail) = ((len - head) / LINE, (len - head) % LINE);
    let body = LINE * lines;
    // SAFETY: head, body and tail are the `len` bytes that the caller vouches for, one after the other; where there is a body, `dst + head` is
    // aligned to a line.
    unsafe {
        copy_widest(dst, src, head, dst.addr());
        if lines > 0 {
            copy_lines(how, dst.add(head), src.add(head), lines);
        }
        copy_widest(dst.add(head + body), src.add(head + body), tail, dst.addr().wrapping_add(head + body));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Drains, copy};
    use super::*;
    use crate::listing::{self, LISTING};
    use crate::{Memory, Scope, WriteOnly};
    use std::vec::Vec;

    /// The whole lines of a destination.
    fn lines_of(dst: &[u8]) -> Vec<*mut u8> {
        let starts = dst.as_ptr_range();
        let first = starts.start.wrapping_add(starts.start.addr().wrapping_neg() % LINE).cast_mut();
        (0..).map(|i| first.wrapping_add(LINE * i)).take_while(|line| line.addr() + LINE <= starts.end.addr()).collect()
    }

    /// Lines are streamed once, whatever the length, and a drain is due also behind a single byte.
    #[test]
    fn whatever_is_stored_is_to_be_drained_and_lines_are_streamed_once() {
        let src = [7; 1000];
        let mut memory = [0; 1000 + LINE];
        let portable = Streamer::with_backend(Backend::Portable).expect("there is always one");
        for len in (0..300).chain([999, 1000]).step_by(if cfg!(miri) { 23 } else { 1 }) {
            for at in [0, 1, 8, 63] {
                let dst = &mut memory[at..][..len];
                listing::take();
                // SAFETY: `len` bytes each, in two arrays; nobody else accesses them.
                assert!(unsafe { copy(LISTING, dst.as_mut_ptr(), src.as_ptr(), len, Drains::Always) }, "{len} bytes");
                assert_eq!(listing::take().lines, lines_of(dst), "{len} bytes at {at}");
                // SAFETY: the same.
                assert!(unsafe { copy(portable, dst.as_mut_ptr(), src.as_ptr(), len, Drains::Always) }, "{len} bytes");
            }
        }
        crate::arch::drain();
    }

    /// What a scope does to a single byte that is not ordinary is drained at its end, by whatever backend; to an ordinary one it is not.
    #[test]
    fn a_byte_is_to_be_drained() {
        type Operation = for<'scope> fn(&'scope Scope<'scope, '_>, WriteOnly<'scope, u8>);
        let operations: [Operation; 5] = [
            |s, dst| s.copy_to(dst, &[7]),
            |s, dst| s.fill_to(dst, 7),
            |s, dst| s.fill_with(dst, |_| 7),
            |s, dst| s.map(dst, &[6], |six| six + 1),
            |s, dst| s.copy_rows(dst, 1, &[7], 1, 1, 1),
        ];
        let portable = Streamer::with_backend(Backend::Portable).expect("there is always one");
        for streamer in [LISTING, portable] {
            for kind in [Memory::Ordinary, Memory::WriteCombining, Memory::Shared] {
                for (i, operation) in operations.iter().enumerate() {
                    let mut byte = 0;
                    streamer.scope(|s| {
                        // SAFETY: a byte that is borrowed for as long, and that nobody else uses.
                        operation(s, unsafe { WriteOnly::from_raw_parts(&raw mut byte, 1, kind) });
                        assert_eq!(s.will_drain(), kind != Memory::Ordinary, "operation {i} on {kind:?}");
                    });
                    assert_eq!(byte, 7);
                }
            }
        }
    }

    /// By all operations, of words; and the kernel for zeros is not asked.
    #[test]
    fn values_are_streamed_once() {
        /// Words that do not cross lines: an array of them may be aligned to 4 bytes only.
        #[repr(align(8))]
        struct Words([u64; COUNT]);
        // Miri takes its time for each.
        const COUNT: usize = if cfg!(miri) { 150 } else { 1200 };
        let Words(memory) = &mut Words([1; COUNT]);
        type Operation = fn(WriteOnly<'_, u64>);
        let operations: [Operation; 4] = [
            |dst| LISTING.fill_to(dst, 0),
            |dst| LISTING.fill_with(dst, |_| 0),
            |dst| LISTING.map(dst, &[0; COUNT], |_| 0),
            |dst| LISTING.copy_to(dst, &[0; COUNT]),
        ];
        for kind in [Memory::WriteCombining, Memory::Shared] {
            for operation in operations {
                memory.fill(1);
                // SAFETY: words are bytes.
                let lines = lines_of(unsafe { memory.align_to().1 });
                listing::take();
                // SAFETY: an array that is borrowed for as long, and that nobody else uses.
                operation(unsafe { WriteOnly::from_raw_parts(memory.as_mut_ptr(), memory.len(), kind) });
                let listed = listing::take();
                assert_eq!((listed.lines, listed.zeroed), (lines, 0));
                assert_eq!(*memory, [0; COUNT]);
            }
        }
    }
}
