//! The `page_ref_set` tracepoint: what an observer of the slow path sees.

use core::cell::Cell;

/// One event: a page's reference count was set.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageRefSet {
    /// The page.
    pub pfn: u64,
    /// Its new count.
    pub count: u32,
}

/// The tracepoint with a probe attached to it.
///
/// Whether it is live decides, once per range, which way the range goes: the fast strategies copy pages and would emit no events, so
/// that a live tracepoint sends them to [`Strategy::Slow`](crate::Strategy::Slow). There, each event looks again, as the kernel's static
/// branch does: a tracepoint that is switched off (or on) in the middle of a range stops (or starts) emitting, and the path stays
/// what it was.
///
/// ```
/// use std::cell::Cell;
///
/// use memmap_template::{PageRefSet, Tracepoint};
///
/// let live = Cell::new(true);
/// let mut events = Vec::new();
/// let mut probe = |event: PageRefSet| events.push(event);
/// let tracepoint = Tracepoint::new(&live, &mut probe);
/// assert!(tracepoint.is_live());
/// ```
pub struct Tracepoint<'a> {
    live: &'a Cell<bool>,
    probe: &'a mut dyn FnMut(PageRefSet),
}

impl<'a> Tracepoint<'a> {
    /// A tracepoint that calls `probe` while `live` is true.
    pub fn new(live: &'a Cell<bool>, probe: &'a mut dyn FnMut(PageRefSet)) -> Tracepoint<'a> {
        Tracepoint { live, probe }
    }

    /// Whether it emits events now.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live.get()
    }
}

impl core::fmt::Debug for Tracepoint<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Tracepoint").field("live", &self.is_live()).finish_non_exhaustive()
    }
}

/// Where the slow path reports counts to.
pub(crate) trait Trace {
    fn page_ref_set(&mut self, pfn: u64, count: u32);
}

/// No tracepoint: nothing is left of it in the code.
pub(crate) struct Untraced;

impl Trace for Untraced {
    #[inline(always)]
    fn page_ref_set(&mut self, _pfn: u64, _count: u32) {}
}

impl Trace for Tracepoint<'_> {
    #[inline]
    fn page_ref_set(&mut self, pfn: u64, count: u32) {
        if self.live.get() {
            (self.probe)(PageRefSet { pfn, count });
        }
    }
}
