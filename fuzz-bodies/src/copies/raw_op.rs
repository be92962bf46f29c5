//! The raw operations, and the plain loops for them.

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Streamer, memcpy_streaming_fixed};

use crate::arena::noise;

/// Sizes of copies of a constant size.
const FIXED: [usize; 10] = [1, 8, 15, 31, 56, 64, 72, 96, 128, 256];

/// What is done to some bytes: to all of them, or to the first ones that make whole records.
#[derive(Debug)]
pub(crate) enum RawOp {
    /// Copies noise from a given place on.
    Copy { from: usize },
    /// Copies constant sizes one after the other, by the handle or by the free function.
    Fixed { size: usize, from: usize, free: bool },
    /// Fills with a byte.
    Set { byte: u8 },
}

impl RawOp {
    pub(crate) fn new(u: &mut Unstructured<'_>) -> Result<RawOp> {
        let from = u.int_in_range(0..=4095)?;
        Ok(match u.int_in_range(0..=3)? {
            0 | 1 => RawOp::Copy { from },
            2 => RawOp::Fixed { size: *u.choose(&FIXED)?, from, free: u.arbitrary()? },
            _ => RawOp::Set { byte: u.arbitrary()? },
        })
    }

    /// The plain loop.
    pub(crate) fn model(&self, dst: &mut [u8]) {
        match *self {
            RawOp::Copy { from } => dst.copy_from_slice(&noise()[from..][..dst.len()]),
            RawOp::Fixed { size, from, .. } => {
                let whole = dst.len() - dst.len() % size;
                dst[..whole].copy_from_slice(&noise()[from..][..whole]);
            }
            RawOp::Set { byte } => dst.fill(byte),
        }
    }

    /// The operation under test.
    ///
    /// # Safety
    /// No access to `dst` before a drain.
    pub(crate) unsafe fn run(&self, streamer: Streamer, dst: &mut [u8]) {
        let (len, dst) = (dst.len(), dst.as_mut_ptr());
        match *self {
            RawOp::Copy { from } => {
                let src = noise()[from..][..len].as_ptr();
                // SAFETY: `len` bytes each, in different allocations; the rest is the caller's.
                unsafe { streamer.memcpy_streaming(dst, src, len) };
            }
            RawOp::Fixed { size, from, free } => with_constant!(size, N => {
                let src = noise()[from..][..len].as_ptr();
                for at in (0..len / N).map(|i| N * i) {
                    // SAFETY: `N` bytes before the end of either; the rest is the caller's.
                    unsafe {
                        if free {
                            memcpy_streaming_fixed::<N>(dst.add(at), src.add(at));
                        } else {
                            streamer.memcpy_streaming_fixed::<N>(dst.add(at), src.add(at));
                        }
                    }
                }
            }),
            // SAFETY: `len` bytes; the rest is the caller's.
            RawOp::Set { byte } => unsafe { streamer.memset_streaming(dst, byte, len) },
        }
    }
}
