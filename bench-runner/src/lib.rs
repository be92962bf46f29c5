//! What the commands of `cargo xtask` that measure and the program that measures for one of them have in common: the names of what is
//! measured, memory and places in it, and fills.
//!
//! The program (`src/main.rs`) is a process of its own, so that it can run with other tunables of libc, under an emulator, or
//! on another machine.

#[macro_use]
mod names;

pub mod fills;
pub mod machine;
pub mod memory;
pub mod places;
mod point;
pub mod protocol;
pub mod work;

pub use point::{Cache, Ends, Op, Point, Reread};
