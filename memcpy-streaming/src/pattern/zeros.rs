//! Zeros look the same whoever has written them: whether the kernel for zeros was asked.

use super::{ZERO_LEN, fill};
use crate::kernels::LINE;
use crate::listing::{self, LISTING};
use crate::raw::Drains;
use std::vec;

/// Lines of `len` bytes, aligned to a line, that the kernel for zeros was asked for.
fn zeroed(len: usize, pattern: &[u8]) -> usize {
    let mut memory = vec![0xa5_u8; len + LINE];
    let at = memory.as_ptr().addr().wrapping_neg() % LINE;
    let dst = memory[at..][..len].as_mut_ptr();
    listing::take();
    // SAFETY: `len` bytes of a vector, and a pattern; what is written inline is drained before it is looked at.
    unsafe { fill(LISTING, dst, len, pattern.as_ptr(), pattern.len(), Drains::Once) };
    crate::memcpy_streaming_drain();
    assert!(memory[at..][..len].iter().zip(pattern.iter().cycle()).all(|(byte, expected)| byte == expected));
    listing::take().zeroed
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
