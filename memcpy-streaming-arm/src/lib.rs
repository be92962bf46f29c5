//! Streaming-store kernels for aarch64: the part of [`memcpy-streaming`] that is written in instructions.
//!
//! `STNP` stores a pair of registers with a hint that the data will not be used again soon; the core may then write it
//! past its caches. `STNT1B` (SVE) and `CPYFPWN`, `SETPN` (FEAT_MOPS) give the same hint. The kernels work on *whole lines*: 64 bytes at a 64-byte aligned destination. Unaligned ends,
//! thresholds, dispatch and the safe API live in `memcpy-streaming`. The crate is empty on other architectures, and where
//! pointers have 32 bits (ILP32, `arm64_32`): its registers have 64.
//!
//! Every kernel is one block of inline assembly, loads included, so every version of the compiler emits the same
//! instructions (the `nontemporal` intrinsics do not become `STNP` everywhere), and bytes that were never initialised
//! (padding) are moved without ever becoming a Rust value.
//!
//! [`memcpy-streaming`]: https://docs.rs/memcpy-streaming
#![no_std]
#![cfg(all(target_arch = "aarch64", target_pointer_width = "64"))]

mod drain;
pub mod flush;
pub mod loads;
pub mod mops;
// Builds without floating point, as kernels are, have no vector registers.
#[cfg(target_feature = "neon")]
pub mod neon;
mod prefetch;
pub mod stnp;
#[cfg(target_feature = "neon")]
pub mod sve;
pub mod units;
pub mod zva;

pub use drain::{drain, load_fence};
pub use prefetch::prefetch;

/// Bytes in a line: one cache line on nearly every aarch64 core.
pub const LINE: usize = 64;
