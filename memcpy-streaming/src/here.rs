//! Which backends run here, and which one the process uses.

use crate::arch::KERNELS;
use crate::choice::Chosen;
use crate::kernels::{Kernels, PORTABLE};
use crate::{Backend, UnavailableBackend};

/// The best backend of this CPU. What is there on request only is not asked about: on some systems that takes a system call, which a
/// program that never asks for it need not allow.
fn best() -> &'static Kernels {
    KERNELS.iter().find(|kernels| (kernels.is_chosen)() && (kernels.runs)()).unwrap_or(&PORTABLE)
}

/// The backends that this CPU runs: those that may be chosen, best first, then those on request, then the portable one.
fn available() -> impl Iterator<Item = &'static Kernels> {
    let with = |chosen| KERNELS.iter().filter(move |k| (k.is_chosen)() == chosen && (k.runs)());
    with(true).chain(with(false)).chain([&PORTABLE])
}

/// What the process uses, once it is looked up or chosen.
static ACTIVE: Chosen<Kernels> = Chosen::new();

/// The kernels of [`Backend::active`].
#[inline]
pub(crate) fn active() -> &'static Kernels {
    ACTIVE.get(best)
}

/// The kernels of one backend, if this CPU runs it.
pub(crate) fn of(backend: Backend) -> Option<&'static Kernels> {
    KERNELS.iter().chain([&PORTABLE]).find(|kernels| kernels.backend == backend).filter(|kernels| (kernels.runs)())
}

impl Backend {
    /// The backend of the free functions of this crate: the best one for this CPU, found at first use, unless the program
    /// has chosen another ([`make_active`](Backend::make_active)).
    ///
    /// Under Miri and under sanitizers that watch memory it is [`Portable`](Backend::Portable).
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// assert!(Backend::active().is_available());
    /// ```
    #[inline]
    #[must_use]
    pub fn active() -> Backend {
        active().backend
    }

    /// Makes this the [`active`](Backend::active) backend of the whole process. Any thread may call it at any time; what
    /// others have begun is finished as it was begun, and a [`Streamer`](crate::Streamer) that was made before stays what
    /// it is.
    ///
    /// The choice is the program's: a library that needs a certain backend holds a `Streamer` instead.
    ///
    /// # Errors
    /// If this CPU, or this build, cannot run the backend; then nothing has changed.
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// Backend::Portable.make_active()?;
    /// assert_eq!(Backend::active(), Backend::Portable);
    /// # Ok::<_, memcpy_streaming::UnavailableBackend>(())
    /// ```
    pub fn make_active(self) -> Result<(), UnavailableBackend> {
        ACTIVE.set(of(self).ok_or(UnavailableBackend(self))?);
        Ok(())
    }

    /// The backends that run on this CPU: best first, then those that run only on request. Never empty: the last is always
    /// [`Portable`](Backend::Portable). Where all others run only on request it is the [`active`](Backend::active) one, too.
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// for backend in Backend::available() {
    ///     println!("{backend}");
    /// }
    /// ```
    pub fn available() -> impl Iterator<Item = Backend> {
        available().map(|kernels| kernels.backend)
    }

    /// Whether this CPU, and the operating system, can run the backend in this build.
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// assert!(Backend::Portable.is_available());
    /// ```
    #[must_use]
    pub fn is_available(self) -> bool {
        of(self).is_some()
    }
}
