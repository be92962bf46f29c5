//! Stub.
#![no_std]

#[cfg(feature = "std")]
extern crate std;

mod arch;
mod backend;
mod free;
mod kernels;
mod pattern;
mod raw;
mod safe;
mod scope;
mod stepped;
mod streamer;
mod writer;

pub use backend::{Backend, UnknownBackend};
pub use free::{
    memcpy_streaming, memcpy_streaming_drain, memcpy_streaming_fixed, memset_pattern_stepped_streaming,
    memset_pattern_streaming, memset_streaming,
};
pub use safe::{copy, copy_uninit, fill, fill_pattern, fill_uninit};
pub use scope::{Scope, scope};
pub use streamer::Streamer;
pub use writer::{WriteError, Writer};

/// Raw copies and fills, and those of a [`scope`], of fewer bytes than this use ordinary stores unless they are whole
/// aligned lines: the partial lines at their ends would outweigh what streaming wins.
pub const BYPASS_LEN: usize = 256;

/// Safe copies and fills of fewer bytes than this use ordinary stores, because each would need a drain of its own, which
/// takes longer than they do.
pub const DRAINED_BYPASS_LEN: usize = 1024;
