//! What the fuzz targets do with the bytes that they are given, as plain functions.
//!
//! libFuzzer needs nightly and runs on few targets. These functions need neither: the tests of this crate run the corpora
//! that fuzzing has found, on other targets and on every backend, and a failing input is a test as soon as its file is in
//! the corpus.
//!
//! Bytes are read as choices, and every string of them is a valid program: there is nothing to reject.

mod arena;
mod backends;
mod copies;
mod pages;
mod patterns;
mod writers;

pub use backends::backends;
pub use copies::copy_family;
pub use pages::page_layouts;
pub use patterns::pattern_fill;
pub use writers::writer;

/// Does what some bytes say, and panics if anything comes out wrong.
///
/// The bytes choose backends by number. They are counted from the second argument on, so that a run for each number below
/// that of the backends does each operation with each of them.
pub type Body = fn(&[u8], usize);

/// All of them, by the names of their targets.
pub const BODIES: [(&str, Body); 4] =
    [("copy_family", copy_family), ("writer", writer), ("pattern_fill", pattern_fill), ("page_layouts", page_layouts)];
