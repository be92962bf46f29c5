//! A range as strategies see it: which pages, where they are written, and where they are said to be.

use crate::page::Layout;

/// What `memmap_init_zone_device` loops over.
///
/// The strategies' safety rests on what whoever makes one vouches for, as long as a strategy runs:
///
/// - *valid*: the struct pages of all pfns of the range, from `memmap` on, lie in one allocation and are valid for reads and writes,
///   whether they are initialised or not; compounds are whole;
/// - *aligned*: `memmap`, and so each of them, is aligned to words, unless struct pages are no whole words;
/// - *exclusive*: nobody else accesses them.
#[derive(Clone, Copy)]
pub(crate) struct PageRange {
    /// First pfn; a multiple of the compound's pages.
    pub(crate) first_pfn: u64,
    /// Number of pages; a multiple of the compound's pages.
    pub(crate) pages: u64,
    /// Order of the compounds, 0 for none.
    pub(crate) order: u32,
    /// Struct pages of a compound that are written (`compound_nr_pages`): all of them, or those that are not shared.
    pub(crate) compound_nr_pages: u64,
    /// The struct page of `first_pfn`.
    pub(crate) memmap: *mut u8,
    /// Where the struct page of `first_pfn` is said to be.
    pub(crate) address: u64,
}

impl PageRange {
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
    pub(crate) fn address<L: Layout>(&self, pfn: u64) -> u64 {
        self.address + (pfn - self.first_pfn) * L::SIZE
    }

    /// Where the struct page of `pfn` is.
    ///
    /// # Safety
    ///
    /// `pfn` is in the range, or its end; struct pages are those of `L`.
    #[inline(always)]
    pub(crate) unsafe fn page<L: Layout>(&self, pfn: u64) -> *mut L {
        // SAFETY: the pfn is in the range or its end, and pages are those of `L`, by the contract of this function: the offset stays in the
        // allocation that a range's memmap is, or at its end, and therefore fits a usize, in bytes an isize.
        unsafe { self.memmap.cast::<L>().add((pfn - self.first_pfn) as usize) }
    }

    /// The same range from `pfn` to `end`, both borders of compounds in it.
    #[cfg(feature = "std")]
    pub(crate) fn part(&self, pfn: u64, end: u64, struct_page_size: u64) -> PageRange {
        let skipped = (pfn - self.first_pfn) * struct_page_size;
        PageRange {
            first_pfn: pfn,
            pages: end - pfn,
            // In the memmap, which is memory: the offset fits a usize.
            memmap: self.memmap.wrapping_add(skipped as usize),
            address: self.address + skipped,
            ..*self
        }
    }
}
