//! The safe operations, and the plain loops for them.

use std::mem::MaybeUninit;

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Scope, Streamer};

use crate::arena::{as_uninit, noise};

/// Sizes of elements: slices of any type are copied and filled.
pub(super) const ELEMENTS: [usize; 7] = [1, 2, 3, 8, 24, 64, 100];

/// What is done to a slice of bytes, seen as elements; bytes behind the last whole one are left.
#[derive(Debug)]
pub(crate) enum SafeOp {
    /// Copies noise from a given place on.
    Copy { element: usize, from: usize, uninit: bool },
    /// Fills with a value: noise from a given place on, or zeros.
    Fill { element: usize, from: Option<usize>, uninit: bool },
    /// Fills with so many bytes of noise, over and over.
    Pattern { from: usize, period: usize },
}

impl SafeOp {
    pub(crate) fn new(u: &mut Unstructured<'_>) -> Result<SafeOp> {
        let kind = u.int_in_range(0..=3)?;
        let (element, from, uninit) = (*u.choose(&ELEMENTS)?, u.int_in_range(0..=4095)?, u.arbitrary()?);
        Ok(match kind {
            0 => SafeOp::Copy { element, from, uninit },
            1 => SafeOp::Fill { element, from: Some(from), uninit },
            2 => SafeOp::Fill { element, from: None, uninit },
            _ => SafeOp::Pattern { from, period: u.int_in_range(1..=300)? },
        })
    }

    /// The plain loop.
    pub(crate) fn model(&self, dst: &mut [u8]) {
        match *self {
            SafeOp::Copy { element, from, .. } => {
                let whole = dst.len() - dst.len() % element;
                dst[..whole].copy_from_slice(&noise()[from..][..whole]);
            }
            SafeOp::Fill { element, from, .. } => {
                let value = from.map_or(vec![0; element], |from| noise()[from..][..element].to_vec());
                dst.chunks_exact_mut(element).for_each(|chunk| chunk.copy_from_slice(&value));
            }
            SafeOp::Pattern { from, period } => {
                let pattern = &noise()[from..][..period];
                dst.chunks_mut(period).for_each(|chunk| chunk.copy_from_slice(&pattern[..chunk.len()]));
            }
        }
    }

    /// The operation under test, by a handle or by the free function.
    pub(crate) fn run(&self, streamer: Option<Streamer>, dst: &mut [u8]) {
        match *self {
            SafeOp::Copy { element, from, uninit } => with_constant!(element, N => {
                let (src, dst) = (elements::<N>(from, dst.len()), dst.as_chunks_mut::<N>().0);
                match (streamer, uninit) {
                    (Some(streamer), false) => streamer.copy(dst, src),
                    (None, false) => memcpy_streaming::copy(dst, src),
                    (Some(streamer), true) => assert_eq!(streamer.copy_uninit(as_uninit(dst), src), src),
                    (None, true) => assert_eq!(memcpy_streaming::copy_uninit(as_uninit(dst), src), src),
                }
            }),
            SafeOp::Fill { element, from, uninit } => with_constant!(element, N => {
                let (dst, value) = (dst.as_chunks_mut::<N>().0, value::<N>(from));
                match (streamer, uninit) {
                    (Some(streamer), false) => streamer.fill(dst, value),
                    (None, false) => memcpy_streaming::fill(dst, value),
                    (Some(streamer), true) => assert!(streamer.fill_uninit(as_uninit(dst), value).iter().all(|e| *e == value)),
                    (None, true) => assert!(memcpy_streaming::fill_uninit(as_uninit(dst), value).iter().all(|e| *e == value)),
                }
            }),
            SafeOp::Pattern { from, period } => match streamer {
                Some(streamer) => streamer.fill_pattern(dst, &noise()[from..][..period]),
                None => memcpy_streaming::fill_pattern(dst, &noise()[from..][..period]),
            },
        }
    }

    /// The same in a scope.
    pub(crate) fn run_in<'scope>(&self, s: &Scope<'scope, '_>, dst: &'scope mut [u8]) {
        match *self {
            SafeOp::Copy { element, from, uninit } => with_constant!(element, N => {
                let src = elements::<N>(from, dst.len());
                let dst = dst.as_chunks_mut::<N>().0;
                if uninit { s.copy_uninit(as_uninit(dst), src) } else { s.copy(dst, src) }
            }),
            SafeOp::Fill { element, from, uninit } => with_constant!(element, N => {
                let (dst, value) = (dst.as_chunks_mut::<N>().0, value::<N>(from));
                if uninit { s.fill(as_uninit(dst), MaybeUninit::new(value)) } else { s.fill(dst, value) }
            }),
            SafeOp::Pattern { from, period } => s.fill_pattern(dst, &noise()[from..][..period]),
        }
    }
}

/// Noise as elements: those that fit into `len` bytes.
pub(super) fn elements<const N: usize>(from: usize, len: usize) -> &'static [[u8; N]] {
    noise()[from..][..len].as_chunks().0
}

fn value<const N: usize>(from: Option<usize>) -> [u8; N] {
    from.map_or([0; N], |from| elements(from, N)[0])
}
