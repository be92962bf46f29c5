//! What a namespace is aligned to.

use crate::kconfig::PageSize;
use crate::names::named;

/// The alignment of a namespace: that of its data's offset, and of a devdax namespace's mappings, and so the size of its compounds. Which of
/// them a kernel has depends on its pages: see [`PageSize::alignments`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Align {
    /// 4 KiB: a page of 4 KiB.
    Size4K,
    /// 2 MiB: order 9 of pages of 4 KiB.
    Size2M,
    /// 1 GiB: order 18 of pages of 4 KiB.
    Size1G,
    /// 16 KiB: a page of 16 KiB.
    Size16K,
    /// 32 MiB: order 11 of pages of 16 KiB.
    Size32M,
    /// 64 KiB: a page of 64 KiB.
    Size64K,
    /// 512 MiB: order 13 of pages of 64 KiB.
    Size512M,
}

named!(
    Align, "alignment",
    Size4K => "4K", Size2M => "2M", Size1G => "1G", Size16K => "16K", Size32M => "32M", Size64K => "64K", Size512M => "512M"
);

impl Align {
    /// The size in bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        const MIB: u64 = 1 << 20;
        match self {
            Align::Size4K => 4 << 10,
            Align::Size16K => 16 << 10,
            Align::Size64K => 64 << 10,
            Align::Size2M => 2 * MIB,
            Align::Size32M => 32 * MIB,
            Align::Size512M => 512 * MIB,
            Align::Size1G => 1024 * MIB,
        }
    }

    /// The order of a compound of this size, of pages of `page_size`; 0 if it is no larger than one of them.
    #[must_use]
    pub const fn order(self, page_size: PageSize) -> u32 {
        self.bytes().ilog2().saturating_sub(page_size.shift())
    }
}

impl PageSize {
    /// The alignments that a kernel with pages of this size can have (`nd_pfn_supported_alignments`): a page, what a PMD maps and, of pages of
    /// 4 KiB, what a PUD maps.
    #[must_use]
    pub const fn alignments(self) -> &'static [Align] {
        match self {
            PageSize::Size4K => &[Align::Size4K, Align::Size2M, Align::Size1G],
            PageSize::Size16K => &[Align::Size16K, Align::Size32M],
            PageSize::Size64K => &[Align::Size64K, Align::Size512M],
        }
    }

    /// The alignment that `ndctl` asks for if nobody says another one, in both modes: what a PMD maps.
    #[must_use]
    pub const fn default_align(self) -> Align {
        self.alignments()[1]
    }
}
