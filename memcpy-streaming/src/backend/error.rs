//! Why a backend cannot be had.

use crate::{Backend, UnknownName};
use core::fmt;

/// The error of parsing a [`Backend`]; it prints the names there are.
///
/// ```
/// use memcpy_streaming::{Backend, UnknownBackend};
///
/// let error: UnknownBackend = "avx1024".parse::<Backend>().unwrap_err();
/// assert!(error.to_string().starts_with("unknown backend: known are avx512, "));
/// ```
pub type UnknownBackend = UnknownName;

/// The error of choosing a [`Backend`] that this CPU, or this build, cannot run; it prints those that it can.
///
/// ```
/// use memcpy_streaming::Backend;
///
/// let foreign = if cfg!(target_arch = "aarch64") { Backend::Avx2 } else { Backend::Neon };
/// let error = foreign.make_active().unwrap_err();
/// assert_eq!(error.backend(), foreign);
/// assert!(error.to_string().ends_with("portable"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnavailableBackend(pub(crate) Backend);

impl UnavailableBackend {
    /// The backend that was asked for.
    #[must_use]
    pub fn backend(self) -> Backend {
        self.0
    }
}

impl fmt::Display for UnavailableBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the backend `{}` is not available here; available are {}", self.0, Names(Backend::available))
    }
}

impl core::error::Error for UnavailableBackend {}

/// Backends as a list of names, with commas between them.
pub(super) struct Names<F>(pub(super) F);

impl<I: Iterator<Item = Backend>, F: Fn() -> I> fmt::Display for Names<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, backend) in self.0().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{backend}")?;
        }
        Ok(())
    }
}
