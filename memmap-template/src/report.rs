//! What a run did.

use core::fmt;

use memcpy_streaming::Backend;

use crate::strategy::Strategy;

/// Why a fast strategy was asked for and [`Strategy::Slow`] ran.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fallback {
    /// The `page_ref_set` tracepoint is live, and copies would emit no events.
    PageRefSetLive,
    /// A sanitizer has to see every store.
    Sanitizer,
    /// A struct page is no whole words.
    SizeNotWords,
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Fallback::PageRefSetLive => "the page_ref_set tracepoint is live",
            Fallback::Sanitizer => "a sanitizer is on",
            Fallback::SizeNotWords => "a struct page is not whole words",
        })
    }
}

/// What [`MemmapInit::run`](crate::MemmapInit::run) and its siblings did.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitReport {
    /// First pfn that was initialised (after the altmap).
    pub first_pfn: u64,
    /// Pages of the range, as in the kernel's "initialised N pages".
    pub pages: u64,
    /// Struct pages that were written.
    pub struct_pages: u64,
    /// Bytes of these struct pages.
    pub bytes: u64,
    /// Struct pages that streaming stores wrote: `Streaming` copies, and records of `Stamped`. With
    /// [`Backend::Portable`], which has no streaming stores, the calls that would have been streaming.
    pub streamed_copies: u64,
    /// Struct pages that were copied from a template by ordinary stores: all in `Template`, those at the start of a pageblock in `Streaming`
    /// (up to 7.1).
    pub cached_copies: u64,
    /// Drains: 0 in `Slow` and `Template`, one per thread in `Stamped`. In `Streaming` one per thread, and two per compound: before it is
    /// made one, and before `prep_compound_head`, which 6.1 does not call for compounds of two pages. With [`Backend::Portable`] they
    /// are counted all the same.
    pub drains: u64,
    /// Threads that wrote, each a part of the range.
    pub threads: usize,
    /// The strategy that was asked for.
    pub asked: Strategy,
    /// The strategy that ran.
    pub ran: Strategy,
    /// Why these two differ, if they do.
    pub fallback: Option<Fallback>,
    /// Backend of the streamer. `Slow` and `Template` do not use it, and the copies of `Streaming` use general registers
    /// with every backend but [`Backend::Portable`].
    pub backend: Backend,
}

/// What a strategy counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) streamed_copies: u64,
    pub(crate) cached_copies: u64,
    pub(crate) drains: u64,
}

impl core::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.streamed_copies += other.streamed_copies;
        self.cached_copies += other.cached_copies;
        self.drains += other.drains;
    }
}
