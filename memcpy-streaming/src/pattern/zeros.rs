//! Zeros look the same whoever has written them: a kernel for zeros that counts tells whether it was asked.

use super::{ZERO_LEN, fill};
use crate::Backend;
use crate::kernels::{Kernels, LINE, Support};
use core::cell::Cell;
use std::{thread_local, vec};

thread_local! {
    /// The lines that were zeroed by the kernel for it.
    static ZEROED: Cell<usize> = const { Cell::new(0) };
}

/// # Safety
/// As all `zero_lines`.
unsafe fn zero_lines(dst: *mut u8, lines: usize) {
    ZEROED.set(ZEROED.get() + lines);
    // SAFETY: the caller's.
    unsafe { dst.write_bytes(0, LINE * lines) }
}

/// # Safety
/// As all `fill_lines`.
unsafe fn fill_lines(dst: *mut u8, line: *const u8, lines: usize) {
    for i in 0..lines {
        // SAFETY: line `i` of the caller's.
        unsafe { dst.add(LINE * i).copy_from_nonoverlapping(line, LINE) }
    }
}

/// The name is that of a backend that streams, and that is in every build.
static COUNTED: Kernels = Kernels {
    backend: if cfg!(target_arch = "aarch64") { Backend::Neon } else { Backend::Movnti },
    support: || Support::Good,
    // SAFETY: as all `copy_lines`.
    copy_lines: |dst, src, lines, _| unsafe { dst.copy_from_nonoverlapping(src, LINE * lines) },
    fill_lines,
    zero_lines: || Some(zero_lines),
};

/// Lines of `len` bytes, aligned to a line, that the kernel for zeros was asked for.
fn zeroed(len: usize, pattern: &[u8]) -> usize {
    let mut memory = vec![0xa5_u8; len + LINE];
    let at = memory.as_ptr().addr().wrapping_neg() % LINE;
    let dst = memory[at..][..len].as_mut_ptr();
    ZEROED.set(0);
    // SAFETY: `len` bytes of a vector, and a pattern; what is written inline is drained before it is looked at.
    unsafe { fill(&COUNTED, dst, len, pattern.as_ptr(), pattern.len()) };
    crate::memcpy_streaming_drain();
    assert!(memory[at..][..len].iter().zip(pattern.iter().cycle()).all(|(byte, expected)| byte == expected));
    ZEROED.get()
}

#[test]
fn many_zeros_are_left_to_the_kernel_for_zeros() {
    for period in [1, 3, 64, 127, 128] {
        let zeros = vec![0; period];
        assert_eq!(zeroed(ZERO_LEN, &zeros), ZERO_LEN / LINE, "{period}");
        assert_eq!(zeroed(8 * ZERO_LEN + 8, &zeros), 8 * ZERO_LEN / LINE, "{period}");
        assert_eq!(zeroed(ZERO_LEN - LINE, &zeros), 0, "not worth a look: {period}");
        for wrong in [0, period - 1] {
            let mut pattern = zeros.clone();
            pattern[wrong] = 1;
            assert_eq!(zeroed(ZERO_LEN, &pattern), 0, "{period}, a one at {wrong}");
        }
    }
    assert_eq!(zeroed(2 * ZERO_LEN, &[0; 129]), 0, "too long to be looked at");
}
