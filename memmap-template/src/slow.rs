//! `Strategy::Slow`: every field of every page, in the base kernel's order. The oracle for the others, which prepare their templates
//! and images with it, and the baseline that they are measured against.
//!
//! Stores are as strong as the kernel's: relaxed atomics where it uses `WRITE_ONCE` or `atomic_set`, plain ones elsewhere.

use crate::flags::{PG_HEAD, PG_RESERVED};
use crate::page::{self, ListHead, PAGE_WORDS, Page, STRUCT_PAGE_SIZE, TAIL_MAPPING};
use crate::pfn_fields::PfnFields;
use crate::profile::{MINUS_ONE, Profile};
use crate::range::PageRange;

/// What `__init_zone_device_page` is told that is the same for all pages of a range.
#[derive(Clone, Copy)]
pub(crate) struct PageInit<F> {
    /// Zone and node, as bits of the flag word.
    pub(crate) links: u64,
    /// All bits of LAST_CPUPID.
    pub(crate) last_cpupid: u64,
    /// Address of the pgmap.
    pub(crate) pgmap: u64,
    /// Whether the memory type leaves the page the reference that it starts with.
    pub(crate) keeps_reference: bool,
    /// What depends on the pfn.
    pub(crate) pfn_fields: F,
}

/// `memmap_init_zone_device`, the loop.
///
/// # Safety
///
/// As [`PageRange`] says.
#[inline(never)]
pub(crate) unsafe fn init_range<P: Profile, F: PfnFields>(init: PageInit<F>, range: PageRange) {
    // SAFETY: all of these pages are in the range, compounds whole.
    unsafe {
        if range.order == 0 {
            for pfn in range.first_pfn..range.end_pfn() {
                init_page(init, range.page(pfn), range.address(pfn), pfn);
            }
        } else {
            for pfn in range.compounds() {
                let (head, address) = (range.page(pfn), range.address(pfn));
                init_page(init, head, address, pfn);
                init_compound::<P, F>(init, head, address, pfn, range.order, range.compound());
            }
        }
    }
}

/// `memmap_init_compound`: makes a compound of `head`, which has been initialised, and the tails behind it, of which the first
/// `nr_pages - 1` are written.
///
/// # Safety
///
/// `nr_pages` struct pages, 2 or more (and with an order above 1, 3 or more), from `head` on are valid for reads and writes, the first
/// is initialised, and no other thread accesses them.
#[inline(always)]
pub(crate) unsafe fn init_compound<P: Profile, F: PfnFields>(
    init: PageInit<F>,
    head: *mut Page,
    head_address: u64,
    head_pfn: u64,
    order: u32,
    nr_pages: u64,
) {
    // SAFETY: the head is initialised, and pages 1 to nr_pages - 1 are valid, by contract. The first two tails are written before
    // prep_compound_head reads or writes them, or, in 6.12's order, the first one is: of the second, only stores touch it.
    unsafe {
        set_head(head);
        for i in 1..nr_pages {
            let tail = head.add(i as usize);
            init_tail::<P, F>(init, tail, head_address + i * STRUCT_PAGE_SIZE, head_pfn + i, head_address, order);
            if P::HEAD_AFTER_FIRST_TAIL && i == 1 {
                prep_compound_head::<P>(head, head_address, order);
            }
        }
        if !P::HEAD_AFTER_FIRST_TAIL {
            prep_compound_head::<P>(head, head_address, order);
        }
    }
}

/// `__init_zone_device_page`: an order-0 page or a head. `page` is said to be at `address`.
///
/// # Safety
///
/// `page` is valid for writes, and no other thread accesses it.
#[inline(always)]
pub(crate) unsafe fn init_page<F: PfnFields>(init: PageInit<F>, page: *mut Page, address: u64, pfn: u64) {
    // SAFETY: the page is valid by contract, and all of its words are initialised by the first line.
    unsafe {
        page.cast::<[u64; PAGE_WORDS]>().write([0; PAGE_WORDS]);
        (*page).flags |= init.links | init.pfn_fields.flags(pfn);
        page::atomic_set(&raw mut (*page).refcount, 1);
        page::atomic_set(&raw mut (*page).mapcount, MINUS_ONE);
        (*page).flags |= init.last_cpupid;
        // The KASAN tag is reset to 0xff, which is stored inverted: it is 0 already.
        let lru = (&raw mut (*page).info).cast::<ListHead>();
        page::init_list_head(lru, address + core::mem::offset_of!(Page, info) as u64);
        (*page).flags |= PG_RESERVED;
        // Pgmap and device data overwrite the list.
        (*page).info = init.pgmap;
        (*page).zone_device_data = 0;
        if !init.keeps_reference {
            page::atomic_set(&raw mut (*page).refcount, 0);
        }
    }
}

/// A tail page: initialised as if it were none, then told who its head is (`prep_compound_tail`).
///
/// # Safety
///
/// As [`init_page`].
#[inline(always)]
pub(crate) unsafe fn init_tail<P: Profile, F: PfnFields>(
    init: PageInit<F>,
    tail: *mut Page,
    address: u64,
    pfn: u64,
    head_address: u64,
    order: u32,
) {
    // SAFETY: the page is valid by contract, and init_page initialises it.
    unsafe {
        init_page(init, tail, address, pfn);
        (*tail).mapping = TAIL_MAPPING;
        page::write_once(&raw mut (*tail).info, P::compound_info(head_address, order));
        (*tail).private = 0;
        page::atomic_set(&raw mut (*tail).refcount, 0);
    }
}

/// `__SetPageHead`.
///
/// # Safety
///
/// `head` is initialised and valid for reads and writes, and no other thread accesses it.
#[inline(always)]
pub(crate) unsafe fn set_head(head: *mut Page) {
    // SAFETY: valid and initialised by contract.
    unsafe { (*head).flags |= PG_HEAD };
}

/// `prep_compound_head` of the compound whose head is `head`, said to be at `head_address`.
///
/// # Safety
///
/// The first tail is initialised, the first tail and (with an order above 1) the second one are valid for reads and writes, and no
/// other thread accesses them.
#[inline(always)]
pub(crate) unsafe fn prep_compound_head<P: Profile>(head: *mut Page, head_address: u64, order: u32) {
    // SAFETY: with order 1 there is no second tail: wrapping_add makes a pointer that is not accessed.
    unsafe {
        P::prep_compound_head(
            head.add(1),
            head.wrapping_add(2),
            head_address.wrapping_add(2 * STRUCT_PAGE_SIZE),
            order,
        );
    }
}
