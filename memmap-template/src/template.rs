//! `Strategy::Template` and `Strategy::Streaming`: the kernel patch's algorithm. Pages are copied from templates that the slow path
//! prepared; the two strategies differ in how a page is copied.

use core::ops::Range;

use crate::kernel::ALL_TAILS;
use crate::page::Layout;
use crate::pfn_fields::PfnFields;
use crate::range::PageRange;
use crate::report::Counts;
use crate::slow::{self, PageInit};
use crate::trace::Untraced;

/// How a template gets into the memmap.
pub(crate) trait CopyPages {
    /// Copies `template` to the struct pages of `pfns`, the first of which is at `page`; gives it the fields of each pfn before.
    ///
    /// What depends on the pfn is written to the template: patching the destination would store to a line that streaming stores have
    /// just left.
    ///
    /// # Safety
    ///
    /// The struct pages lie in one allocation, are valid for writes and aligned, and no other thread accesses them. After the copies
    /// nobody reads or writes them before the next [`drain`](Self::drain), unless by another copy.
    unsafe fn copy_run<L: Layout>(
        &mut self,
        fields: PfnFields,
        template: &mut L,
        page: *mut L,
        pfns: Range<u64>,
        counts: &mut Counts,
    );

    /// A page that is read or written after the next drain.
    fn expect<L: Layout>(&self, _page: *const L) {}

    /// Makes the copies so far visible to whatever follows.
    fn drain(&mut self, counts: &mut Counts);
}

/// Ordinary stores.
pub(crate) struct Ordinary;

impl CopyPages for Ordinary {
    // Once per run of pages: compiled into each place that it is called from, it would be half of the code.
    #[inline(never)]
    unsafe fn copy_run<L: Layout>(
        &mut self,
        fields: PfnFields,
        template: &mut L,
        mut page: *mut L,
        pfns: Range<u64>,
        counts: &mut Counts,
    ) {
        counts.cached_copies += pfns.end - pfns.start;
        for pfn in pfns {
            fields.refresh::<L>(template, pfn);
            // SAFETY: `page` is the struct page of `pfn`, valid for writes and aligned by the trait's contract. The one behind it is in the
            // same allocation, or its end.
            unsafe {
                page.write(*template);
                page = page.add(1);
            }
        }
    }

    #[inline(always)]
    fn drain(&mut self, _counts: &mut Counts) {}
}

/// `memmap_init_zone_device` with templates.
///
/// # Safety
///
/// The range is valid, aligned and exclusive as [`PageRange`] says, and its struct pages are those of `L`.
#[inline(never)]
pub(crate) unsafe fn init_range<L: Layout>(init: PageInit, range: PageRange, mut copies: impl CopyPages) -> Counts {
    let (mut template, mut counts) = (L::ZERO, Counts::default());
    let copies = &mut copies;
    let fields = init.pfn_fields;
    // SAFETY: the template is local, so that it is valid, aligned and ours alone. All other pages are of pfns in the range, which is
    // valid, aligned and exclusive by the contract of this function: they can be written. Between copies and a drain nobody reads them:
    // a head is copied and drained before init_compound, which needs it so, changes it.
    unsafe {
        // The template of order-0 pages and heads.
        slow::init_page::<L>(&init, &raw mut template, range.address, range.first_pfn, &mut Untraced);
        if range.order == 0 {
            let memmap = range.page::<L>(range.first_pfn);
            let pfns = range.first_pfn..range.end_pfn();
            copies.copy_run::<L>(fields, &mut template, memmap, pfns, &mut counts);
        } else {
            for head_pfn in range.compounds() {
                let head = range.page::<L>(head_pfn);
                copies.copy_run::<L>(fields, &mut template, head, head_pfn..head_pfn + 1, &mut counts);
                copies.drain(&mut counts);
                init_compound::<L>(&init, range, head_pfn, copies, &mut counts);
            }
        }
    }
    copies.drain(&mut counts);
    counts
}

/// `memmap_init_compound` with a template for the tails of this compound.
///
/// # Safety
///
/// The range is valid, aligned and exclusive as [`PageRange`] says, and its struct pages are those of `L`; `head_pfn` is a compound's
/// first one, whose struct page is initialised and drained.
#[inline(always)]
unsafe fn init_compound<L: Layout>(
    init: &PageInit,
    range: PageRange,
    head_pfn: u64,
    copies: &mut impl CopyPages,
    counts: &mut Counts,
) {
    let (order, head_address) = (range.order, range.address::<L>(head_pfn));
    let (mut pfn, end_pfn) = (head_pfn + 1, head_pfn + range.compound_nr_pages);
    let head_prepared_after = init.profile.head_prepared_after();
    let fields = init.pfn_fields;
    let mut template = L::ZERO;
    // SAFETY: the template is local. All other pages are the first `compound_nr_pages` of a compound of the range, which is valid, aligned
    // and exclusive by the contract of this function. The head is initialised and drained by the same contract. Tails are copied, and so
    // initialised, and drained before prep_compound_head reads and writes them. (In 6.12's order it writes to the second tail before
    // that one is copied, which needs no drain.)
    unsafe {
        let head = range.page::<L>(head_pfn);
        slow::set_head::<L>(init, head);
        let address = slow::tail_address::<L>(head_address, 1);
        slow::init_tail::<L>(init, &raw mut template, address, pfn, head_address, order, &mut Untraced);
        if head_prepared_after < range.compound_nr_pages {
            let prepared = pfn + head_prepared_after;
            copies.copy_run::<L>(fields, &mut template, range.page::<L>(pfn), pfn..prepared, counts);
            copies.drain(counts);
            slow::prep_compound_head::<L>(init, head, head_address, order);
            pfn = prepared;
        }
        // Halfway: what prep_compound_head needs has been written out by now, and comes back while the rest is copied.
        let half = pfn + (end_pfn - pfn) / 2;
        copies.copy_run::<L>(fields, &mut template, range.page::<L>(pfn), pfn..half, counts);
        if head_prepared_after == ALL_TAILS {
            copies.expect::<L>(head.wrapping_add(1));
            copies.expect::<L>(head.wrapping_add(2));
        }
        copies.copy_run::<L>(fields, &mut template, range.page::<L>(half), half..end_pfn, counts);
        if head_prepared_after == ALL_TAILS {
            copies.drain(counts);
            slow::prep_compound_head::<L>(init, head, head_address, order);
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::config::{AddressModel, Config, PfnRange};
    use crate::init::MemmapInit;
    use crate::kernel::Kernel;
    use crate::page::{Page, word};
    use crate::pgmap::{MemoryType, Pgmap};

    type L = Page<8, 64, false>;

    /// Copies by ordinary stores, and notes at each drain what the words behind the flags are.
    struct Watched<'a> {
        memmap: *const L,
        pages: usize,
        seen: &'a mut Vec<Vec<u64>>,
    }

    impl CopyPages for Watched<'_> {
        unsafe fn copy_run<L: Layout>(
            &mut self,
            fields: PfnFields,
            template: &mut L,
            page: *mut L,
            pfns: Range<u64>,
            counts: &mut Counts,
        ) {
            // SAFETY: the contract is the same.
            unsafe { Ordinary.copy_run::<L>(fields, template, page, pfns, counts) }
        }

        fn drain(&mut self, _counts: &mut Counts) {
            // SAFETY: these are all of the test's pages, which were initialised when they were made and are written by nobody while
            // the slice is there.
            let pages = unsafe { core::slice::from_raw_parts(self.memmap, self.pages) };
            self.seen.push(pages.iter().map(|page| page.as_ref()[word::INFO]).collect());
        }
    }

    /// What memory holds when copies are drained: the head before it is made one, all tails before the head is prepared (in
    /// 6.12's order, the first), everything at the end.
    #[test]
    fn invariant_43_what_is_drained_has_been_copied() {
        const PGMAP: u64 = 0x1000;
        for (kernel, tails_at_second_drain) in
            [(Kernel::V6_1, 2), (Kernel::V6_12, 1), (Kernel::V7_0, 7), (Kernel::V7_1, 7)]
        {
            let pgmap = Pgmap { vmemmap_shift: 3, ..Pgmap::new(PGMAP, MemoryType::Generic) };
            let range = PfnRange { start_pfn: 0, nr_pages: 16 };
            let vmemmap = AddressModel::Vmemmap { base: 0xffd4_0000_0000_0000 };
            let init = MemmapInit::new(Config::new(kernel, pgmap, range, vmemmap)).unwrap();
            let mut pages = [L::ZERO; 16];
            let mut seen = Vec::new();
            let memmap = pages.as_mut_ptr();
            let copies = Watched { memmap, pages: 16, seen: &mut seen };
            // SAFETY: the range is these sixteen pages of `L`: valid, aligned, and accessed through this pointer only.
            unsafe { init_range::<L>(init.page_init(), init.range_at(memmap.cast(), init.first_address()), copies) };
            assert_eq!(seen.len(), 2 * 2 + 1);
            let (head, tail) = (|info: u64| info == PGMAP, |info: u64| info & 1 == 1);
            for (compound, drains) in [0, 8].into_iter().zip(seen.chunks(2)) {
                assert!(head(drains[0][compound]), "the head, before PG_head");
                assert_eq!(drains[0][compound + 1], 0, "no tail yet");
                let written = drains[1][compound + 1..][..7].iter().filter(|&&info| tail(info)).count();
                assert_eq!(written, tails_at_second_drain, "tails, before prep_compound_head");
            }
            assert!(
                (0..16).all(|i| if i % 8 == 0 { head(seen[4][i]) } else { tail(seen[4][i]) }),
                "all, before the return"
            );
        }
    }
}
