//! The names of the backends, and which of them run here.

use crate::kernels::{self, Kernels};
#[cfg(feature = "capi")]
use core::ffi::CStr;
use core::fmt;
use core::str::FromStr;

/// Makes [`Backend`] of its list of names: the enumeration, `ALL` and `name`.
macro_rules! backends {
    ($(#[$type:meta])* pub enum Backend { $($(#[$about:meta])* $backend:ident = $name:literal,)* }) => {
        $(#[$type])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Backend {
            $($(#[$about])* $backend,)*
        }

        impl Backend {
            /// All backends, on whatever target.
            pub const ALL: &'static [Backend] = &[$(Backend::$backend,)*];

            /// The name, in lower case: what [`Display`](fmt::Display) prints and [`FromStr`] reads.
            ///
            /// ```
            /// # use memcpy_streaming::Backend;
            /// assert_eq!(Backend::Avx512.name(), "avx512");
            /// ```
            pub const fn name(self) -> &'static str {
                match self {
                    $(Backend::$backend => $name,)*
                }
            }

            /// The same for C.
            #[cfg(feature = "capi")]
            pub(crate) const fn c_name(self) -> &'static CStr {
                match self {
                    $(Backend::$backend => const {
                        match CStr::from_bytes_with_nul(concat!($name, "\0").as_bytes()) {
                            Ok(name) => name,
                            Err(_) => panic!("a name without zero bytes"),
                        }
                    },)*
                }
            }
        }
    };
}

backends! {
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
    pub enum Backend {
        /// x86: 64-byte stores (`vmovntdq zmm`). Chosen by default only on CPUs with AVX-512 VNNI or VBMI2: on the ones
        /// before, using 512-bit registers lowered the clock.
        Avx512 = "avx512",
        /// x86: 32-byte stores (`vmovntdq ymm`).
        Avx2 = "avx2",
        /// x86: 16-byte stores (`movntdq`). Every x86_64 CPU has them.
        Sse2 = "sse2",
        /// x86: stores from general registers (`movnti`), for code that may not use vector registers.
        Movnti = "movnti",
        /// x86: direct stores of 64 bytes (`movdir64b`). Never chosen by default: on no machine has it been measured to be
        /// better for bulk.
        Movdir64b = "movdir64b",
        /// aarch64: pairs of 16-byte registers (`stnp`).
        Neon = "neon",
        /// aarch64: pairs of general registers (`stnp`), for code that may not use vector registers. The only one in builds
        /// without floating point (kernels).
        Stnp = "stnp",
        /// Everywhere: ordinary stores, through the cache.
        Portable = "portable",
    }
}

impl Backend {
    /// The backend of the free functions of this crate, found at first use.
    ///
    /// It is the best one for this CPU, unless the environment variable `MEMCPY_STREAMING_BACKEND` names another
    /// (feature `std`). Under Miri and under sanitizers that watch memory it is [`Portable`](Backend::Portable).
    ///
    /// # Panics
    /// With feature `std`, at the first use of the crate, if `MEMCPY_STREAMING_BACKEND` names a backend that does not
    /// exist or is not available.
    ///
    /// ```
    /// # use memcpy_streaming::Backend;
    /// assert!(Backend::active().is_available());
    /// ```
    #[inline]
    pub fn active() -> Backend {
        kernels::active().backend
    }

    /// The backends that run on this CPU, best first. Never empty: the last is always [`Portable`](Backend::Portable).
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
    pub fn is_available(self) -> bool {
        Backend::available().any(|backend| backend == self)
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
        Backend::ALL.iter().copied().find(|backend| backend.name() == name).ok_or(UnknownBackend)
    }
}

/// The error of parsing a [`Backend`]; it prints the names there are.
///
/// ```
/// use memcpy_streaming::Backend;
///
/// let error = "avx1024".parse::<Backend>().unwrap_err();
/// assert!(error.to_string().starts_with("unknown backend; known are avx512, "));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownBackend;

impl fmt::Display for UnknownBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown backend; known are ")?;
        list(f, Backend::ALL.iter().copied())
    }
}

impl core::error::Error for UnknownBackend {}

/// Writes names with commas between them.
fn list(f: &mut fmt::Formatter<'_>, backends: impl Iterator<Item = Backend>) -> fmt::Result {
    for (i, backend) in backends.enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        f.write_str(backend.name())?;
    }
    Ok(())
}

/// The available backends as a list of names.
#[cfg(feature = "std")]
pub(crate) struct AvailableNames;

#[cfg(feature = "std")]
impl fmt::Display for AvailableNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, Backend::available())
    }
}
