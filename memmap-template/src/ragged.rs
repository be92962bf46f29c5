//! `Strategy::Slow` for struct pages that are no whole words, and so cannot be written in place by words: each page is initialised
//! in memory of our own, and as many of its bytes as there are go into the memmap.

use crate::page::Layout;
use crate::range::PageRange;
use crate::slow::{self, PageInit};
use crate::trace::Trace;

/// Pages of a compound that `prep_compound_head` looks at or comes after.
const FIRST: usize = 3;

/// `memmap_init_zone_device` for struct pages of `size` bytes, which are `L`'s words without a part of the last one.
///
/// # Safety
///
/// The range is valid and exclusive as [`PageRange`] says, and its struct pages have `size` bytes, no more than `L` has.
#[inline(never)]
pub(crate) unsafe fn init_range<L: Layout>(init: PageInit, range: PageRange, size: u64, trace: &mut impl Trace) {
    let mut scratch = [L::ZERO; FIRST];
    let pages = scratch.as_mut_ptr();
    let address = |pfn: u64| range.address + (pfn - range.first_pfn) * size;
    let store = |page: *mut L, pfn: u64| {
        let at = ((pfn - range.first_pfn) * size) as usize;
        // SAFETY: `page` is one of the scratch pages, which are initialised and at least `size` bytes long. Every pfn that is stored is
        // in the range, which is valid and exclusive: its `size` bytes can be written, and do not overlap memory of our own.
        unsafe { core::ptr::copy_nonoverlapping(page.cast(), range.memmap.add(at), size as usize) };
    };
    // SAFETY: the three scratch pages are valid, aligned, initialised and ours alone. No more of them are used: pages 0 to first - 1 of
    // a compound, that is two of order 1 and three of larger ones, and page 0 for all later tails.
    unsafe {
        for head_pfn in range.compounds() {
            let head_address = address(head_pfn);
            slow::init_page::<L>(&init, pages, head_address, head_pfn, trace);
            if range.order > 0 {
                let first = range.compound_nr_pages.min(FIRST as u64);
                init_first::<L>(&init, pages, size, head_address, head_pfn, range.order, first, trace);
                for i in 1..first {
                    store(pages.add(i as usize), head_pfn + i);
                }
            }
            store(pages, head_pfn);
            for pfn in head_pfn + FIRST as u64..head_pfn + range.compound_nr_pages {
                slow::init_tail::<L>(&init, pages, address(pfn), pfn, head_address, range.order, trace);
                store(pages, pfn);
            }
        }
    }
}

/// [`slow::init_compound`] for struct pages whose addresses are said to be `size` apart.
///
/// # Safety
///
/// As there.
#[allow(clippy::too_many_arguments)] // One caller; it is its loop.
unsafe fn init_first<L: Layout>(
    init: &PageInit,
    head: *mut L,
    size: u64,
    head_address: u64,
    head_pfn: u64,
    order: u32,
    nr_pages: u64,
    trace: &mut impl Trace,
) {
    // SAFETY: the contract is init_compound's. With an order above 1 it has a third page, initialised and ours, and the list is in the
    // part that every struct page has.
    unsafe {
        slow::init_compound::<L>(init, head, head_address, head_pfn, order, nr_pages, trace);
        // The only address that depends on the distance of two struct pages.
        if order > 1 && init.profile.deferred_list_survives() {
            let tail2 = head.add(2).cast::<u64>();
            let list = head_address + 2 * size + (crate::page::word::DEFERRED_LIST * crate::page::WORD) as u64;
            tail2.add(crate::page::word::DEFERRED_LIST).write(list);
            tail2.add(crate::page::word::DEFERRED_LIST + 1).write(list);
        }
    }
}
