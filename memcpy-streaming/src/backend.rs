//! The names of the backends.

use crate::{UnknownBackend, UnknownName};
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
    /// aarch64: pairs of 16-byte registers (`stnp`). A CPU may ignore the hint. On Cortex-A53 and A57 Trusted Firmware turns it off
    /// ([`A53_DISABLE_NON_TEMPORAL_HINT`, `A57_DISABLE_NON_TEMPORAL_HINT`](https://trustedfirmware-a.readthedocs.io/en/latest/design/cpu-specific-build-macros.html),
    /// both on by default), because there it slows code down: on such cores this is an ordinary copy at best.
    Neon,
    /// aarch64: pairs of general registers (`stnp`), for code that may not use vector registers. The only one in builds
    /// without floating point (kernels).
    Stnp,
    /// aarch64: SVE's non-temporal stores (`stnt1b`), a line by as many registers as it takes, whatever their length. Never chosen by
    /// default: nobody has measured it. Linux must say that programs may use SVE.
    Sve,
    /// aarch64: the memory copy and set instructions (FEAT_MOPS) with the non-temporal hint for stores (`cpyfpwn`, `setpn` and those that
    /// follow). Fills of more than one byte value use `stnp`. Never chosen by default: nobody has measured it. Linux must say that
    /// programs may use it.
    Mops,
    /// riscv64: ordinary stores, each behind the hint that the data will not be used again (`ntl.all`, Zihintntl). Never chosen by default:
    /// nobody has measured it. Every RISC-V CPU executes the hint. It is refused only where Linux says that this CPU ignores it.
    Zihintntl,
    /// s390x: `mvcl` with the padding byte by which Linux asks to bypass the cache when it copies a page. Fills, and copies of a constant
    /// size or of one line, are ordinary stores. Never chosen by default: nobody has measured it. Every CPU has it.
    Mvcl,
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
        Backend::Sve,
        Backend::Mops,
        Backend::Zihintntl,
        Backend::Mvcl,
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
            Backend::Sve => "sve",
            Backend::Mops => "mops",
            Backend::Zihintntl => "zihintntl",
            Backend::Mvcl => "mvcl",
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
            Backend::Sve => c"sve",
            Backend::Mops => c"mops",
            Backend::Zihintntl => c"zihintntl",
            Backend::Mvcl => c"mvcl",
            Backend::Portable => c"portable",
        }
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
