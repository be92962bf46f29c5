//! What is timed, and the times.

use std::num::NonZeroUsize;

use memmap_template::Strategy;
use memmap_template::namespace::Mode;

/// What is timed: a strategy on a number of threads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) strategy: Strategy,
    pub(crate) threads: NonZeroUsize,
}

/// What the others' memmaps are compared with.
pub(crate) const REFERENCE: Way = Way { strategy: Strategy::Slow, threads: NonZeroUsize::MIN };

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.threads.get() {
            1 => self.strategy.fmt(f),
            threads => write!(f, "{} x{threads}", self.strategy),
        }
    }
}

/// One strategy's timings, in milliseconds.
pub(crate) struct Series {
    pub(crate) mode: Mode,
    pub(crate) way: Way,
    pub(crate) pages: u64,
    pub(crate) struct_pages: u64,
    /// Whether the memmap's pages that hold equal tails are shared, so that fewer struct pages than pages are written.
    pub(crate) dedup: bool,
    pub(crate) bytes: u64,
    /// Backing the memory by page frames before the first binding; None if that is left to the binding.
    pub(crate) prefault_ms: Option<f64>,
    pub(crate) first_ms: f64,
    pub(crate) rebind_ms: Vec<f64>,
    /// The fill right before each rebind, on as many threads, over `limit_bytes` of the same memory.
    pub(crate) limit_ms: Vec<f64>,
    pub(crate) limit_bytes: u64,
    /// The same fill on one thread by ordinary stores, in the rounds that began with this strategy.
    pub(crate) ordinary_ms: Vec<f64>,
    /// Whether the memmap that the last rebind left is that of `slow`, byte for byte.
    pub(crate) identical: bool,
}
