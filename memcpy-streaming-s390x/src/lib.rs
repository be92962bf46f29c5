//! The streaming kernel for s390x: the part of [`memcpy-streaming`] that is written in instructions.
//!
//! `MVCL` moves up to 16 MiB. Its padding byte, which a move of equal lengths does not need, is a hint: with `0xb0` the move bypasses the
//! caches, as Linux asks for when it copies a page. The kernel works on *whole lines*: 64 bytes at a 64-byte aligned destination.
//! Unaligned ends, thresholds, dispatch and the safe API live in `memcpy-streaming`. The crate is empty on other architectures.
//!
//! There is no drain: stores of this architecture are seen in the order of the program, those of an `MVCL` too.
//!
//! [`memcpy-streaming`]: https://docs.rs/memcpy-streaming
#![no_std]
#![cfg(target_arch = "s390x")]

pub mod mvcl;

/// Bytes in a line, as `memcpy-streaming` counts. A cache line of this architecture has 256.
pub const LINE: usize = 64;
