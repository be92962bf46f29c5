//! A range as strategies see it: which pages, where they are written, and where they are said to be.

use crate::page::{Page, STRUCT_PAGE_SIZE};

/// What `memmap_init_zone_device` loops over.
///
/// Whoever makes one vouches for `memmap`: the struct pages of all pfns of the range are valid for writes and aligned, and
/// nobody else accesses them while a strategy runs. That is what the strategies' safety rests on.
#[derive(Clone, Copy)]
pub(crate) struct PageRange {
    /// First pfn; a multiple of the compound's pages.
    pub(crate) first_pfn: u64,
    /// Number of pages; a multiple of the compound's pages.
    pub(crate) pages: u64,
    /// Order of the compounds, 0 for none.
    pub(crate) order: u32,
    /// The struct page of `first_pfn`.
    pub(crate) memmap: *mut Page,
    /// Where the struct page of `first_pfn` is said to be.
    pub(crate) address: u64,
}

impl PageRange {
    /// Pages of a compound.
    #[inline(always)]
    pub(crate) fn compound(&self) -> u64 {
        1 << self.order
    }

    /// The pfns of the compounds' heads.
    #[inline(always)]
    pub(crate) fn compounds(&self) -> impl Iterator<Item = u64> + use<> {
        let (first_pfn, order) = (self.first_pfn, self.order);
        (0..self.pages >> order).map(move |i| first_pfn + (i << order))
    }

    /// One past the last pfn.
    #[inline(always)]
    pub(crate) fn end_pfn(&self) -> u64 {
        self.first_pfn + self.pages
    }

    /// Where the struct page of `pfn` is said to be.
    #[inline(always)]
    pub(crate) fn address(&self, pfn: u64) -> u64 {
        self.address + (pfn - self.first_pfn) * STRUCT_PAGE_SIZE
    }

    /// Where the struct page of `pfn` is.
    ///
    /// # Safety
    ///
    /// `pfn` is in the range, or its end.
    #[inline(always)]
    pub(crate) unsafe fn page(&self, pfn: u64) -> *mut Page {
        // SAFETY: the memmap has a struct page for every pfn of the range; their number fits a usize since they are memory.
        unsafe { self.memmap.add((pfn - self.first_pfn) as usize) }
    }
}
