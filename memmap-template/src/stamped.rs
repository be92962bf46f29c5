//! `Strategy::Stamped`: final images, written by range operations.
//!
//! A range has at most four different page images: head, first tail, second tail, other tails. They are computed once; from compound to
//! compound only the words that hold addresses, sections or `virtual` change. Lines are written in ascending order, each of them
//! once, and nothing is read back: one drain, at the end, is enough.

use memcpy_streaming::Streamer;

use crate::page::{Layout, WORD, word};
use crate::range::PageRange;
use crate::report::Counts;
use crate::slow::{self, PageInit};
use crate::stream::Stream;
use crate::trace::Untraced;

/// Equal pages that a range operation is worth its call for.
const RUN_PAGES: u64 = 16;

/// Bytes of a cache line.
const LINE: u64 = 64;

/// Pages of a compound that have an image of their own.
const SINGLE: u64 = 3;

/// `memmap_init_zone_device` from images.
///
/// # Safety
///
/// The range is valid, aligned and exclusive as [`PageRange`] says, and its struct pages are those of `L`.
#[inline(never)]
pub(crate) unsafe fn init_range<L: Layout>(init: PageInit, range: PageRange, streamer: Streamer) -> Counts {
    let mut images = Images::<L>::new(&init, range);
    let (stream, mut counts) = (Stream(streamer), Counts::default());
    // SAFETY: the range is valid, aligned, exclusive, and of `L`'s pages by the contract of this function, which both functions ask for.
    // The first one also asks that pages are in the range, which all pages of the range are, and not accessed before a drain: the next
    // access is the caller's, after the one below.
    unsafe {
        if range.order == 0 {
            let [page, ..] = &mut images.0;
            stamp_run::<L>(&init, range, range.first_pfn, range.end_pfn(), page, stream, &mut counts);
        } else {
            stamp_compounds::<L>(&init, images, range, stream, &mut counts);
        }
    }
    stream.drain(&mut counts);
    counts
}

/// Up to three single pages and a run of equal tails per compound.
///
/// # Safety
///
/// The range is valid, aligned and exclusive as [`PageRange`] says, and its struct pages are those of `L`.
#[inline(always)]
unsafe fn stamp_compounds<L: Layout>(
    init: &PageInit,
    mut images: Images<L>,
    range: PageRange,
    stream: Stream,
    counts: &mut Counts,
) {
    for head_pfn in range.compounds() {
        images.retarget(init, range, head_pfn);
        let end = head_pfn + range.compound_nr_pages;
        let single = (head_pfn + SINGLE).min(end);
        let [first @ .., tails] = &mut images.0;
        // SAFETY: a compound's first `compound_nr_pages` pages are in the range, which is valid and exclusive by the contract of this
        // function: each can be written, and nobody accesses it before the drain that init_range ends with.
        unsafe {
            for (pfn, image) in (head_pfn..single).zip(first) {
                init.pfn_fields.refresh::<L>(image, pfn);
                stream.copy::<L>(range.page::<L>(pfn), image, counts);
            }
            stamp_run::<L>(init, range, single, end, tails, stream, counts);
        }
    }
}

/// Writes `image` to the struct pages from `pfn` to `end`.
///
/// Equal ones can be left to a range operation. Others are written one by one, by stores of a fixed number, in code without calls; what
/// depends on the pfn is stored to the image, from where the next copy's loads have it forwarded.
///
/// # Safety
///
/// The range is valid, aligned and exclusive as [`PageRange`] says, and its struct pages are those of `L`; `pfn` to `end` are in it, and
/// their struct pages are not accessed again before a drain.
#[inline(always)]
unsafe fn stamp_run<L: Layout>(
    init: &PageInit,
    range: PageRange,
    mut pfn: u64,
    end: u64,
    image: &mut L,
    stream: Stream,
    counts: &mut Counts,
) {
    let fields = init.pfn_fields;
    // In registers while pages are copied: see `stream`.
    let mut now = Counts::default();
    while pfn < end {
        fields.refresh::<L>(image, pfn);
        let run = end.min(fields.next_section(pfn)) - pfn;
        // SAFETY: `pfn`, and the run, which ends at `end` or before, are in the range by the contract of this function: their struct pages
        // can be written, and are not accessed before a drain.
        unsafe {
            if !fields.has_virtual::<L>() && is_for_a_range_operation::<L>(run) {
                stream.repeat::<L>(range.page::<L>(pfn), image, run as usize, &mut now);
                pfn += run;
            } else {
                stream.copy::<L>(range.page::<L>(pfn), image, &mut now);
                pfn += 1;
            }
        }
    }
    *counts += now;
}

/// Whether a range operation is the fastest way to `run` equal pages, that is if each is a line. Else it would have to write the partial
/// lines at both ends of each run by ordinary stores, beside streaming ones of the same lines (80 bytes, compounds of 2 MiB, Zen 4: 87 %
/// of the write limit against 96 %).
#[inline(always)]
fn is_for_a_range_operation<L: Layout>(run: u64) -> bool {
    L::SIZE == LINE && run >= RUN_PAGES
}

/// The final images of a compound: head, first tail, second tail, other tails. Smaller compounds use the first ones only.
pub(crate) struct Images<L: Layout>([L; SINGLE as usize + 1]);

impl<L: Layout> Images<L> {
    /// The images of the range's first compound, by the slow path.
    pub(crate) fn new(init: &PageInit, range: PageRange) -> Self {
        let mut pages = [L::ZERO; SINGLE as usize + 1];
        let memmap = pages.as_mut_ptr();
        let PageRange { first_pfn, order, address, .. } = range;
        let written = (1 << order).min(pages.len() as u64);
        // SAFETY: the pages are local, so that they are valid, aligned and ours alone, and they are initialised. `written` of them are used:
        // two for order 1, and three or four for larger ones.
        unsafe {
            slow::init_page::<L>(init, memmap, address, first_pfn, &mut Untraced);
            if order > 0 {
                slow::init_compound::<L>(init, memmap, address, first_pfn, order, written, &mut Untraced);
            }
        }
        Images(pages)
    }

    /// Makes these the images of the compound of `head_pfn`, except for the fields that depend on each page's own pfn.
    #[inline(always)]
    pub(crate) fn retarget(&mut self, init: &PageInit, range: PageRange, head_pfn: u64) {
        let head_address = range.address::<L>(head_pfn);
        if !init.profile.tails_hold_mask() {
            for tail in &mut self.0[1..] {
                tail.as_mut()[word::INFO] = init.profile.compound_info(head_address, range.order);
            }
        }
        if init.profile.deferred_list_survives() && range.order > 1 {
            let list = head_address + 2 * L::SIZE + (word::DEFERRED_LIST * WORD) as u64;
            self.0[2].as_mut()[word::DEFERRED_LIST..][..2].fill(list);
        }
    }

    /// Page `in_compound` of the compound of `head_pfn`, which these are the images of.
    pub(crate) fn page(&mut self, init: &PageInit, head_pfn: u64, in_compound: u64) -> &L {
        let image = &mut self.0[in_compound.min(SINGLE) as usize];
        init.pfn_fields.refresh::<L>(image, head_pfn + in_compound);
        image
    }
}
