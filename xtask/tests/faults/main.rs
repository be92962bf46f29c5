//! The commands on a machine that fails them: a clear message, the right exit code, no partial file, no process left behind.
//!
//! One file a fault, which goes through the same commands. `MEMCPY_STREAMING_GRID=full` sends more signals.

mod commands;
mod cpu;
mod disk;
mod memory;
mod pages;
mod pipe;
#[path = "../common/programs.rs"]
mod programs;
mod runner;
mod signal;
mod terminal;
