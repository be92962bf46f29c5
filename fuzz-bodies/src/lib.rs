//! What the fuzz targets do with the bytes that they are given, as plain functions.
//!
//! libFuzzer needs nightly and runs on few targets. These functions need neither: the tests of this crate run the corpora
//! that fuzzing has found, on other targets and on every backend, and a failing input is a test as soon as its file is in
//! the corpus.
//!
//! Bytes are read as choices, and every string of them is a valid program: there is nothing to reject. They choose backends by number,
//! counted from the functions' second argument on, so that a run for each number below that of the backends does each operation with each
//! of them. A function panics if anything comes out wrong.

mod arena;
mod backends;
mod choices;
mod copies;
mod inputs;
mod op;
mod pages;
mod writers;

pub use backends::BACKENDS;
pub use copies::{copy_family, pattern_fill};
pub use pages::page_layouts;
pub use writers::writer;
