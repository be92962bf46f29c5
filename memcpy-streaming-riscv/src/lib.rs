//! Streaming-store kernels for riscv64: the part of [`memcpy-streaming`] that is written in instructions.
//!
//! `NTL.ALL` (Zihintntl) says of the store behind it that the data will not be used again soon; the core may then write it past its caches.
//! It is a hint in the encoding of an addition to `x0`, which every RISC-V CPU executes. The kernels work on *whole lines*: 64 bytes at a
//! 64-byte aligned destination. Unaligned ends, thresholds, dispatch and the safe API live in `memcpy-streaming`. The crate is empty on
//! other architectures, and where pointers have 32 bits.
//!
//! There is no drain: neither the hint nor `CBO.ZERO` changes the order of stores, so that a release fence is one.
//!
//! Every loop is one block of inline assembly, loads included: the compiler emits the same instructions in every version, and bytes
//! that were never initialised (padding) are moved without ever becoming a Rust value.
//!
//! [`memcpy-streaming`]: https://docs.rs/memcpy-streaming
#![no_std]
#![cfg(all(target_arch = "riscv64", target_pointer_width = "64"))]

pub mod zicboz;
pub mod zihintntl;

/// Bytes in a line: one cache line on nearly every riscv64 core.
pub const LINE: usize = 64;
