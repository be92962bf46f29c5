//! What a page descriptor looks like: the part of `struct page` that every kernel has, the fields that a configuration adds, and the
//! folio fields that lie over a compound's first tails.

use memcpy_streaming::Streamer;

/// Bytes of a struct page of [`Preset::X86_64_DISTRO`](crate::Preset::X86_64_DISTRO).
/// [`MemmapInit::struct_page_size`](crate::MemmapInit::struct_page_size) has that of any configuration.
pub const STRUCT_PAGE_SIZE: u64 = 64;

/// Bytes that such a memmap has to be aligned to: 16, as a kernel with `CONFIG_HAVE_ALIGNED_STRUCT_PAGE` does it. To write whole
/// cache lines, align it to 64.
pub const STRUCT_PAGE_ALIGN: u64 = 16;

/// Bytes of a word.
pub(crate) const WORD: usize = size_of::<u64>();

/// `TAIL_MAPPING`, 0x400, with x86_64's and arm64's `CONFIG_ILLEGAL_POINTER_VALUE`.
pub(crate) const TAIL_MAPPING: u64 = 0xdead_0000_0000_0400;

/// A struct page, known to the compiler: a strategy is compiled once per size, and once more for the fields that few kernels have, so that
/// these cost the others nothing.
pub(crate) trait Layout: Copy + AsRef<[u64]> + AsMut<[u64]> {
    /// A struct page of zeros.
    const ZERO: Self;
    /// Bytes of a struct page.
    const SIZE: u64 = size_of::<Self>() as u64;
    /// Whether there may be `virtual` or `_last_cpupid`. Their words are known at run time ([`Fields`](crate::kconfig::Fields)); with the
    /// latter, a struct page may end in the middle of its last word.
    const HAS_RARE_FIELDS: bool;

    /// Streams `image` to `page`, by a copy of this size.
    ///
    /// # Safety
    ///
    /// `page` is valid for writes, and nobody accesses it, unless by another copy from here, before the next drain.
    unsafe fn stream(streamer: Streamer, page: *mut Self, image: &Self);

    /// Streams what `source` answers to `count` pages, the first of which is at `page`, by copies of this size.
    ///
    /// # Safety
    ///
    /// As [`stream`](Self::stream), for all pages that are written; what `source` answers is a page elsewhere.
    unsafe fn stream_records(
        streamer: Streamer,
        page: *mut Self,
        count: usize,
        source: impl FnMut(usize) -> *const Self,
    );
}

/// A struct page as words: those that every kernel has, and behind them those that a configuration adds. `BYTES` are those of all words,
/// which the compiler cannot work out by itself. Aligned as on 64-bit machines on those, too, where words by themselves are not.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub(crate) struct Page<const WORDS: usize, const BYTES: usize, const RARE_FIELDS: bool>([u64; WORDS]);

impl<const WORDS: usize, const BYTES: usize, const RARE_FIELDS: bool> Layout for Page<WORDS, BYTES, RARE_FIELDS> {
    const SIZE: u64 = {
        assert!(BYTES == size_of::<Self>(), "a page has the bytes of its words");
        assert!(BYTES >= size_of::<Common>(), "and all that every kernel has");
        BYTES as u64
    };
    const ZERO: Self = Page([0; WORDS]);
    const HAS_RARE_FIELDS: bool = RARE_FIELDS;

    #[inline(always)]
    unsafe fn stream(streamer: Streamer, page: *mut Self, image: &Self) {
        const { assert!(Self::SIZE == BYTES as u64) };
        // SAFETY: `BYTES` are those of one page, as SIZE asserts. The page is valid for writes and not accessed before a drain by the contract
        // of this function, and does not overlap the image, which is borrowed.
        unsafe { streamer.memcpy_streaming_fixed::<BYTES>(page.cast(), (&raw const *image).cast()) };
    }

    #[inline(always)]
    unsafe fn stream_records(
        streamer: Streamer,
        page: *mut Self,
        count: usize,
        mut source: impl FnMut(usize) -> *const Self,
    ) {
        const { assert!(Self::SIZE == BYTES as u64) };
        // SAFETY: as in `stream`, for each of the `count` pages, and what `source` answers is one, elsewhere, by the contract of this function.
        unsafe { streamer.memcpy_streaming_records::<BYTES>(page.cast(), count, |i| source(i).cast()) };
    }
}

impl<const WORDS: usize, const BYTES: usize, const RARE_FIELDS: bool> AsRef<[u64]> for Page<WORDS, BYTES, RARE_FIELDS> {
    #[inline(always)]
    fn as_ref(&self) -> &[u64] {
        &self.0
    }
}

impl<const WORDS: usize, const BYTES: usize, const RARE_FIELDS: bool> AsMut<[u64]> for Page<WORDS, BYTES, RARE_FIELDS> {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut [u64] {
        &mut self.0
    }
}

/// The fields that every struct page starts with. What several fields share a word is named after the one that initialisation leaves
/// there.
#[repr(C)]
pub(crate) struct Common {
    pub(crate) flags: u64,
    /// `lru.next`, then `pgmap` (order-0 pages and heads) or `compound_info` (tails).
    pub(crate) info: u64,
    /// `lru.prev`, then `zone_device_data`.
    pub(crate) zone_device_data: u64,
    pub(crate) mapping: u64,
    _index: u64,
    pub(crate) private: u64,
    pub(crate) mapcount: u32,
    pub(crate) refcount: u32,
}

/// Words of a page, by what initialisation leaves in them.
pub(crate) mod word {
    pub(crate) const FLAGS: usize = 0;
    pub(crate) const INFO: usize = 1;
    /// The deferred list of a second tail: `next`, and `prev` behind it.
    pub(crate) const DEFERRED_LIST: usize = 2;
}

/// The folio fields in a compound's first tail, 6.15 and later.
#[repr(C)]
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
    /// Over the memcg word: there only if that is.
    pub(crate) nr_pages: u32,
}

/// The folio fields in a compound's first tail, 6.12 to 6.14.
#[repr(C)]
pub(crate) struct FirstTail6_12 {
    pub(crate) flags: u64,
    _info: u64,
    pub(crate) large_mapcount: u32,
    pub(crate) entire_mapcount: u32,
    pub(crate) nr_pages_mapped: u32,
    pub(crate) pincount: u32,
    pub(crate) nr_pages: u32,
}

/// The fields in a compound's first tail, 6.1.
#[repr(C)]
pub(crate) struct FirstTail6_1 {
    _flags: u64,
    _info: u64,
    pub(crate) compound_dtor: u8,
    pub(crate) compound_order: u8,
    _pad: u16,
    pub(crate) compound_mapcount: u32,
    pub(crate) compound_pincount: u32,
    pub(crate) compound_nr: u32,
}

/// The folio fields in a compound's second tail: the list that queues it for splitting.
#[repr(C)]
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

/// `WRITE_ONCE` of a word: a volatile store, as in the kernel. (An atomic one of 64 bits does not exist on all machines.)
///
/// # Safety
///
/// `field` is aligned and valid for writes, whether it is initialised or not, and no other thread accesses it.
#[inline(always)]
pub(crate) unsafe fn write_once(field: *mut u64, value: u64) {
    // SAFETY: aligned and valid for writes by contract; no other thread accesses it, so that accesses cannot race.
    unsafe { field.write_volatile(value) }
}

/// `atomic_set` of a counter.
///
/// # Safety
///
/// As [`write_once`].
#[inline(always)]
pub(crate) unsafe fn atomic_set(field: *mut u32, value: u32) {
    // SAFETY: as in `write_once`, the same contract.
    unsafe { field.write_volatile(value) }
}

/// `INIT_LIST_HEAD`: a list whose head is said to be at `address`.
///
/// # Safety
///
/// As [`write_once`], for both words.
#[inline(always)]
pub(crate) unsafe fn init_list_head(list: *mut ListHead, address: u64) {
    // SAFETY: the contract of this function is write_once's for both words.
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
    fn pages_are_their_words_and_aligned() {
        type Smallest = Page<7, 56, false>;
        type Largest = Page<12, 96, true>;
        assert_eq!((size_of::<Smallest>(), size_of::<Largest>(), align_of::<Smallest>()), (56, 96, 8));
        assert_eq!((Smallest::ZERO.as_ref(), Largest::ZERO.as_ref().len()), (&[0; 7][..], 12));
    }

    #[test]
    fn fields_are_where_the_kernel_has_them() {
        assert_eq!(size_of::<Common>(), 56);
        assert_eq!(offset_of!(Common, flags), word::FLAGS * WORD);
        assert_eq!(offset_of!(Common, info), word::INFO * WORD);
        assert_eq!(offset_of!(Common, mapcount), 48);
        assert_eq!(offset_of!(Common, refcount), 52);
        assert_eq!(offset_of!(FirstTail, large_mapcount), 16);
        assert_eq!(offset_of!(FirstTail, entire_mapcount), 24);
        assert_eq!(offset_of!(FirstTail, mm_id_mapcount), 32);
        assert_eq!(offset_of!(FirstTail, mm_ids), 40);
        assert_eq!(offset_of!(FirstTail, nr_pages), 56);
        assert_eq!(offset_of!(FirstTail6_12, entire_mapcount), 20);
        assert_eq!(offset_of!(FirstTail6_12, nr_pages), 32);
        assert_eq!(offset_of!(FirstTail6_1, compound_order), 17);
        assert_eq!(offset_of!(FirstTail6_1, compound_mapcount), 20);
        assert_eq!(offset_of!(FirstTail6_1, compound_nr), 28);
        assert_eq!(offset_of!(SecondTail, deferred_list), word::DEFERRED_LIST * WORD);
        for overlay in [size_of::<FirstTail6_12>(), size_of::<FirstTail6_1>(), size_of::<SecondTail>()] {
            assert!(overlay <= size_of::<Common>());
        }
        assert_eq!(offset_of!(FirstTail, nr_pages), size_of::<Common>(), "the memcg word");
    }
}
