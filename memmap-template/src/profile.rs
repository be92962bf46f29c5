//! How a kernel, built in some way, writes compounds.

use crate::kconfig::Kconfig;
use crate::kernel::{ALL_TAILS, FirstTailForm, Kernel, Version};
use crate::page::{self, Common, FirstTail, FirstTail6_1, FirstTail6_12, SecondTail};
use crate::pgmap::MemoryType;

/// `(u32)-1`, where the kernel's counters start.
pub(crate) const MINUS_ONE: u32 = u32::MAX;

/// Bits of the first tail's flag word that hold the order, 6.12 and later.
const ORDER_BITS: u64 = 0xff;

/// `COMPOUND_PAGE_DTOR`, 6.1.
const COMPOUND_PAGE_DTOR: u8 = 1;

/// A kernel's way of writing compounds: its version's, as far as the configuration lets it.
#[derive(Clone, Copy)]
pub(crate) struct Profile {
    version: &'static Version,
    /// Bytes of a struct page as a power of two, where tails hold a mask.
    mask: Option<u32>,
    /// Whether there is a memcg word, for the compound's size to lie over.
    memcg: bool,
}

impl Profile {
    pub(crate) fn new(kernel: Kernel, kconfig: &Kconfig) -> Profile {
        let size = kconfig.struct_page_size();
        let version = kernel.version();
        Profile {
            version,
            mask: (version.masks && kconfig.hvo && size.is_power_of_two()).then(|| size.ilog2()),
            memcg: kconfig.memcg,
        }
    }

    /// Whether tails hold a mask, which needs heads at naturally aligned addresses.
    pub(crate) fn tails_hold_mask(&self) -> bool {
        self.mask.is_some()
    }

    /// Tails that have been initialised when `prep_compound_head` is called. Later ones overwrite parts of what it has written.
    #[inline(always)]
    pub(crate) fn head_prepared_after(&self) -> u64 {
        self.version.head_prepared_after
    }

    /// Whether the second tail ends up with a deferred list (if there is a second tail).
    pub(crate) fn deferred_list_survives(&self) -> bool {
        self.version.deferred_list && self.version.head_prepared_after == ALL_TAILS
    }

    /// The word by which a tail finds its head.
    #[inline(always)]
    pub(crate) fn compound_info(&self, head: u64, order: u32) -> u64 {
        match self.mask {
            Some(size_shift) => u64::MAX << (order + size_shift) | 1,
            None => head | 1,
        }
    }

    /// Whether order-0 pages and heads of this type keep the reference that every page starts with.
    pub(crate) fn keeps_reference(&self, memory_type: MemoryType) -> bool {
        (self.version.keeps_reference)(memory_type)
    }

    /// `prep_compound_head`: writes the folio's fields into the first tails. `tail2` is said to be at `tail2_address`.
    ///
    /// # Safety
    ///
    /// `tail1` is initialised; `tail1`, and with an order above 1 also `tail2`, are valid for reads and writes of a struct page of this
    /// profile's configuration and aligned to words, and no other thread accesses them.
    #[inline]
    pub(crate) unsafe fn prep_compound_head(&self, tail1: *mut u64, tail2: *mut u64, tail2_address: u64, order: u32) {
        // SAFETY: the first tail is a page, initialised, aligned and ours alone, by the contract of this function; it has a memcg word if
        // the configuration, which `memcg` is taken from, has one. So is the second tail where the order is above 1; its list is in the
        // part that every struct page has.
        unsafe {
            match self.version.first_tail {
                FirstTailForm::V6_1 => prep_6_1(tail1.cast(), order),
                FirstTailForm::V6_12 => prep_6_12(tail1.cast(), order),
                FirstTailForm::V6_15 => prep_6_15(tail1.cast(), order, self.memcg),
            }
            if order > 1 && self.version.deferred_list {
                let list = &raw mut (*tail2.cast::<SecondTail>()).deferred_list;
                let offset = core::mem::offset_of!(SecondTail, deferred_list) as u64;
                page::init_list_head(list, tail2_address + offset);
            }
        }
    }
}

/// # Safety
///
/// `tail1` is valid for reads and writes and aligned to words, and no other thread accesses it.
#[inline(always)]
unsafe fn prep_6_1(tail1: *mut FirstTail6_1, order: u32) {
    // SAFETY: the page is valid, aligned and ours alone by the contract of this function, and no smaller than the overlay.
    unsafe {
        (*tail1).compound_dtor = COMPOUND_PAGE_DTOR;
        (*tail1).compound_order = order as u8;
        (*tail1).compound_nr = 1 << order;
        page::atomic_set(&raw mut (*tail1).compound_mapcount, MINUS_ONE);
        page::atomic_set(&raw mut (*tail1).compound_pincount, 0);
    }
}

/// # Safety
///
/// As [`prep_6_1`], and `tail1` is initialised.
#[inline(always)]
unsafe fn prep_6_12(tail1: *mut FirstTail6_12, order: u32) {
    // SAFETY: as in prep_6_1; the flags, which set_order reads, are initialised by the contract of this function.
    unsafe {
        set_order(&raw mut (*tail1).flags, order);
        (*tail1).nr_pages = 1 << order;
        page::atomic_set(&raw mut (*tail1).large_mapcount, MINUS_ONE);
        page::atomic_set(&raw mut (*tail1).entire_mapcount, MINUS_ONE);
        page::atomic_set(&raw mut (*tail1).nr_pages_mapped, 0);
        page::atomic_set(&raw mut (*tail1).pincount, 0);
    }
}

/// # Safety
///
/// As [`prep_6_12`]; with `memcg`, the page has a memcg word.
#[inline(always)]
unsafe fn prep_6_15(tail1: *mut FirstTail, order: u32, memcg: bool) {
    const { assert!(core::mem::offset_of!(FirstTail, nr_pages) == size_of::<Common>()) };
    // SAFETY: as in prep_6_12: up to the memcg word the overlay is as long as the fields that every page has, and with `memcg` the page
    // has that word, too.
    unsafe {
        set_order(&raw mut (*tail1).flags, order);
        if memcg {
            (*tail1).nr_pages = 1 << order;
        }
        page::atomic_set(&raw mut (*tail1).large_mapcount, MINUS_ONE);
        page::atomic_set(&raw mut (*tail1).nr_pages_mapped, 0);
        (*tail1).mm_ids = 0;
        (*tail1).mm_id_mapcount = [MINUS_ONE; 2];
        page::atomic_set(&raw mut (*tail1).pincount, 0);
        page::atomic_set(&raw mut (*tail1).entire_mapcount, MINUS_ONE);
    }
}

/// `folio_set_order`, its part in the flag word.
///
/// # Safety
///
/// `flags` is initialised, valid for reads and writes and aligned, and no other thread accesses it.
#[inline(always)]
unsafe fn set_order(flags: *mut u64, order: u32) {
    // SAFETY: initialised, valid, aligned and ours alone by the contract of this function.
    unsafe { *flags = *flags & !ORDER_BITS | u64::from(order) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    const UNTIL_6_14: [Kernel; 2] = [Kernel::V6_1, Kernel::V6_12];

    fn profile(kernel: Kernel) -> Profile {
        Profile::new(kernel, &Preset::X86_64_DISTRO.kconfig)
    }

    #[test]
    fn masks_of_a_2m_and_a_1g_compound() {
        let v7_1 = profile(Kernel::V7_1);
        assert_eq!(v7_1.compound_info(0xffd4_0000_0404_8000, 9), 0xffff_ffff_ffff_8001);
        assert_eq!(v7_1.compound_info(0xffd4_0000_0400_0000, 18), 0xffff_ffff_ff00_0001);
        assert_eq!(v7_1.compound_info(0, 1), 0xffff_ffff_ffff_ff81);
    }

    #[test]
    fn masks_need_7_1_hvo_and_a_power_of_two() {
        let mut kconfig = Preset::X86_64_DISTRO.kconfig;
        let pointers = [Kernel::V6_1, Kernel::V6_12, Kernel::V6_15, Kernel::V7_0];
        for kernel in Kernel::ALL {
            assert_eq!(profile(*kernel).tails_hold_mask(), !pointers.contains(kernel), "{kernel}");
        }
        kconfig.kmsan = true;
        assert!(!Profile::new(Kernel::V7_1, &kconfig).tails_hold_mask(), "80 bytes");
        assert!(!Profile::new(Kernel::V7_1, &Preset::ARM64_4K.kconfig).tails_hold_mask(), "no HVO");
    }

    #[test]
    fn until_6_14_only_private_and_coherent_pages_lose_their_reference() {
        use MemoryType::*;
        for kernel in UNTIL_6_14 {
            for kept in [FsDax, Generic, PciP2pdma, Invalid] {
                assert!(profile(kernel).keeps_reference(kept), "{kernel} {kept:?}");
            }
            assert!(!profile(kernel).keeps_reference(Private) && !profile(kernel).keeps_reference(Coherent));
        }
    }

    #[test]
    fn since_6_15_only_generic_pages_keep_their_reference() {
        use MemoryType::*;
        for kernel in Kernel::ALL.iter().copied().filter(|kernel| !UNTIL_6_14.contains(kernel)) {
            for dropped in [Private, Coherent, FsDax, PciP2pdma] {
                assert!(!profile(kernel).keeps_reference(dropped), "{kernel} {dropped:?}");
            }
            assert!(profile(kernel).keeps_reference(Generic) && profile(kernel).keeps_reference(Invalid));
        }
    }
}
