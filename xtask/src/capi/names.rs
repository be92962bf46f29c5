//! What the files are called.

pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
pub(super) const STATIC: &str = "libmemcpy_streaming.a";
pub(super) const SHARED: &str = "libmemcpy_streaming.so";
pub(super) const HEADER: &str = "memcpy_streaming.h";

/// The version of the ABI: what programs that were linked ask for. Before 1.0 each minor version may break it, afterwards each
/// major one, as cargo-c has it.
pub(crate) fn soname() -> String {
    let mut numbers = VERSION.split('.');
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    if major == "0" { format!("{SHARED}.0.{minor}") } else { format!("{SHARED}.{major}") }
}
