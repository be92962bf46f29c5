//! Stub.
#![no_std]
mod arch;
mod backend;
mod free;
mod kernels;
mod pattern;
mod raw;
mod stepped;
mod streamer;

pub use backend::{Backend, UnknownBackend};
pub use free::{
    memcpy_streaming, memcpy_streaming_drain, memcpy_streaming_fixed, memset_pattern_stepped_streaming,
    memset_pattern_streaming, memset_streaming,
};
pub use streamer::Streamer;
/// Copies shorter than this, in bytes, are streamed only if they are whole aligned lines.
pub const BYPASS_LEN: usize = 256;
