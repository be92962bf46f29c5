//! What a page descriptor looks like: `struct page` of 64 bytes, and the folio fields that lie over a compound's first tails.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Bytes of a struct page.
pub const STRUCT_PAGE_SIZE: u64 = size_of::<Page>() as u64;

/// Bytes that a memmap has to be aligned to: 16, as a kernel with `CONFIG_HAVE_ALIGNED_STRUCT_PAGE` does it. To write whole
/// cache lines, align it to 64.
pub const STRUCT_PAGE_ALIGN: u64 = align_of::<Page>() as u64;

/// Words of a struct page.
pub(crate) const PAGE_WORDS: usize = size_of::<Page>() / size_of::<u64>();

/// `TAIL_MAPPING`, 0x400, with x86_64's and arm64's `CONFIG_ILLEGAL_POINTER_VALUE`.
pub(crate) const TAIL_MAPPING: u64 = 0xdead_0000_0000_0400;

/// A `struct page`. What several fields share a word is named after the one that initialisation leaves there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(16))]
pub(crate) struct Page {
    pub(crate) flags: u64,
    /// `lru.next`, then `pgmap` (order-0 pages and heads) or `compound_info` (tails).
    pub(crate) info: u64,
    /// `lru.prev`, then `zone_device_data`.
    pub(crate) zone_device_data: u64,
    pub(crate) mapping: u64,
    pub(crate) index: u64,
    pub(crate) private: u64,
    pub(crate) mapcount: u32,
    pub(crate) refcount: u32,
    pub(crate) memcg_data: u64,
}

impl Page {
    pub(crate) const ZERO: Page = Page {
        flags: 0,
        info: 0,
        zone_device_data: 0,
        mapping: 0,
        index: 0,
        private: 0,
        mapcount: 0,
        refcount: 0,
        memcg_data: 0,
    };
}

/// The pages as native words.
#[inline(always)]
pub(crate) fn words(pages: &[Page]) -> &[u64] {
    // SAFETY: a page is PAGE_WORDS aligned words, all of them fields (no padding: 64 bytes of fields in 64 bytes), and any
    // bits are a u64; the lifetime is that of the borrow.
    unsafe { core::slice::from_raw_parts(pages.as_ptr().cast(), pages.len() * PAGE_WORDS) }
}

/// The folio fields in a compound's first tail, 6.15 and later.
#[repr(C, align(16))]
pub(crate) struct FirstTail {
    pub(crate) flags: u64,
    _info: u64,
    pub(crate) large_mapcount: u32,
    pub(crate) nr_pages_mapped: u32,
    pub(crate) entire_mapcount: u32,
    pub(crate) pincount: u32,
    pub(crate) mm_id_mapcount: [u32; 2],
    pub(crate) mm_ids: u64,
    _mapcount: u32,
    _refcount: u32,
    pub(crate) nr_pages: u32,
}

/// The folio fields in a compound's first tail, 6.12 to 6.14.
#[repr(C, align(16))]
pub(crate) struct FirstTail6_12 {
    pub(crate) flags: u64,
    _info: u64,
    pub(crate) large_mapcount: u32,
    pub(crate) entire_mapcount: u32,
    pub(crate) nr_pages_mapped: u32,
    pub(crate) pincount: u32,
    pub(crate) nr_pages: u32,
}

/// The folio fields in a compound's second tail: the list that queues it for splitting.
#[repr(C, align(16))]
pub(crate) struct SecondTail {
    _flags: u64,
    _info: u64,
    pub(crate) deferred_list: ListHead,
}

/// `struct list_head`.
#[repr(C)]
pub(crate) struct ListHead {
    pub(crate) next: u64,
    pub(crate) prev: u64,
}

/// `WRITE_ONCE` of a word.
///
/// # Safety
///
/// `field` is aligned and valid for reads and writes, whether it is initialised or not, and no other thread accesses it.
#[inline(always)]
pub(crate) unsafe fn write_once(field: *mut u64, value: u64) {
    // SAFETY: aligned and valid by contract; nobody else accesses it, so that accesses cannot race. The store reads nothing.
    unsafe { AtomicU64::from_ptr(field) }.store(value, Ordering::Relaxed);
}

/// `atomic_set` of a counter.
///
/// # Safety
///
/// As [`write_once`].
#[inline(always)]
pub(crate) unsafe fn atomic_set(field: *mut u32, value: u32) {
    // SAFETY: aligned and valid by contract; nobody else accesses it, so that accesses cannot race. The store reads nothing.
    unsafe { AtomicU32::from_ptr(field) }.store(value, Ordering::Relaxed);
}

/// `INIT_LIST_HEAD`: a list whose head is said to be at `address`.
///
/// # Safety
///
/// As [`write_once`], for both words.
#[inline(always)]
pub(crate) unsafe fn init_list_head(list: *mut ListHead, address: u64) {
    // SAFETY: both words are valid by contract.
    unsafe {
        write_once(&raw mut (*list).next, address);
        write_once(&raw mut (*list).prev, address);
    }
}

#[cfg(test)]
mod tests {
    use core::mem::offset_of;

    use super::*;

    #[test]
    fn fields_are_where_the_kernel_has_them() {
        assert_eq!((size_of::<Page>(), align_of::<Page>()), (64, 16));
        assert_eq!(offset_of!(Page, mapcount), 48);
        assert_eq!(offset_of!(Page, refcount), 52);
        assert_eq!(offset_of!(Page, memcg_data), 56);
        assert_eq!(offset_of!(FirstTail, large_mapcount), 16);
        assert_eq!(offset_of!(FirstTail, entire_mapcount), 24);
        assert_eq!(offset_of!(FirstTail, mm_id_mapcount), 32);
        assert_eq!(offset_of!(FirstTail, mm_ids), 40);
        assert_eq!(offset_of!(FirstTail, nr_pages), 56);
        assert_eq!(offset_of!(FirstTail6_12, entire_mapcount), 20);
        assert_eq!(offset_of!(FirstTail6_12, nr_pages), 32);
        assert_eq!(offset_of!(SecondTail, deferred_list), 16);
        for overlay in [size_of::<FirstTail>(), size_of::<FirstTail6_12>(), size_of::<SecondTail>()] {
            assert!(overlay <= size_of::<Page>());
        }
    }
}
