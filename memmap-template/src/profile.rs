//! What kernels do differently, as compile-time facts: a strategy is compiled once per profile.

use crate::page::{self, FirstTail, FirstTail6_12, Page, STRUCT_PAGE_SIZE, SecondTail};
use crate::pgmap::MemoryType;

/// `(u32)-1`, where the kernel's counters start.
pub(crate) const MINUS_ONE: u32 = u32::MAX;

/// Bits of the first tail's flag word that hold the order.
const ORDER_BITS: u64 = 0xff;

/// A kernel's way of writing a memmap.
pub(crate) trait Profile {
    /// Whether `prep_compound_head` comes right after the first tail, so that the tails that follow overwrite parts of it.
    const HEAD_AFTER_FIRST_TAIL: bool;

    /// Whether what a tail says about its head depends on where the head is.
    const TAILS_HOLD_ADDRESS: bool;

    /// Whether the second tail ends up with a deferred list (if there is a second tail).
    const DEFERRED_LIST_SURVIVES: bool = !Self::HEAD_AFTER_FIRST_TAIL;

    /// The word by which a tail finds its head.
    fn compound_info(head: u64, order: u32) -> u64;

    /// Whether order-0 pages and heads of this type keep the reference that every page starts with.
    fn keeps_reference(memory_type: MemoryType) -> bool;

    /// `prep_compound_head`: writes the folio's fields into the first tails. `tail2` is said to be at `tail2_address`.
    ///
    /// # Safety
    ///
    /// `tail1` is initialised; `tail1`, and with an order above 1 also `tail2`, are valid for reads and writes, and no other thread
    /// accesses them.
    unsafe fn prep_compound_head(tail1: *mut Page, tail2: *mut Page, tail2_address: u64, order: u32);
}

/// Linux 6.12.
pub(crate) struct V6_12;

impl Profile for V6_12 {
    const HEAD_AFTER_FIRST_TAIL: bool = true;
    const TAILS_HOLD_ADDRESS: bool = true;

    #[inline(always)]
    fn compound_info(head: u64, _order: u32) -> u64 {
        head | 1
    }

    fn keeps_reference(memory_type: MemoryType) -> bool {
        match memory_type {
            MemoryType::FsDax | MemoryType::Generic => true,
            MemoryType::Private | MemoryType::Coherent | MemoryType::PciP2pdma => false,
        }
    }

    #[inline(always)]
    unsafe fn prep_compound_head(tail1: *mut Page, tail2: *mut Page, tail2_address: u64, order: u32) {
        let tail1 = tail1.cast::<FirstTail6_12>();
        // SAFETY: the overlay is smaller than a page, and the page is valid by contract.
        unsafe {
            set_order(&raw mut (*tail1).flags, order);
            (*tail1).nr_pages = 1 << order;
            page::atomic_set(&raw mut (*tail1).large_mapcount, MINUS_ONE);
            page::atomic_set(&raw mut (*tail1).entire_mapcount, MINUS_ONE);
            page::atomic_set(&raw mut (*tail1).nr_pages_mapped, 0);
            page::atomic_set(&raw mut (*tail1).pincount, 0);
            init_deferred_list(tail2, tail2_address, order);
        }
    }
}

/// Linux 7.1 to 7.3 with `CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP`, `CONFIG_MM_ID` and `CONFIG_PAGE_MAPCOUNT`.
pub(crate) struct V7_1;

impl Profile for V7_1 {
    const HEAD_AFTER_FIRST_TAIL: bool = false;
    const TAILS_HOLD_ADDRESS: bool = false;

    #[inline(always)]
    fn compound_info(_head: u64, order: u32) -> u64 {
        u64::MAX << (order + STRUCT_PAGE_SIZE.ilog2()) | 1
    }

    fn keeps_reference(memory_type: MemoryType) -> bool {
        match memory_type {
            MemoryType::Generic => true,
            MemoryType::Private | MemoryType::Coherent | MemoryType::FsDax | MemoryType::PciP2pdma => false,
        }
    }

    #[inline(always)]
    unsafe fn prep_compound_head(tail1: *mut Page, tail2: *mut Page, tail2_address: u64, order: u32) {
        let tail1 = tail1.cast::<FirstTail>();
        // SAFETY: the overlay is smaller than a page, and the page is valid by contract.
        unsafe {
            set_order(&raw mut (*tail1).flags, order);
            (*tail1).nr_pages = 1 << order;
            page::atomic_set(&raw mut (*tail1).large_mapcount, MINUS_ONE);
            page::atomic_set(&raw mut (*tail1).nr_pages_mapped, 0);
            (*tail1).mm_ids = 0;
            (*tail1).mm_id_mapcount = [MINUS_ONE; 2];
            page::atomic_set(&raw mut (*tail1).pincount, 0);
            page::atomic_set(&raw mut (*tail1).entire_mapcount, MINUS_ONE);
            init_deferred_list(tail2, tail2_address, order);
        }
    }
}

/// `folio_set_order`, its part in the flag word.
///
/// # Safety
///
/// `flags` is initialised and valid for reads and writes, and no other thread accesses it.
#[inline(always)]
unsafe fn set_order(flags: *mut u64, order: u32) {
    // SAFETY: valid by contract.
    unsafe { *flags = *flags & !ORDER_BITS | u64::from(order) };
}

/// The deferred list of a folio that has a second tail.
///
/// # Safety
///
/// With an order above 1, `tail2` is valid for reads and writes, and no other thread accesses it.
#[inline(always)]
unsafe fn init_deferred_list(tail2: *mut Page, tail2_address: u64, order: u32) {
    if order > 1 {
        let tail2 = tail2.cast::<SecondTail>();
        // SAFETY: the list is in the page, which is valid by contract.
        unsafe {
            let list = &raw mut (*tail2).deferred_list;
            page::init_list_head(list, tail2_address + core::mem::offset_of!(SecondTail, deferred_list) as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_of_a_2m_and_a_1g_compound() {
        assert_eq!(V7_1::compound_info(0xffd4_0000_0404_8000, 9), 0xffff_ffff_ffff_8001);
        assert_eq!(V7_1::compound_info(0xffd4_0000_0400_0000, 18), 0xffff_ffff_ff00_0001);
        assert_eq!(V7_1::compound_info(0, 1), 0xffff_ffff_ffff_ff81);
    }

    #[test]
    fn only_6_12_starts_fsdax_with_a_reference() {
        assert!(V6_12::keeps_reference(MemoryType::FsDax));
        assert!(!V7_1::keeps_reference(MemoryType::FsDax));
        for memory_type in [MemoryType::Private, MemoryType::Coherent, MemoryType::PciP2pdma] {
            assert!(!V6_12::keeps_reference(memory_type) && !V7_1::keeps_reference(memory_type));
        }
        assert!(V6_12::keeps_reference(MemoryType::Generic) && V7_1::keeps_reference(MemoryType::Generic));
    }
}
