//! The invariants of a freshly initialised memmap, one test each, by number. `inspect` refers to the same numbers.
//!
//! Most are checked on every page of a grid of memmaps: all kernels, orders, layouts and strategies.

#[path = "../common/mod.rs"]
mod common;
mod dedup;
mod gates;
mod grid;
mod heads;
mod pageblocks;
mod pages;
mod primitive;
mod ranges;
mod tails;
