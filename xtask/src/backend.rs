//! The backend that a command streams with.

use memcpy_streaming::{Backend, Streamer};

use crate::failure::Failure;

/// The streamer of the best backend, or of the one that MEMCPY_STREAMING_BACKEND names.
pub(crate) fn streamer() -> Result<Streamer, Failure> {
    let backend = Backend::from_env().map_err(Failure::input)?;
    backend.make_active().map_err(Failure::input)?;
    Ok(Streamer::new())
}
