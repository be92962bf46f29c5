//! The handle that is bound to one backend.

use crate::kernels::Kernels;
use crate::{Backend, Tuning, here};
use core::fmt;

/// The operations of this crate, bound to one backend.
///
/// The free functions are `Streamer::new()`'s. A handle is two pointers, `Copy`, and `Send`; holding one saves the look
/// at the process-wide choices, and [`with_backend`](Streamer::with_backend) makes it possible to test or measure every
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
    pub(crate) tuning: &'static Tuning,
}

impl Streamer {
    /// The handle of [`Backend::active`] and [`Tuning::active`].
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// assert_eq!(Streamer::new().backend(), Backend::active());
    /// ```
    #[inline]
    #[must_use]
    pub fn new() -> Streamer {
        Streamer { kernels: here::active(), tuning: Tuning::active() }
    }

    /// The handle of a given backend, and of [`Tuning::active`]; None if this CPU lacks it.
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// assert!(Streamer::with_backend(Backend::Portable).is_some());
    /// ```
    #[must_use]
    pub fn with_backend(backend: Backend) -> Option<Streamer> {
        here::of(backend).map(|kernels| Streamer { kernels, tuning: Tuning::active() })
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

    /// The same handle with another tuning.
    ///
    /// ```
    /// # use memcpy_streaming::{Streamer, Tuning};
    /// let streamer = Streamer::new().with_tuning(Tuning::of_this_cpu());
    /// assert_eq!(streamer.tuning(), Tuning::of_this_cpu());
    /// ```
    #[inline]
    #[must_use]
    pub fn with_tuning(self, tuning: &'static Tuning) -> Streamer {
        Streamer { tuning, ..self }
    }

    /// The sizes and distances that this handle copies and fills by.
    #[inline]
    #[must_use]
    pub fn tuning(self) -> &'static Tuning {
        self.tuning
    }
}

impl Default for Streamer {
    fn default() -> Self {
        Streamer::new()
    }
}

impl fmt::Debug for Streamer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Streamer");
        fields.field("backend", &self.backend());
        // The line of the table by its name, other values as they are.
        match self.tuning.cpu() {
            Some(cpu) => fields.field("tuning", &format_args!("{cpu}")),
            None => fields.field("tuning", &format_args!("{}", self.tuning)),
        };
        fields.finish()
    }
}
