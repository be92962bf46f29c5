//! The names of the backends, and which of them run here.

use crate::kernels::{self, Kernels};
use crate::{UnavailableBackend, UnknownBackend, UnknownName};
use core::ffi::CStr;
use core::fmt;
use core::str::FromStr;

pub(crate) mod error;
#[cfg(feature = "std")]
pub(crate) mod from_env;

/// A way to store past the cache.
///
/// Every backend is named on every target, so that programs and command lines are portable;
/// [`is_available`](Backend::is_available) says which of them this CPU can run.
///
/// ```
/// use memcpy_streaming::Backend;
///
/// println!("streaming with {}", Backend::active());
/// assert!(Backend::available().any(|b| b == Backend::Portable));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// x86: 64-byte stores (`vmovntdq zmm`). Chosen by default only on CPUs with AVX-512 VBMI2 (from Ice Lake and Zen 4
    /// on): on the ones before, using 512-bit registers lowered the clock. macOS shows these registers to a process only
    /// after it has used them, so there it is not available.
    Avx512,
    /// x86: 32-byte stores (`vmovntdq ymm`).
    Avx2,
    /// x86: 16-byte stores (`movntdq`). Every x86_64 CPU has them.
    Sse2,
    /// x86: stores from general registers (`movnti`): for kernels, which are built without vector registers.
    Movnti,
    /// x86: direct stores of 64 bytes (`movdir64b`). Never chosen by default: no record shows it to be better for
    /// bulk.
    Movdir64b,
    /// aarch64: pairs of 16-byte registers (`stnp`).
    Neon,
    /// aarch64: pairs of general registers (`stnp`), for code that may not use vector registers. The only one in builds
    /// without floating point (kernels).
    Stnp,
    /// Everywhere: ordinary stores, through the cache.
    Portable,
}

/// The names of [`Backend::ALL`], as [`UnknownName`] lists them.
const NAMES: &[&str] = &{
    let mut names = [""; Backend::ALL.len()];
    let mut i = 0;
    while i < names.len() {
        // In the order of the enumeration, whose last one is there: none is left out, and none is there twice.
        assert!(Backend::ALL[i] as usize == i && Backend::ALL.len() == Backend::Portable as usize + 1);
        names[i] = Backend::ALL[i].name();
        i += 1;
    }
    names
};

impl Backend {
    /// All backends, on whatever target.
    pub const ALL: &'static [Backend] = &[
        Backend::Avx512,
        Backend::Avx2,
        Backend::Sse2,
        Backend::Movnti,
        Backend::Movdir64b,
        Backend::Neon,
        Backend::Stnp,
        Backend::Portable,
    ];

    /// The name, in lower case: what [`Display`](fmt::Display) prints and [`FromStr`] reads.
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// assert_eq!(Backend::Avx512.name(), "avx512");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Backend::Avx512 => "avx512",
            Backend::Avx2 => "avx2",
            Backend::Sse2 => "sse2",
            Backend::Movnti => "movnti",
            Backend::Movdir64b => "movdir64b",
            Backend::Neon => "neon",
            Backend::Stnp => "stnp",
            Backend::Portable => "portable",
        }
    }

    /// The name for C: with a zero byte at its end.
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// assert_eq!(Backend::Avx512.c_name(), c"avx512");
    /// ```
    #[must_use]
    pub const fn c_name(self) -> &'static CStr {
        match self {
            Backend::Avx512 => c"avx512",
            Backend::Avx2 => c"avx2",
            Backend::Sse2 => c"sse2",
            Backend::Movnti => c"movnti",
            Backend::Movdir64b => c"movdir64b",
            Backend::Neon => c"neon",
            Backend::Stnp => c"stnp",
            Backend::Portable => c"portable",
        }
    }

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
        kernels::active().backend
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
        kernels::set_active(kernels::of(self).ok_or(UnavailableBackend(self))?);
        Ok(())
    }

    /// The backends that run on this CPU: best first, then those that run only on request. Never empty: the last is always
    /// [`Portable`](Backend::Portable).
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// for backend in Backend::available() {
    ///     println!("{backend}");
    /// }
    /// ```
    pub fn available() -> impl Iterator<Item = Backend> {
        kernels::available().map(|kernels: &Kernels| kernels.backend)
    }

    /// Whether this CPU, and the operating system, can run the backend in this build.
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// assert!(Backend::Portable.is_available());
    /// ```
    #[must_use]
    pub fn is_available(self) -> bool {
        kernels::of(self).is_some()
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Backend {
    type Err = UnknownBackend;

    fn from_str(name: &str) -> Result<Self, UnknownBackend> {
        Backend::ALL.iter().copied().find(|backend| backend.name() == name).ok_or(UnknownName::new("backend", NAMES))
    }
}
