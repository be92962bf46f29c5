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
