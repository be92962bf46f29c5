//! `Strategy::Slow`: every field of every page, in the base kernel's order. The oracle for the others, which prepare their templates
//! and images with it, and the baseline that they are measured against.
//!
//! Stores are as strong as the kernel's: volatile where it uses `WRITE_ONCE` or `atomic_set`, plain ones elsewhere.

use core::mem::offset_of;

use crate::kernel::ALL_TAILS;
use crate::page::{self, Common, Layout, ListHead, TAIL_MAPPING};
use crate::pfn_fields::PfnFields;
use crate::profile::{MINUS_ONE, Profile};
use crate::range::PageRange;
use crate::trace::Trace;

/// What `__init_zone_device_page` is told that is the same for all pages of a range.
#[derive(Clone, Copy)]
pub(crate) struct PageInit {
    /// Zone and node, as bits of the flag word.
    pub(crate) links: u64,
    /// All bits of LAST_CPUPID in the flag word.
    pub(crate) last_cpupid: u64,
    /// All bits of `_last_cpupid`, for struct pages that have it.
    pub(crate) last_cpupid_outside: u32,
    /// The word that `_last_cpupid` is the first half of; 0 if there is none.
    pub(crate) last_cpupid_word: usize,
    /// `PG_head`, as a bit of the flag word.
    pub(crate) pg_head: u64,
    /// `PG_reserved`, as a bit of the flag word.
    pub(crate) pg_reserved: u64,
    /// Address of the pgmap.
    pub(crate) pgmap: u64,
    /// Whether the memory type leaves the page the reference that it starts with.
    pub(crate) keeps_reference: bool,
    /// What depends on the pfn.
    pub(crate) pfn_fields: PfnFields,
    /// How compounds are made.
    pub(crate) profile: Profile,
}

/// `memmap_init_zone_device`, the loop.
///
/// # Safety
///
/// The range is valid, aligned and exclusive as [`PageRange`] says, and its struct pages are those of `L`.
#[inline(never)]
pub(crate) unsafe fn init_range<L: Layout>(init: PageInit, range: PageRange, trace: &mut impl Trace) {
    // SAFETY: each pfn is in the range, whose pages are `L`'s. So each page is valid for reads and writes, aligned, and accessed by no
    // other thread (the range is valid, aligned and exclusive), and a compound has `compound_nr_pages` of them. init_page initialises
    // the head before init_compound needs it.
    unsafe {
        if range.order == 0 {
            for pfn in range.first_pfn..range.end_pfn() {
                init_page::<L>(&init, range.page::<L>(pfn), range.address::<L>(pfn), pfn, trace);
            }
        } else {
            for pfn in range.compounds() {
                let (head, address) = (range.page::<L>(pfn), range.address::<L>(pfn));
                init_page::<L>(&init, head, address, pfn, trace);
                init_compound::<L>(&init, head, address, pfn, range.order, range.compound_nr_pages, trace);
            }
        }
    }
}

/// `memmap_init_compound`: makes a compound of `head`, which has been initialised, and the tails behind it, of which the first
/// `nr_pages - 1` are written.
///
/// # Safety
///
/// `nr_pages` struct pages, 2 or more (and with an order above 1, 3 or more), from `head` on are valid for reads and writes and aligned,
/// the first is initialised, and no other thread accesses them.
#[inline(always)]
pub(crate) unsafe fn init_compound<L: Layout>(
    init: &PageInit,
    head: *mut L,
    head_address: u64,
    head_pfn: u64,
    order: u32,
    nr_pages: u64,
    trace: &mut impl Trace,
) {
    let head_prepared_after = init.profile.head_prepared_after();
    // SAFETY: the contract of this function has the head initialised, and pages 0 to nr_pages - 1 valid, aligned and ours alone. The
    // first tail is initialised before prep_compound_head, which needs that, since no kernel prepares a head before its first tail;
    // with an order above 1 there is the second tail that it stores to.
    unsafe {
        set_head::<L>(init, head);
        for i in 1..nr_pages {
            let tail = head.add(i as usize);
            init_tail::<L>(init, tail, tail_address::<L>(head_address, i), head_pfn + i, head_address, order, trace);
            if i == head_prepared_after {
                prep_compound_head::<L>(init, head, head_address, order);
            }
        }
        if head_prepared_after == ALL_TAILS {
            prep_compound_head::<L>(init, head, head_address, order);
        }
    }
}

/// Where a tail is said to be. Its list's pointers are made from this, and overwritten before anyone reads them.
#[inline(always)]
pub(crate) fn tail_address<L: Layout>(head_address: u64, tail: u64) -> u64 {
    head_address + tail * L::SIZE
}

/// `__init_zone_device_page`: an order-0 page or a head. `page` is said to be at `address`.
///
/// # Safety
///
/// `page` is valid for reads and writes and aligned, and no other thread accesses it.
#[inline(always)]
pub(crate) unsafe fn init_page<L: Layout>(
    init: &PageInit,
    page: *mut L,
    address: u64,
    pfn: u64,
    trace: &mut impl Trace,
) {
    let common = page.cast::<Common>();
    // SAFETY: the page is valid, aligned and ours alone by the contract of this function, and the first line initialises all of it, so
    // that it can be borrowed for its rare fields. The fields of Common are the start of every layout.
    unsafe {
        page.write(L::ZERO);
        (*common).flags |= init.links | init.pfn_fields.flags(pfn);
        page::atomic_set(&raw mut (*common).refcount, 1);
        trace.page_ref_set(pfn, 1);
        page::atomic_set(&raw mut (*common).mapcount, MINUS_ONE);
        if L::HAS_RARE_FIELDS && init.last_cpupid_word != 0 {
            let word = &raw mut (*page).as_mut()[init.last_cpupid_word];
            word.cast::<u32>().write(init.last_cpupid_outside);
        } else {
            (*common).flags |= init.last_cpupid;
        }
        // The KASAN tag is reset to 0xff, which is stored inverted: it is 0 already.
        let lru = (&raw mut (*common).info).cast::<ListHead>();
        page::init_list_head(lru, address + offset_of!(Common, info) as u64);
        init.pfn_fields.set_virtual(&mut *page, pfn);
        (*common).flags |= init.pg_reserved;
        // Pgmap and device data overwrite the list.
        (*common).info = init.pgmap;
        (*common).zone_device_data = 0;
        if !init.keeps_reference {
            page::atomic_set(&raw mut (*common).refcount, 0);
            trace.page_ref_set(pfn, 0);
        }
    }
}

/// A tail page: initialised as if it were none, then told who its head is (`prep_compound_tail`).
///
/// # Safety
///
/// As [`init_page`].
#[inline(always)]
pub(crate) unsafe fn init_tail<L: Layout>(
    init: &PageInit,
    tail: *mut L,
    address: u64,
    pfn: u64,
    head_address: u64,
    order: u32,
    trace: &mut impl Trace,
) {
    let common = tail.cast::<Common>();
    // SAFETY: this function asks for what init_page does: the page is valid, aligned and ours alone. The fields of Common are the start
    // of every layout.
    unsafe {
        init_page::<L>(init, tail, address, pfn, trace);
        (*common).mapping = TAIL_MAPPING;
        page::write_once(&raw mut (*common).info, init.profile.compound_info(head_address, order));
        (*common).private = 0;
        page::atomic_set(&raw mut (*common).refcount, 0);
        trace.page_ref_set(pfn, 0);
    }
}

/// `__SetPageHead`.
///
/// # Safety
///
/// `head` is initialised, valid for reads and writes and aligned, and no other thread accesses it.
#[inline(always)]
pub(crate) unsafe fn set_head<L: Layout>(init: &PageInit, head: *mut L) {
    // SAFETY: the head is valid, aligned, ours alone, and initialised, so that its flags can be read, by the contract of this function.
    unsafe { (*head.cast::<Common>()).flags |= init.pg_head };
}

/// `prep_compound_head` of the compound whose head is `head`, said to be at `head_address`.
///
/// # Safety
///
/// `head` and the first tail behind it are in one allocation; the first tail is initialised; it and (with an order above 1) the second
/// one are valid for reads and writes and aligned, and no other thread accesses them.
#[inline(always)]
pub(crate) unsafe fn prep_compound_head<L: Layout>(init: &PageInit, head: *mut L, head_address: u64, order: u32) {
    // SAFETY: the contract of this function is that of Profile::prep_compound_head for these two tails. With order 1 there is no
    // second one: wrapping_add makes a pointer that is not accessed. `L` has a memcg word where the profile has one: both are made from
    // the same Kconfig.
    unsafe {
        init.profile.prep_compound_head(
            head.add(1).cast(),
            head.wrapping_add(2).cast(),
            head_address.wrapping_add(2 * L::SIZE),
            order,
        );
    }
}
