//! The backend that a command streams with.

use memcpy_streaming::{Backend, Streamer};

use crate::failure::Failure;

/// Where memcpy-streaming takes a backend from that is to replace its own choice.
const OVERRIDE: &str = "MEMCPY_STREAMING_BACKEND";

/// The streamer of the best backend, or of the one that the environment names.
pub(crate) fn streamer() -> Result<Streamer, Failure> {
    if let Some(name) = std::env::var_os(OVERRIDE) {
        check(&name.to_string_lossy())?;
    }
    Ok(Streamer::new())
}

/// The library panics at a name that it cannot use: a person gets a line instead.
fn check(name: &str) -> Result<(), Failure> {
    if name.parse().is_ok_and(Backend::is_available) {
        return Ok(());
    }
    let available: Vec<_> = Backend::available().map(Backend::name).collect();
    Err(Failure::input(format_args!(
        "{OVERRIDE} is `{name}`, which is no backend of this machine: available are {}",
        available.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn available_backends_are_taken_and_others_are_not() {
        for backend in Backend::available() {
            assert!(check(backend.name()).is_ok());
        }
        let foreign = if cfg!(target_arch = "aarch64") { "avx2" } else { "neon" };
        for name in ["", "AVX2", "fastest", foreign] {
            assert!(matches!(check(name), Err(Failure::Input(line)) if line.contains("portable")));
        }
    }
}
