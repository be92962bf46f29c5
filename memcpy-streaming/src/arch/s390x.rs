//! s390x: every CPU has `mvcl`. All else is ordinary stores, in the order of the program, so that the drain is for the compiler alone.

use crate::Backend;
use crate::kernels::{Kernels, fill_lines_portable};
use memcpy_streaming_s390x::mvcl;

pub(crate) use super::portable::*;

pub(crate) static KERNELS: &[Kernels] = &[Kernels {
    backend: Backend::Mvcl,
    runs: || true,
    // Nobody has measured it.
    is_chosen: || false,
    copy_lines: mvcl::copy_lines,
    copy_lines_l2: mvcl::copy_lines,
    copy_pages: None,
    // It could repeat one byte, but then its padding byte is that one and no hint.
    fill_lines: fill_lines_portable,
    zero_lines: || None,
}];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::LINE;
    use std::vec;
    use std::vec::Vec;

    /// An instruction moves less than 16 MiB: what is longer takes several, and nothing is left out between them.
    #[test]
    fn long_copies_are_whole() {
        for len in [(16 << 20) - LINE, 16 << 20, (16 << 20) + LINE, (33 << 20) + 3 * LINE] {
            let src: Vec<u8> = (0..len + 1).map(|i| (i / 251 + i) as u8).collect();
            let mut dst = vec![0_u8; len + 2 * LINE];
            let at = dst.as_ptr().addr().wrapping_neg() % LINE;
            // SAFETY: so many bytes in two vectors; the destination is aligned.
            unsafe { mvcl::copy_lines(dst[at..].as_mut_ptr(), src[1..].as_ptr(), len / LINE, 0) };
            drain();
            assert!(dst[at..][..len] == src[1..], "{len} bytes");
            assert!(dst[..at].iter().chain(&dst[at + len..]).all(|&byte| byte == 0), "{len} bytes");
        }
    }
}
