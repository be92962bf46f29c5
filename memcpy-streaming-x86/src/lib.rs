//! Streaming-store kernels for x86 and x86_64: the part of [`memcpy-streaming`] that is written in instructions.
//!
//! One module per instruction set, over *whole lines*: 64 bytes at a 64-byte aligned destination, which a
//! write-combining buffer can send to memory in one transfer. Detection, the choice of a kernel,
//! unaligned ends, thresholds and the safe API live in `memcpy-streaming`; nothing here decides anything.
//!
//! | function | what it does |
//! |--|--|
//! | `copy_lines`, `copy_lines_l2` | copies lines from any source alignment, with the widest loads of the set; prefetches into the first-level or second-level cache |
//! | `copy_2_pages`, `copy_4_pages` (SSE2 and wider) | copies groups of pages of 4 KiB, eight lines of each in turn |
//! | `fill_lines` | repeats one line, held in registers |
//! | `fill_ordinary` (SSE2 and wider) | the same by ordinary stores, at any alignment |
//! | `copy_fixed` (not AVX) | copies a constant size in the caller's code, by 8-byte loads |
//! | `zero_lines` (CLZERO) | zeroes lines |
//! | `loads` | copies lines by streaming loads, `movntdqa` |
//! | `units` | copies units of 1, 2, 4 or 8 bytes, one load and one store each |
//! | `flush` | writes lines back to memory: CLWB, CLFLUSHOPT, CLFLUSH |
//!
//! The stores are weakly ordered: [`drain`] orders them before what the thread does next.
//!
//! Every kernel is one block of inline assembly, loads included. So what is measured is what ships, whatever the
//! compiler's version and optimisation level; and bytes that were never initialised (padding) are moved without ever
//! becoming a Rust value.
//!
//! The crate is empty on other architectures, and on x86_64 where pointers have 32 bits (x32): its assembly takes addresses
//! as registers of their full width.
//!
//! [`memcpy-streaming`]: https://docs.rs/memcpy-streaming
#![no_std]
#![cfg(any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]

mod copies;
mod drain;
#[cfg(target_feature = "sse2")]
mod fills;
mod ordinary;
mod prefetch;
mod repeat;
#[cfg(target_feature = "sse2")]
mod upper;

#[cfg(target_arch = "x86_64")]
pub mod clzero;
pub mod flush;
pub mod movdir64b;
pub mod movnti;
pub mod units;
// LLVM cannot select vector instructions on soft-float targets (kernels), so the files are not even compiled there.
#[cfg(target_feature = "sse2")]
pub mod avx2;
#[cfg(target_feature = "sse2")]
pub mod avx512;
#[cfg(target_feature = "sse2")]
pub mod loads;
#[cfg(target_feature = "sse2")]
pub mod sse2;

pub use drain::{drain, load_fence};
pub use ordinary::{copy_record, copy_words};
pub use prefetch::prefetch;
pub use repeat::repeat_in_line;

/// Bytes in a line: one cache line, one write-combining buffer.
pub const LINE: usize = 64;
