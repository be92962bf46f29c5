//! The backend that a command streams with.

use memcpy_streaming::{Backend, Streamer, Tuning};

use crate::failure::Failure;

/// The streamer of the best backend, or of the one that MEMCPY_STREAMING_BACKEND names; with the tuning of this CPU, or the one in
/// MEMCPY_STREAMING_TUNING.
pub(crate) fn streamer() -> Result<Streamer, Failure> {
    let backend = Backend::from_env().map_err(Failure::input)?;
    backend.make_active().map_err(Failure::input)?;
    Tuning::from_env().map_err(Failure::input)?.make_active();
    Ok(Streamer::new())
}
