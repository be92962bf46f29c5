//! `Strategy::Stamped`: final images, written by range operations from registers.
//!
//! A range has at most four different page images: head, first tail, second tail, other tails. They are computed once; from compound to
//! compound only the words that hold addresses or sections change. Lines are written in ascending order, each of them
//! once, and nothing is read back: one drain, at the end, is enough.

use core::mem::offset_of;

use memcpy_streaming::Streamer;

use crate::page::{self, Page, STRUCT_PAGE_SIZE, SecondTail};
use crate::pfn_fields::PfnFields;
use crate::profile::Profile;
use crate::range::PageRange;
use crate::report::Counts;
use crate::slow::{self, PageInit};

/// Equal tails that a range operation is worth its call for. Fewer are written one by one, without dispatch.
const RUN_PAGES: u64 = 16;

/// `memmap_init_zone_device` from images.
///
/// # Safety
///
/// As [`PageRange`] says.
#[inline(never)]
pub(crate) unsafe fn init_range<P: Profile, F: PfnFields>(
    init: PageInit<F>,
    range: PageRange,
    streamer: Streamer,
) -> Counts {
    let images = Images::new::<P>(init, range);
    // SAFETY: as the caller says.
    unsafe {
        match range.order {
            0 => stamp_records::<P, F, 1>(images, range, streamer),
            1 => stamp_records::<P, F, 2>(images, range, streamer),
            _ => stamp_compounds::<P, F>(images, range, streamer),
        }
    }
    streamer.memcpy_streaming_drain();
    Counts { streamed_copies: range.pages, cached_copies: 0, drains: 1 }
}

/// Ranges of order 0 and 1: a record of `PAGES` pages, one or two, repeated.
///
/// # Safety
///
/// As [`PageRange`] says, and `PAGES` is the compound's size.
unsafe fn stamp_records<P: Profile, F: PfnFields, const PAGES: usize>(
    mut images: Images<F>,
    range: PageRange,
    streamer: Streamer,
) {
    let mut pfn = range.first_pfn;
    while pfn < range.end_pfn() {
        images.retarget::<P>(range.address(pfn), pfn, range.order);
        // Sections hold whole compounds, so that the last record ends where the run does.
        let end = range.end_pfn().min(images.pfn_fields.next_change(pfn));
        let count = (end - pfn) as usize / PAGES;
        let record = page::words(&images.pages[..PAGES]);
        // SAFETY: pfn to end is in the range, which nobody else accesses, and which is not accessed again before the drain.
        unsafe {
            let memmap = range.page(pfn).cast();
            if PAGES > 1 && P::TAILS_HOLD_ADDRESS {
                let info = (size_of::<Page>() + offset_of!(Page, info)) / size_of::<u64>();
                let step = PAGES as u64 * STRUCT_PAGE_SIZE;
                streamer.memset_pattern_stepped_streaming(memmap, record, count, info, step);
            } else {
                streamer.memset_pattern_streaming(memmap, record, count);
            }
        }
        pfn = end;
    }
}

/// Ranges of order 2 and above: three single pages and a run of equal tails per compound.
///
/// # Safety
///
/// As [`PageRange`] says.
unsafe fn stamp_compounds<P: Profile, F: PfnFields>(mut images: Images<F>, range: PageRange, streamer: Streamer) {
    for head_pfn in range.compounds() {
        images.retarget::<P>(range.address(head_pfn), head_pfn, range.order);
        let [head, tail1, tail2, tails] = &mut images.pages;
        let end = head_pfn + range.compound();
        // SAFETY: the compound is in the range, which nobody else accesses, and which is not accessed again before the drain.
        unsafe {
            stamp_page(range.page(head_pfn), head, streamer);
            stamp_page(range.page(head_pfn + 1), tail1, streamer);
            stamp_page(range.page(head_pfn + 2), tail2, streamer);
            if range.compound() < RUN_PAGES {
                for pfn in head_pfn + 3..end {
                    stamp_page(range.page(pfn), tails, streamer);
                }
            } else {
                stamp_run(range, head_pfn + 3, end, tails, images.pfn_fields, streamer);
            }
        }
    }
}

/// Writes `image` to the struct pages from `pfn` to `end`.
///
/// # Safety
///
/// As [`PageRange`] says, for pfns in it; they are not accessed again before a drain.
#[inline(always)]
unsafe fn stamp_run<F: PfnFields>(
    range: PageRange,
    mut pfn: u64,
    end: u64,
    image: &mut Page,
    pfn_fields: F,
    streamer: Streamer,
) {
    while pfn < end {
        let run_end = end.min(pfn_fields.next_change(pfn));
        refresh(image, pfn, pfn_fields);
        let record = page::words(core::slice::from_ref(image));
        // SAFETY: as the caller says.
        unsafe {
            streamer.memset_pattern_streaming(range.page(pfn).cast(), record, (run_end - pfn) as usize);
        }
        pfn = run_end;
    }
}

/// Writes `image` to one struct page, by words: parts of it may have been stored just now.
///
/// # Safety
///
/// `page` is valid for writes and not accessed again, by anyone, before a drain.
#[inline(always)]
unsafe fn stamp_page(page: *mut Page, image: &Page, streamer: Streamer) {
    let image = (&raw const *image).cast();
    // SAFETY: the image is a page, and the destination is valid by contract.
    unsafe { streamer.memcpy_streaming_fixed::<{ size_of::<Page>() }>(page.cast(), image) };
}

/// Gives `image` the fields that depend on the pfn.
#[inline(always)]
fn refresh<F: PfnFields>(image: &mut Page, pfn: u64, pfn_fields: F) {
    image.flags = image.flags & !pfn_fields.mask() | pfn_fields.flags(pfn);
}

/// The final images of a compound: head, first tail, second tail, other tails. Smaller compounds use the first ones only.
struct Images<F> {
    pages: [Page; 4],
    pfn_fields: F,
}

impl<F: PfnFields> Images<F> {
    /// The images of the range's first compound, by the slow path.
    fn new<P: Profile>(init: PageInit<F>, range: PageRange) -> Self {
        let mut pages = [Page::ZERO; 4];
        let memmap = pages.as_mut_ptr();
        let written = range.compound().min(4);
        // SAFETY: local pages, as many as are written.
        unsafe {
            slow::init_page(init, memmap, range.address, range.first_pfn);
            if range.order > 0 {
                slow::init_compound::<P, F>(init, memmap, range.address, range.first_pfn, range.order, written);
            }
        }
        Images { pages, pfn_fields: init.pfn_fields }
    }

    /// Makes these the images of the compound of `head_pfn`, whose head is said to be at `head_address`.
    #[inline(always)]
    fn retarget<P: Profile>(&mut self, head_address: u64, head_pfn: u64, order: u32) {
        for image in &mut self.pages {
            // A section starts with a compound or within the run of equal tails, which looks after itself.
            refresh(image, head_pfn, self.pfn_fields);
        }
        if P::TAILS_HOLD_ADDRESS {
            for tail in &mut self.pages[1..] {
                tail.info = P::compound_info(head_address, order);
            }
        }
        if P::DEFERRED_LIST_SURVIVES && order > 1 {
            let tail2 = head_address + 2 * STRUCT_PAGE_SIZE;
            let list = tail2 + offset_of!(SecondTail, deferred_list) as u64;
            self.pages[2].zone_device_data = list;
            self.pages[2].mapping = list;
        }
    }
}
