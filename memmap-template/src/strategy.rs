//! The ways to write a memmap.

use crate::names::named;

/// How a range is written. All strategies leave the same bytes; they differ in the stores that they use.
///
/// ```
/// use memmap_template::Strategy;
///
/// assert_eq!("stamped".parse(), Ok(Strategy::Stamped));
/// assert_eq!(Strategy::ALL.len(), 4);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Every field of every page by ordinary stores, in the order of the base kernel: the oracle, and the baseline.
    Slow,
    /// A template per range (order-0 and head pages) and per compound (tail pages), copied by ordinary stores.
    Template,
    /// [`Template`](Strategy::Template) with one streaming copy per page: the kernel patch that this project reproduces. A pfn that
    /// starts a pageblock is copied by ordinary stores, and streaming stores are drained before each compound is
    /// completed, before its head is prepared, and at the end of the range.
    Streaming,
    /// The final images of head, first tail, second tail and other tails are computed once and written by streaming range
    /// operations; nothing is patched afterwards, and one drain ends the range.
    Stamped,
}

named!(Strategy, "strategy", Slow => "slow", Template => "template", Streaming => "streaming", Stamped => "stamped");
