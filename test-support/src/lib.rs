//! What the tests and the benchmarks of several crates share: random cases that can be had again; memory that is not in the cache, and races.

pub mod emulator;
#[cfg(not(emulated))]
pub mod memory;
#[cfg(not(emulated))]
pub mod race;
pub mod seeded;
