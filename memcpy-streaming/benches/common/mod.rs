//! What the benchmarks share: memory that is not in the cache, the peers, and the race between them.
#![allow(dead_code, unused_imports)] // Each benchmark uses its part.

mod peers;

pub(crate) use peers::{Copy, peers};
pub(crate) use test_support::memory::{Memory, Random};
pub(crate) use test_support::race::Race;
