//! `Strategy::Template` and `Strategy::Streaming`: the kernel patch's algorithm. Pages are copied from templates that the slow path
//! prepared; the two strategies differ in how a page is copied.

use core::ops::Range;

use crate::page::{Page, STRUCT_PAGE_SIZE};
use crate::pfn_fields::PfnFields;
use crate::profile::Profile;
use crate::range::PageRange;
use crate::report::Counts;
use crate::slow::{self, PageInit};

/// How a template gets into the memmap.
pub(crate) trait CopyPages {
    /// Copies `template` to `page`, the struct page of `pfn`.
    ///
    /// # Safety
    ///
    /// `page` is valid for writes, and no other thread accesses it. After the copy nobody reads or writes it before the next
    /// [`drain`](Self::drain), unless by another copy.
    unsafe fn copy(&mut self, page: *mut Page, template: &Page, pfn: u64);

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
    unsafe fn copy(&mut self, page: *mut Page, template: &Page, _pfn: u64) {
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
pub(crate) unsafe fn init_range<P: Profile, F: PfnFields, C: CopyPages>(
    init: PageInit<F>,
    range: PageRange,
    mut copies: C,
) -> Counts {
    let mut template = Template::new(init, range.address, range.first_pfn);
    // SAFETY: all of these pages are in the range, compounds whole; heads are drained before they are made heads.
    unsafe {
        if range.order == 0 {
            copy_run(&mut template, range.memmap, range.first_pfn..range.end_pfn(), &mut copies);
        } else {
            for head_pfn in range.compounds() {
                let head = range.page(head_pfn);
                copy_run(&mut template, head, head_pfn..head_pfn + 1, &mut copies);
                copies.drain();
                init_compound::<P, F>(init, head, range.address(head_pfn), head_pfn, range.order, &mut copies);
            }
        }
    }
    copies.drain();
    copies.counts()
}

/// `memmap_init_compound` with a template for the tails of this compound.
///
/// # Safety
///
/// The struct pages of a compound of this order, from `head` on, are valid for reads and writes, the first is initialised and
/// drained, and no other thread accesses them.
#[inline(always)]
unsafe fn init_compound<P: Profile, F: PfnFields>(
    init: PageInit<F>,
    head: *mut Page,
    head_address: u64,
    head_pfn: u64,
    order: u32,
    copies: &mut impl CopyPages,
) {
    let end_pfn = head_pfn + (1 << order);
    // SAFETY: the compound's pages are valid by contract; copies are drained before prep_compound_head reads and writes them. (In
    // 6.12's order it writes to the second tail before that one is copied.)
    unsafe {
        slow::set_head(head);
        let mut template = Template::new_tail::<P>(init, head_address, head_pfn, order);
        if P::HEAD_AFTER_FIRST_TAIL {
            copy_run(&mut template, head.add(1), head_pfn + 1..head_pfn + 2, copies);
            copies.drain();
            slow::prep_compound_head::<P>(head, head_address, order);
            copy_run(&mut template, head.add(2), head_pfn + 2..end_pfn, copies);
        } else {
            copy_run(&mut template, head.add(1), head_pfn + 1..end_pfn, copies);
            copies.drain();
            slow::prep_compound_head::<P>(head, head_address, order);
        }
    }
}

/// Copies `template` to the struct pages of `pfns`, the first of which is at `page`.
///
/// # Safety
///
/// The struct pages are valid for writes, and no other thread accesses them. Nobody reads or writes them before a drain, unless by
/// another copy.
#[inline(always)]
unsafe fn copy_run<F: PfnFields>(
    template: &mut Template<F>,
    mut page: *mut Page,
    pfns: Range<u64>,
    copies: &mut impl CopyPages,
) {
    for pfn in pfns {
        template.refresh(pfn);
        // SAFETY: this is the struct page of `pfn`, and the one behind it is in the memmap or its end.
        unsafe {
            copies.copy(page, &template.page, pfn);
            page = page.add(1);
        }
    }
}

/// A page outside the range, as the slow path leaves it.
struct Template<F> {
    page: Page,
    pfn_fields: F,
}

impl<F: PfnFields> Template<F> {
    /// The template of order-0 pages and heads.
    #[inline(always)]
    fn new(init: PageInit<F>, address: u64, pfn: u64) -> Self {
        let mut page = Page::ZERO;
        // SAFETY: a local page.
        unsafe { slow::init_page(init, &raw mut page, address, pfn) };
        Template { page, pfn_fields: init.pfn_fields }
    }

    /// The template of a compound's tails.
    #[inline(always)]
    fn new_tail<P: Profile>(init: PageInit<F>, head_address: u64, head_pfn: u64, order: u32) -> Self {
        let mut page = Page::ZERO;
        let address = head_address + STRUCT_PAGE_SIZE;
        // SAFETY: a local page.
        unsafe { slow::init_tail::<P, F>(init, &raw mut page, address, head_pfn + 1, head_address, order) };
        Template { page, pfn_fields: init.pfn_fields }
    }

    /// Makes this the template of `pfn`. What depends on it is written here, before the copy: patching the destination would store to a
    /// line that streaming stores have just left.
    #[inline(always)]
    fn refresh(&mut self, pfn: u64) {
        self.page.flags = self.page.flags & !self.pfn_fields.mask() | self.pfn_fields.flags(pfn);
    }
}
