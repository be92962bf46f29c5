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
mod choices;
mod copies;
mod pages;
mod writers;

pub use copies::{copy_family, pattern_fill};
pub use pages::page_layouts;
pub use writers::writer;

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Backend, Streamer};

/// The handles of this machine's backends, best first. Panics if `MEMCPY_STREAMING_EXPECT` is set and lists others: a run that is to fuzz
/// the real backends never fuzzes less.
pub static BACKENDS: LazyLock<Vec<Streamer>> = LazyLock::new(|| {
    let handle = |backend| Streamer::with_backend(backend).expect("an available backend has a handle");
    let handles: Vec<_> = Backend::available().map(handle).collect();
    if let Ok(expected) = std::env::var("MEMCPY_STREAMING_EXPECT") {
        let names: Vec<_> = handles.iter().map(|handle| handle.backend().name()).collect();
        let expected: Vec<_> = expected.split(',').map(str::trim).collect();
        assert_eq!(names, expected, "this machine has other backends (left) than it should (right)");
    }
    handles
});

/// The next backend of an input, counted from `first`.
fn choose(u: &mut Unstructured<'_>, first: usize) -> Result<Streamer> {
    Ok(BACKENDS[(usize::from(u.arbitrary::<u8>()?) + first) % BACKENDS.len()])
}
