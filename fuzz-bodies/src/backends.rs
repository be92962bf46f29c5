//! The backends that an input chooses from.

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Backend, Streamer};

/// The handles of this machine's backends, best first. Panics if `MEMCPY_STREAMING_EXPECT` is set and lists others: a run that is to fuzz
/// the real backends never fuzzes less.
pub static BACKENDS: LazyLock<Vec<Streamer>> = LazyLock::new(|| {
    let available: Vec<_> = Backend::available().collect();
    if let Ok(expected) = std::env::var("MEMCPY_STREAMING_EXPECT") {
        let parse = |name: &str| name.trim().parse().expect("MEMCPY_STREAMING_EXPECT lists backends");
        let expected: Vec<Backend> = expected.split(',').map(parse).collect();
        assert_eq!(available, expected, "this machine has other backends (left) than it should (right)");
    }
    let handle = |&backend: &Backend| Streamer::with_backend(backend).expect("an available backend has a handle");
    let handles: Vec<_> = available.iter().map(handle).collect();
    assert!(handles.iter().zip(&available).all(|(handle, backend)| handle.backend() == *backend));
    handles
});

/// The next backend of an input, counted from `first`.
pub(crate) fn choose(u: &mut Unstructured<'_>, first: usize) -> Result<Streamer> {
    Ok(BACKENDS[(usize::from(u.arbitrary::<u8>()?) + first) % BACKENDS.len()])
}
