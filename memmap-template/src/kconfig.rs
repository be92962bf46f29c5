//! How a kernel was built, as far as its memmap depends on it: which fields `struct page` has, the size of pages, and what may be shared.

use crate::names::named;

/// `PAGE_SIZE`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageSize {
    /// 4 KiB: x86_64, and arm64 by default.
    Size4K,
    /// 16 KiB: arm64.
    Size16K,
    /// 64 KiB: arm64 and ppc64.
    Size64K,
}

named!(PageSize, "page size", Size4K => "4K", Size16K => "16K", Size64K => "64K");

impl PageSize {
    /// `PAGE_SHIFT`: the size in bytes as a power of two.
    #[must_use]
    pub const fn shift(self) -> u32 {
        match self {
            PageSize::Size4K => 12,
            PageSize::Size16K => 14,
            PageSize::Size64K => 16,
        }
    }

    /// The size in bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        1 << self.shift()
    }
}

/// What a struct page is aligned to, and its size therefore is a multiple of.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StructPageAlign {
    /// 16 bytes: `CONFIG_HAVE_ALIGNED_STRUCT_PAGE` (x86, arm64, s390, riscv).
    Bytes16,
    /// 8 bytes: a word.
    Bytes8,
    /// 4 bytes. No 64-bit kernel has this. It makes sizes that are no whole number of words, which close the last of the
    /// fast strategies' gates.
    Bytes4,
}

impl StructPageAlign {
    /// The alignment in bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        match self {
            StructPageAlign::Bytes16 => 16,
            StructPageAlign::Bytes8 => 8,
            StructPageAlign::Bytes4 => 4,
        }
    }
}

/// The configuration of a kernel. Start from a [`Preset`](crate::Preset)'s and change what differs.
///
/// Fields follow `_refcount`, which ends at byte 56, in 7.1's order: the memcg word, `virtual`, `_last_cpupid`, KMSAN's two pointers.
/// `THP` (and with it `MM_ID`) and `PAGE_MAPCOUNT` are always on.
///
/// ```
/// use memmap_template::Preset;
///
/// let mut kconfig = Preset::X86_64_DISTRO.kconfig;
/// assert_eq!(kconfig.struct_page_size(), 64);
/// kconfig.kmsan = true;
/// assert_eq!(kconfig.struct_page_size(), 80);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kconfig {
    /// The size of a page.
    pub page_size: PageSize,
    /// The word of `CONFIG_MEMCG` (or `CONFIG_SLAB_OBJ_EXT`), which holds the compound's size in a first tail.
    pub memcg: bool,
    /// `WANT_PAGE_VIRTUAL`: each struct page holds the linear address of its page.
    pub page_virtual: bool,
    /// Bits of `_last_cpupid`, for kernels whose flag word has no bits left for them (`LAST_CPUPID_NOT_IN_PAGE_FLAGS`); 0 for no such
    /// field, and at most 32.
    pub last_cpupid_width: u32,
    /// `CONFIG_KMSAN`: two pointers, null at first.
    pub kmsan: bool,
    /// What struct pages are aligned to.
    pub struct_page_align: StructPageAlign,
    /// `CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP`: since 7.1, tails hold a mask if the size of a struct page is a power of two.
    pub hvo: bool,
    /// `CONFIG_ARCH_WANT_OPTIMIZE_DAX_VMEMMAP`: without an altmap, the pages of the memmap that hold equal tails are shared, and the
    /// struct pages of two pages of memmap per compound are written. Off also stands for a range in boot sections, which 7.2 does not
    /// optimise.
    pub optimize_dax_vmemmap: bool,
    /// Pages of a pageblock as a power of two (`pageblock_order`, 0 to 18).
    pub pageblock_order: u32,
    /// Linear address of pfn 0 (`PAGE_OFFSET`), where `virtual` starts.
    pub page_offset: u64,
}

impl Kconfig {
    /// `sizeof(struct page)` in bytes.
    #[must_use]
    pub const fn struct_page_size(&self) -> u64 {
        Fields::new(self).size
    }

    /// What a memmap has to be aligned to, in bytes: as struct pages are, and whole words as words.
    #[must_use]
    pub const fn memmap_align(&self) -> u64 {
        Fields::new(self).align
    }
}

/// Where the fields of a struct page that not every kernel has are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    /// Bytes of a struct page.
    pub(crate) size: u64,
    /// What a struct page has to be aligned to; whole words are written as such, and therefore at least to 8.
    pub(crate) align: u64,
    /// The word of `virtual`; 0 if there is none.
    pub(crate) page_virtual: usize,
    /// The word that `_last_cpupid` is the first half of; 0 if there is none.
    pub(crate) last_cpupid: usize,
}

impl Fields {
    pub(crate) const fn new(kconfig: &Kconfig) -> Fields {
        let align = kconfig.struct_page_align.bytes();
        let pointer_align = if align < 8 { align } else { 8 };
        let mut end: u64 = 56;
        if kconfig.memcg {
            end += 8;
        }
        let mut page_virtual = 0;
        if kconfig.page_virtual {
            page_virtual = end as usize / 8;
            end += 8;
        }
        let mut last_cpupid = 0;
        if kconfig.last_cpupid_width > 0 {
            last_cpupid = end as usize / 8;
            end += 4;
        }
        if kconfig.kmsan {
            end = end.next_multiple_of(pointer_align) + 16;
        }
        let size = end.next_multiple_of(align);
        Fields { size, align: if size.is_multiple_of(8) && align < 8 { 8 } else { align }, page_virtual, last_cpupid }
    }

    /// Words of a struct page, with one that it has a part of.
    pub(crate) const fn words(&self) -> u64 {
        self.size.div_ceil(8)
    }

    /// Whether there is one of the fields that few kernels have.
    pub(crate) const fn has_rare(&self) -> bool {
        self.page_virtual > 0 || self.last_cpupid > 0
    }

    /// Whether a struct page is whole words.
    pub(crate) const fn whole_words(&self) -> bool {
        self.size.is_multiple_of(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    /// kernel-semantics 1.2: memcg, virtual, _last_cpupid, KMSAN, size at 16-byte and at 8-byte alignment.
    #[test]
    fn sizes_follow_from_the_configuration() {
        const N: bool = false;
        const Y: bool = true;
        for (memcg, page_virtual, cpupid, kmsan, at_16, at_8) in [
            (N, N, N, N, 64, 56),
            (Y, N, N, N, 64, 64),
            (N, N, Y, N, 64, 64),
            (Y, N, Y, N, 80, 72),
            (N, N, N, Y, 80, 72),
            (Y, N, N, Y, 80, 80),
            (Y, N, Y, Y, 96, 88),
            (N, N, Y, Y, 80, 80),
            (N, Y, N, N, 64, 64),
            (Y, Y, N, N, 80, 72),
            (Y, Y, Y, N, 80, 80),
            (Y, Y, N, Y, 96, 88),
            (Y, Y, Y, Y, 96, 96),
        ] {
            for (struct_page_align, size) in [(StructPageAlign::Bytes16, at_16), (StructPageAlign::Bytes8, at_8)] {
                let kconfig = Kconfig {
                    memcg,
                    page_virtual,
                    last_cpupid_width: if cpupid { 21 } else { 0 },
                    kmsan,
                    struct_page_align,
                    ..Preset::X86_64_DISTRO.kconfig
                };
                assert_eq!(kconfig.struct_page_size(), size, "{kconfig:?}");
            }
        }
    }

    #[test]
    fn fields_are_in_7_1s_order() {
        let mut kconfig = Kconfig { page_virtual: true, last_cpupid_width: 21, ..Preset::X86_64_DISTRO.kconfig };
        assert_eq!(Fields::new(&kconfig), Fields { size: 80, align: 16, page_virtual: 8, last_cpupid: 9 });
        kconfig.memcg = false;
        assert_eq!(Fields::new(&kconfig), Fields { size: 80, align: 16, page_virtual: 7, last_cpupid: 8 });
    }
}
