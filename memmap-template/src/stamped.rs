//! `Strategy::Stamped`: final images, written by range operations from registers.
//!
//! A range has at most four different page images: head, first tail, second tail, other tails. They are computed once; from compound to
//! compound only the words that hold addresses or sections change. Lines are written in ascending order, each of them
//! once, and nothing is read back: one drain, at the end, is enough.

use core::mem::offset_of;

use memcpy_streaming::Streamer;

use crate::page::{Page, STRUCT_PAGE_SIZE, SecondTail};
use crate::pfn_fields::PfnFields;
use crate::profile::Profile;
use crate::range::PageRange;
use crate::report::Counts;
use crate::slow::{self, PageInit};
use crate::stream::Stream;

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
    let mut stream = Stream::new(streamer);
    // SAFETY: as the caller says.
    unsafe {
        match range.order {
            0 => stamp_records::<P, F, 1>(images, range, &mut stream),
            1 => stamp_records::<P, F, 2>(images, range, &mut stream),
            _ => stamp_compounds::<P, F>(images, range, &mut stream),
        }
    }
    stream.drain();
    stream.counts()
}

/// Ranges of order 0 and 1: a record of `PAGES` pages, one or two, repeated.
///
/// # Safety
///
/// As [`PageRange`] says, and `PAGES` is the compound's size.
#[inline(always)]
unsafe fn stamp_records<P: Profile, F: PfnFields, const PAGES: usize>(
    mut images: Images<F>,
    range: PageRange,
    stream: &mut Stream,
) {
    let mut pfn = range.first_pfn;
    while pfn < range.end_pfn() {
        images.retarget::<P>(range.address(pfn), pfn, range.order);
        // Sections hold whole compounds, so that the last record ends where the run does.
        let end = range.end_pfn().min(images.pfn_fields.next_change(pfn));
        let count = (end - pfn) as usize / PAGES;
        let record = &images.pages[..PAGES];
        // SAFETY: pfn to end is in the range, which nobody else accesses, and which is not accessed again before the drain.
        unsafe {
            let memmap = range.page(pfn);
            if PAGES > 1 && P::TAILS_HOLD_ADDRESS {
                let info = (size_of::<Page>() + offset_of!(Page, info)) / size_of::<u64>();
                let step = PAGES as u64 * STRUCT_PAGE_SIZE;
                stream.repeat_stepped(memmap, record, count, info, step);
            } else {
                stream.repeat(memmap, record, count);
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
#[inline(always)]
unsafe fn stamp_compounds<P: Profile, F: PfnFields>(mut images: Images<F>, range: PageRange, stream: &mut Stream) {
    for head_pfn in range.compounds() {
        images.retarget::<P>(range.address(head_pfn), head_pfn, range.order);
        let [head, tail1, tail2, tails] = &mut images.pages;
        let end = head_pfn + range.compound();
        // SAFETY: the compound is in the range, which nobody else accesses, and which is not accessed again before the drain.
        unsafe {
            stream.copy(range.page(head_pfn), head);
            stream.copy(range.page(head_pfn + 1), tail1);
            stream.copy(range.page(head_pfn + 2), tail2);
            if range.compound() < RUN_PAGES {
                for pfn in head_pfn + 3..end {
                    stream.copy(range.page(pfn), tails);
                }
            } else {
                stamp_run(range, head_pfn + 3, end, tails, images.pfn_fields, stream);
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
    stream: &mut Stream,
) {
    while pfn < end {
        let run_end = end.min(pfn_fields.next_change(pfn));
        refresh(image, pfn, pfn_fields);
        let record = core::slice::from_ref(image);
        // SAFETY: as the caller says.
        unsafe { stream.repeat(range.page(pfn), record, (run_end - pfn) as usize) };
        pfn = run_end;
    }
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
