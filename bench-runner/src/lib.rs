//! What `cargo xtask bench-matrix` and the program that measures for it have in common: the names of what is measured.
//!
//! The program (`src/main.rs`) is a process of its own, so that it can run with other tunables of libc, under an emulator, or
//! on another machine.

pub mod machine;
mod point;
pub mod protocol;

pub use point::{Cache, Ends, Op, Point, Reread};
