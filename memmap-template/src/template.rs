//! `Strategy::Template` and `Strategy::Streaming`: the kernel patch's algorithm. Pages are copied from templates that the slow path
//! prepared; the two strategies differ in how a page is copied.

use core::ops::Range;

use crate::page::Layout;
use crate::profile::ALL_TAILS;
use crate::range::PageRange;
use crate::report::Counts;
use crate::slow::{self, PageInit};
use crate::trace::Untraced;

/// How a template gets into the memmap.
pub(crate) trait CopyPages {
    /// Copies `template` to `page`, the struct page of `pfn`.
    ///
    /// # Safety
    ///
    /// `page` is valid for writes, and no other thread accesses it. After the copy nobody reads or writes it before the next
    /// [`drain`](Self::drain), unless by another copy.
    unsafe fn copy<L: Layout>(&mut self, page: *mut L::Page, template: &L::Page, pfn: u64);

    /// Makes the copies so far visible to whatever follows.
    fn drain(&mut self);

    /// What has been done so far.
    fn counts(&self) -> Counts;
}

/// Ordinary stores.
#[derive(Default)]
pub(crate) struct Ordinary {
    cached_copies: u64,
}

impl CopyPages for Ordinary {
    #[inline(always)]
    unsafe fn copy<L: Layout>(&mut self, page: *mut L::Page, template: &L::Page, _pfn: u64) {
        // SAFETY: valid for writes by contract.
        unsafe { page.write(*template) };
        self.cached_copies += 1;
    }

    #[inline(always)]
    fn drain(&mut self) {}

    fn counts(&self) -> Counts {
        Counts { cached_copies: self.cached_copies, ..Counts::default() }
    }
}

/// `memmap_init_zone_device` with templates.
///
/// # Safety
///
/// As [`PageRange`] says.
#[inline(never)]
pub(crate) unsafe fn init_range<L: Layout>(init: PageInit, range: PageRange, copies: &mut impl CopyPages) {
    let mut template = L::ZERO;
    // SAFETY: a local page; all others are in the range, compounds whole; heads are drained before they are made heads.
    unsafe {
        // The template of order-0 pages and heads.
        slow::init_page::<L>(&init, &raw mut template, range.address, range.first_pfn, &mut Untraced);
        if range.order == 0 {
            let memmap = range.page::<L>(range.first_pfn);
            copy_run::<L>(&init, &mut template, memmap, range.first_pfn..range.end_pfn(), copies);
        } else {
            for head_pfn in range.compounds() {
                copy_run::<L>(&init, &mut template, range.page::<L>(head_pfn), head_pfn..head_pfn + 1, copies);
                copies.drain();
                init_compound::<L>(&init, range, head_pfn, copies);
            }
        }
    }
    copies.drain();
}

/// `memmap_init_compound` with a template for the tails of this compound.
///
/// # Safety
///
/// As [`PageRange`] says; `head_pfn` is a compound's first one, whose struct page is initialised and drained.
#[inline(always)]
unsafe fn init_compound<L: Layout>(init: &PageInit, range: PageRange, head_pfn: u64, copies: &mut impl CopyPages) {
    let (order, head_address) = (range.order, range.address::<L>(head_pfn));
    let (mut pfn, end_pfn) = (head_pfn + 1, head_pfn + range.compound_nr_pages);
    let head_prepared_after = init.profile.head_prepared_after;
    let mut template = L::ZERO;
    // SAFETY: a local page, and pages of the compound; copies are drained before prep_compound_head reads and writes them. (In 6.12's
    // order it writes to the second tail before that one is copied.)
    unsafe {
        let head = range.page::<L>(head_pfn);
        slow::set_head::<L>(init, head);
        let address = head_address + L::SIZE;
        slow::init_tail::<L>(init, &raw mut template, address, pfn, head_address, order, &mut Untraced);
        if head_prepared_after < range.compound_nr_pages {
            let prepared = pfn + head_prepared_after;
            copy_run::<L>(init, &mut template, range.page::<L>(pfn), pfn..prepared, copies);
            copies.drain();
            slow::prep_compound_head::<L>(init, head, head_address, order);
            pfn = prepared;
        }
        copy_run::<L>(init, &mut template, range.page::<L>(pfn), pfn..end_pfn, copies);
        if head_prepared_after == ALL_TAILS {
            copies.drain();
            slow::prep_compound_head::<L>(init, head, head_address, order);
        }
    }
}

/// Copies `template` to the struct pages of `pfns`, the first of which is at `page`.
///
/// What depends on the pfn is written to the template, before the copy: patching the destination would store to a line that
/// streaming stores have just left.
///
/// # Safety
///
/// The struct pages are valid for writes, and no other thread accesses them. Nobody reads or writes them before a drain, unless by
/// another copy.
#[inline(always)]
unsafe fn copy_run<L: Layout>(
    init: &PageInit,
    template: &mut L::Page,
    mut page: *mut L::Page,
    pfns: Range<u64>,
    copies: &mut impl CopyPages,
) {
    for pfn in pfns {
        init.pfn_fields.refresh::<L>(template, pfn);
        // SAFETY: this is the struct page of `pfn`, and the one behind it is in the memmap or its end.
        unsafe {
            copies.copy::<L>(page, template, pfn);
            page = page.add(1);
        }
    }
}
