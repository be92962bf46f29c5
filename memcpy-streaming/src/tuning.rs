//! How copies and fills are cut to the CPU: what to prefetch, and from which sizes on to stream.

use crate::choice::Chosen;
use crate::{BYPASS_LEN, DRAINED_BYPASS_LEN, arch};

#[cfg(feature = "std")]
pub(crate) mod from_env;
mod text;

pub use text::InvalidTuning;

/// What a copy prefetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prefetch {
    /// Nothing. The CPU's own prefetchers do what they do.
    None,
    /// The source, into the first-level cache (`prefetcht0`, `pldl1strm`).
    L1,
    /// The source, into the second-level cache (`prefetcht2`, `pldl2strm`).
    L2,
}

/// The sizes and distances that depend on the CPU, not on what it can do but on what it does best.
///
/// The crate has a table with a line for each microarchitecture that somebody measured, and a cautious line for all others. It is looked
/// up once, with the backend. A program may use other values, for example those that `cargo xtask tune` finds on the machine:
///
/// ```
/// use memcpy_streaming::{Streamer, Tuning};
/// use std::sync::OnceLock;
///
/// static MINE: OnceLock<Tuning> = OnceLock::new();
///
/// let tuning: Tuning = "prefetch=l2 ahead=2048 prefetch-from=8192 drained-copy=2048".parse()?;
/// let tuning = MINE.get_or_init(|| tuning);
/// tuning.make_active(); // For the free functions of the whole process ...
/// let streamer = Streamer::new().with_tuning(tuning); // ... or for one handle.
/// assert_eq!(streamer.tuning().ahead(), 2048);
/// # Ok::<_, memcpy_streaming::InvalidTuning>(())
/// ```
///
/// Or it lets a person choose, by `Tuning::from_env` (feature `std`).
///
/// Values are hints: whatever they are, the same bytes are written, and drained calls have drained.
///
/// # As text
///
/// [`Display`](core::fmt::Display) prints, and [`FromStr`](core::str::FromStr) reads, `key=value` pairs with spaces between them. All sizes
/// are in bytes. What is not named has the value of this CPU's line.
///
/// | key | values | meaning |
/// |--|--|--|
/// | `prefetch` | `none`, `l1`, `l2` | what a long copy prefetches |
/// | `ahead` | 64 to 65536, whole lines | how far before it is loaded |
/// | `prefetch-from` | twice `ahead` to 1073741824 | the length from which a copy prefetches |
/// | `pages` | 1, 2, 4 | of how many pages of 4 KiB a long copy takes eight lines each in turn; 1 copies in order |
/// | `pages-from` | twice `pages` of 4 KiB to 1073741824 | the length from which it does |
/// | `bypass` | 256 to 1073741824 | the length from which blocks with partial lines are streamed |
/// | `raw-lines` | 64 to 1073741824 | the length from which raw calls stream whole lines; up to 128 bytes they always do |
/// | `drained-copy` | 1024 to 1073741824 | the length from which safe copies are streamed |
/// | `drained-fill` | 1024 to 1073741824 | the length from which safe fills are streamed |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    pub(crate) cpu: Option<&'static str>,
    pub(crate) prefetch: Prefetch,
    pub(crate) ahead: usize,
    pub(crate) prefetch_from: usize,
    pub(crate) pages: usize,
    pub(crate) pages_from: usize,
    pub(crate) bypass: usize,
    pub(crate) raw_lines: usize,
    pub(crate) drained_copy: usize,
    pub(crate) drained_fill: usize,
}

/// The line of the process, once it is looked up or chosen.
static ACTIVE: Chosen<Tuning> = Chosen::new();

impl Tuning {
    /// For CPUs that nobody has measured: streams no earlier than any that was measured, and copies in order only.
    pub(crate) const CAUTIOUS: Tuning = Tuning {
        cpu: None,
        prefetch: Prefetch::L1,
        ahead: 1024,
        prefetch_from: 32_768,
        pages: 1,
        pages_from: 1 << 20,
        bypass: 512,
        raw_lines: 512,
        drained_copy: 4096,
        drained_fill: 65_536,
    };

    /// The line of this CPU in the crate's table.
    ///
    /// ```
    /// # use memcpy_streaming::Tuning;
    /// println!("{}: {}", Tuning::of_this_cpu().cpu().unwrap_or("no line"), Tuning::of_this_cpu());
    /// ```
    #[must_use]
    pub fn of_this_cpu() -> &'static Tuning {
        arch::tuning()
    }

    /// What the free functions of this crate use: [`of_this_cpu`](Tuning::of_this_cpu), unless the program has chosen another.
    ///
    /// ```
    /// # use memcpy_streaming::Tuning;
    /// assert!(Tuning::active().drained_copy() >= memcpy_streaming::DRAINED_BYPASS_LEN);
    /// ```
    #[inline]
    #[must_use]
    pub fn active() -> &'static Tuning {
        ACTIVE.get(Tuning::of_this_cpu)
    }

    /// Makes this the [`active`](Tuning::active) one of the whole process. Any thread may call it at any time; a
    /// [`Streamer`](crate::Streamer) that was made before stays what it is.
    ///
    /// ```
    /// # use memcpy_streaming::Tuning;
    /// Tuning::of_this_cpu().make_active();
    /// ```
    pub fn make_active(&'static self) {
        ACTIVE.set(self);
    }

    /// The CPU whose line in the table this is; None for the cautious line, and for what a program made.
    #[must_use]
    pub const fn cpu(&self) -> Option<&'static str> {
        self.cpu
    }

    /// What a long copy prefetches.
    #[must_use]
    pub const fn prefetch(&self) -> Prefetch {
        self.prefetch
    }

    /// How far before it is loaded, in bytes.
    #[must_use]
    pub const fn ahead(&self) -> usize {
        self.ahead
    }

    /// The length in bytes from which a copy prefetches.
    #[must_use]
    pub const fn prefetch_from(&self) -> usize {
        self.prefetch_from
    }

    /// Of how many pages a long copy takes eight lines each in turn: 1, 2 or 4. Backends without such a kernel copy in order.
    #[must_use]
    pub const fn pages(&self) -> usize {
        self.pages
    }

    /// The length in bytes from which it does.
    #[must_use]
    pub const fn pages_from(&self) -> usize {
        self.pages_from
    }

    /// The length in bytes from which blocks with partial lines are streamed: no less than [`BYPASS_LEN`].
    #[must_use]
    pub const fn bypass(&self) -> usize {
        self.bypass
    }

    /// The length in bytes from which raw calls, which may be drained one by one, stream blocks of whole lines. Records of up to 128 bytes
    /// are always streamed.
    #[must_use]
    pub const fn raw_lines(&self) -> usize {
        self.raw_lines
    }

    /// The length in bytes from which safe copies are streamed: no less than [`DRAINED_BYPASS_LEN`].
    #[must_use]
    pub const fn drained_copy(&self) -> usize {
        self.drained_copy
    }

    /// The length in bytes from which safe fills are streamed: no less than [`DRAINED_BYPASS_LEN`].
    #[must_use]
    pub const fn drained_fill(&self) -> usize {
        self.drained_fill
    }

    /// Whether the values are what the public constants promise, and what the copy loops need.
    pub(crate) const fn is_valid(&self) -> bool {
        let in_order = match self.prefetch {
            Prefetch::None => true,
            Prefetch::L1 | Prefetch::L2 => {
                self.ahead >= 64
                    && self.ahead <= 65_536
                    && self.ahead.is_multiple_of(64)
                    && self.prefetch_from >= 2 * self.ahead
            }
        };
        let in_turn = match self.pages {
            1 => true,
            2 | 4 => self.pages_from >= 2 * self.pages * 4096,
            _ => false,
        };
        in_order
            && in_turn
            && self.bypass >= BYPASS_LEN
            && self.raw_lines >= 64
            && self.drained_copy >= DRAINED_BYPASS_LEN
            && self.drained_fill >= DRAINED_BYPASS_LEN
    }
}

const _: () = assert!(Tuning::CAUTIOUS.is_valid());
