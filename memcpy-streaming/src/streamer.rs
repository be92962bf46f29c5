//! The handle that is bound to one backend.

use crate::kernels::{self, Kernels};
use crate::{Backend, choice};
use core::fmt;

/// The operations of this crate, bound to one backend.
///
/// The free functions are `Streamer::new()`'s. A handle is one pointer, `Copy`, and `Send`; holding one saves the look
/// at the process-wide choice, and [`with_backend`](Streamer::with_backend) makes it possible to test or measure every
/// backend of a machine.
///
/// ```
/// use memcpy_streaming::{Backend, Streamer};
///
/// let src = [7_u8; 1000];
/// for backend in Backend::available() {
///     let streamer = Streamer::with_backend(backend).expect("it is available");
///     assert_eq!(streamer.backend(), backend);
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Streamer {
    pub(crate) kernels: &'static Kernels,
}

impl Streamer {
    /// The handle of [`Backend::active`].
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// assert_eq!(Streamer::new().backend(), Backend::active());
    /// ```
    #[inline]
    #[must_use]
    pub fn new() -> Streamer {
        Streamer { kernels: choice::active() }
    }

    /// The handle of a given backend; None if this CPU lacks it.
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// assert!(Streamer::with_backend(Backend::Portable).is_some());
    /// ```
    #[must_use]
    pub fn with_backend(backend: Backend) -> Option<Streamer> {
        kernels::of(backend).map(|kernels| Streamer { kernels })
    }

    /// The backend that this handle is bound to.
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// let portable = Streamer::with_backend(Backend::Portable).unwrap();
    /// assert_eq!(portable.backend(), Backend::Portable);
    /// ```
    #[inline]
    #[must_use]
    pub fn backend(self) -> Backend {
        self.kernels.backend
    }
}

impl Default for Streamer {
    fn default() -> Self {
        Streamer::new()
    }
}

impl fmt::Debug for Streamer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Streamer").field(&self.backend()).finish()
    }
}
