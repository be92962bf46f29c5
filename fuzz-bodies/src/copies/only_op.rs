//! The operations on memory that is only written, and the plain loops for them.

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Memory, Streamer, WriteOnly};

use super::safe_op::{ELEMENTS, elements};
use crate::arena::noise;

/// What is done to a slice of bytes, which is taken for some memory and seen as elements; bytes behind the last whole one are left.
#[derive(Debug)]
pub(crate) struct OnlyOp {
    memory: Memory,
    in_scope: bool,
    from: usize,
    what: What,
}

#[derive(Debug)]
enum What {
    Copy {
        element: usize,
    },
    /// With the first element of the source.
    Fill {
        element: usize,
    },
    Make {
        element: usize,
    },
    Map {
        element: usize,
    },
    /// As many as fit, with so many bytes between them at each side.
    Rows {
        width: usize,
        dst_gap: usize,
        src_gap: usize,
    },
    Append {
        record: usize,
    },
}

impl OnlyOp {
    pub(crate) fn new(u: &mut Unstructured<'_>) -> Result<OnlyOp> {
        let memory = *u.choose(&[Memory::Ordinary, Memory::WriteCombining, Memory::Shared])?;
        let (in_scope, from, element) = (u.arbitrary()?, u.int_in_range(0..=4095)?, *u.choose(&ELEMENTS)?);
        let what = match u.int_in_range(0..=5)? {
            0 => What::Copy { element },
            1 => What::Fill { element },
            2 => What::Make { element },
            3 => What::Map { element },
            4 => {
                let (width, dst_gap) = (u.int_in_range(1..=1000)?, u.int_in_range(0..=100)?);
                What::Rows { width, dst_gap, src_gap: u.int_in_range(0..=dst_gap)? }
            }
            _ => What::Append { record: u.int_in_range(1..=1500)? },
        };
        Ok(OnlyOp { memory, in_scope, from, what })
    }

    /// The plain loop.
    pub(crate) fn model(&self, dst: &mut [u8]) {
        let src = &noise()[self.from..];
        match self.what {
            What::Copy { element } | What::Make { element } | What::Map { element } => {
                let whole = dst.len() - dst.len() % element;
                dst[..whole].copy_from_slice(&src[..whole]);
            }
            What::Fill { element } => {
                dst.chunks_exact_mut(element).for_each(|chunk| chunk.copy_from_slice(&src[..element]));
            }
            What::Rows { width, dst_gap, src_gap } => {
                for row in 0..rows(dst.len(), width, dst_gap) {
                    dst[row * (width + dst_gap)..][..width].copy_from_slice(&src[row * (width + src_gap)..][..width]);
                }
            }
            What::Append { .. } => dst.copy_from_slice(&src[..dst.len()]),
        }
    }

    /// The operation under test, by a handle or in a scope of it.
    pub(crate) fn run(&self, streamer: Streamer, dst: &mut [u8]) {
        let OnlyOp { memory, in_scope, from, .. } = *self;
        let len = dst.len();
        // SAFETY: bytes that are borrowed for as long; whatever memory it is taken for, it takes the same stores.
        let all = unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr(), len, memory) };
        /// The method of this name of the handle, or of a scope.
        macro_rules! call {
            ($name:ident($($argument:expr),*)) => {
                if in_scope { streamer.scope(|s| s.$name($($argument),*)) } else { streamer.$name($($argument),*) }
            };
        }
        match self.what {
            What::Copy { element } => {
                with_constant!(element, N => call!(copy_to(values::<N>(dst, memory), elements(from, len))))
            }
            What::Fill { element } => with_constant!(element, N => {
                call!(fill_to(values::<N>(dst, memory), elements::<N>(from, N)[0]));
            }),
            What::Make { element } => with_constant!(element, N => {
                let src = elements::<N>(from, len);
                call!(fill_with(values::<N>(dst, memory), |i| src[i]));
            }),
            What::Map { element } => with_constant!(element, N => {
                call!(map(values::<N>(dst, memory), elements::<N>(from, len), |value| value));
            }),
            What::Rows { width, dst_gap, src_gap } => {
                let (rows, src) = (rows(len, width, dst_gap), &noise()[from..]);
                call!(copy_rows(all, width + dst_gap, src, width + src_gap, width, rows));
            }
            What::Append { record } => streamer.scope(|s| {
                let mut writer = s.writer_to(all);
                let src = &noise()[from..][..len];
                src.chunks(record).for_each(|record| writer.append(record).expect("it fits"));
            }),
        }
    }
}

fn values<const N: usize>(dst: &mut [u8], memory: Memory) -> WriteOnly<'_, [u8; N]> {
    // SAFETY: as for the bytes; arrays of them have any alignment.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr().cast(), dst.len() / N, memory) }
}

/// How many rows fit.
fn rows(len: usize, width: usize, gap: usize) -> usize {
    (len + gap) / (width + gap)
}
