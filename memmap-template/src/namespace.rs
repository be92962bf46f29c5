//! The arithmetic of NVDIMM namespaces: which pages a device of a given size has, as `ndctl` and the kernel's `nd_pfn_init` work it out for
//! pages of 4 KiB. A [`Layout`] is not for a [`Kconfig`](crate::Kconfig) with another [`page_size`](crate::Kconfig::page_size), to which its pfns
//! would mean other addresses.
//!
//! ```
//! use memmap_template::namespace::{Align, MapMode, Mode, Namespace};
//!
//! # fn main() -> Result<(), memmap_template::namespace::NamespaceError> {
//! let mut namespace = Namespace::new(100 << 30, 0x100000, Mode::Devdax);
//! let layout = namespace.layout()?;
//! assert_eq!(layout.pages(), 25_804_288);
//! assert_eq!(layout.compounds(), 50_399);
//!
//! namespace.map = MapMode::Mem;
//! namespace.align = Align::Size1G;
//! assert_eq!(namespace.layout()?.compounds(), 100);
//! # Ok(())
//! # }
//! ```

use core::fmt;

use crate::check::pfn_limit;
use crate::config::PfnRange;
use crate::names::named;
use crate::pgmap::{Altmap, MemoryType, Pgmap};

/// Bytes of a page.
const PAGE_SIZE: u64 = 4096;
/// One past the largest pfn.
const PFN_LIMIT: u64 = pfn_limit(PAGE_SIZE.ilog2());
/// Bytes in front of the data that hold the namespace's description (`SZ_8K`).
const INFO_BLOCK: u64 = 8192;
/// Bytes set aside per page for a memmap on the device, whatever the size of a struct page is (`MAX_STRUCT_PAGE_SIZE`).
const MAX_STRUCT_PAGE_SIZE: u64 = 64;
/// What namespaces have to be aligned to (`memremap_compat_align`): a subsection.
const SUBSECTION: u64 = 2 << 20;

/// Where a namespace's memmap lives.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapMode {
    /// On the device, in front of the data: there is an altmap, and the pages that it occupies are not initialised.
    Dev,
    /// In ordinary memory: all pages of the namespace are initialised.
    Mem,
}

named!(MapMode, "map", Dev => "dev", Mem => "mem");

/// What a namespace is used as.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A block device with a DAX file system (`nd_pmem`): [`MemoryType::FsDax`], single pages.
    Fsdax,
    /// A character device (`dax_pmem`): [`MemoryType::Generic`], compounds of the alignment's size.
    Devdax,
}

named!(Mode, "mode", Fsdax => "fsdax", Devdax => "devdax");

/// The size of a devdax namespace's mappings, and so of its compounds.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Align {
    /// 4 KiB: single pages.
    Size4K,
    /// 2 MiB: order 9.
    Size2M,
    /// 1 GiB: order 18.
    Size1G,
}

named!(Align, "alignment", Size4K => "4K", Size2M => "2M", Size1G => "1G");

impl Align {
    /// The size in bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        PAGE_SIZE << self.order()
    }

    /// The order of a compound of this size.
    #[must_use]
    pub const fn order(self) -> u32 {
        match self {
            Align::Size4K => 0,
            Align::Size2M => 9,
            Align::Size1G => 18,
        }
    }
}

/// A namespace, as one would ask `ndctl` for it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Namespace {
    /// Size in bytes: a multiple of the alignment, and of 2 MiB.
    pub size_bytes: u64,
    /// First pfn of the device: a multiple of 512 (2 MiB), and with [`MapMode::Mem`] of the alignment.
    pub base_pfn: u64,
    /// Where the memmap lives.
    pub map: MapMode,
    /// What the namespace is used as.
    pub mode: Mode,
    /// Size of mappings; fsdax pages are always single ones, [`Align::Size4K`].
    pub align: Align,
}

/// Where the parts of a [`Namespace`] are, as [`Namespace::layout`] makes it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    /// Bytes from the start of the namespace to its data.
    pub data_offset: u64,
    /// What the kernel passes to `memmap_init_zone_device`: the namespace, less what is cut off at its end for alignment.
    pub range: PfnRange,
    /// The pages in front of the data, if the memmap is on the device.
    pub altmap: Option<Altmap>,
    /// The type of the pages.
    pub memory_type: MemoryType,
    /// The order of the compounds.
    pub vmemmap_shift: u32,
}

impl Namespace {
    /// A namespace with its memmap on the device; mappings of 2 MiB for [`Mode::Devdax`], single pages for [`Mode::Fsdax`].
    #[must_use]
    pub const fn new(size_bytes: u64, base_pfn: u64, mode: Mode) -> Namespace {
        let align = match mode {
            Mode::Fsdax => Align::Size4K,
            Mode::Devdax => Align::Size2M,
        };
        Namespace { size_bytes, base_pfn, map: MapMode::Dev, mode, align }
    }

    /// Works out where everything is.
    ///
    /// # Errors
    ///
    /// If a number is not aligned or too large, if nothing remains for data, or if the kernel does not know the pair of mode and alignment.
    pub fn layout(&self) -> Result<Layout, NamespaceError> {
        let &Namespace { size_bytes, base_pfn, map, mode, align } = self;
        if mode == Mode::Fsdax && align != Align::Size4K {
            return Err(NamespaceError::FsdaxAlign { align });
        }
        let align = align.bytes().max(SUBSECTION);
        if size_bytes == 0 || !size_bytes.is_multiple_of(align) {
            return Err(NamespaceError::SizeMisaligned { size_bytes, align });
        }
        // Without an altmap, compounds start where the namespace does.
        let base_align = match map {
            MapMode::Dev => SUBSECTION,
            MapMode::Mem => align,
        } / PAGE_SIZE;
        if !base_pfn.is_multiple_of(base_align) {
            return Err(NamespaceError::BaseMisaligned { base_pfn, align: base_align });
        }
        let size_pfns = size_bytes / PAGE_SIZE;
        if base_pfn.checked_add(size_pfns).is_none_or(|end| end > PFN_LIMIT) {
            return Err(NamespaceError::TooLarge { base_pfn, size_bytes, limit: PFN_LIMIT });
        }
        // Offsets are aligned in physical addresses. In pages, where nothing overflows: sizes are below 2^52 pages.
        let memmap_bytes = match map {
            MapMode::Dev => memmap_bytes(size_bytes),
            MapMode::Mem => 0,
        };
        let align_pfns = align / PAGE_SIZE;
        let front_pfns = (INFO_BLOCK + memmap_bytes).div_ceil(PAGE_SIZE);
        let offset_pfns = (base_pfn + front_pfns).next_multiple_of(align_pfns) - base_pfn;
        let end_trunc = (base_pfn + size_pfns) % align_pfns;
        let nr_pages = size_pfns - end_trunc;
        if offset_pfns >= nr_pages {
            return Err(NamespaceError::TooSmall {
                size_bytes,
                need: (offset_pfns + align_pfns + end_trunc) * PAGE_SIZE,
            });
        }
        let reserve = INFO_BLOCK / PAGE_SIZE;
        Ok(Layout {
            data_offset: offset_pfns * PAGE_SIZE,
            range: PfnRange { start_pfn: base_pfn, nr_pages },
            altmap: match map {
                MapMode::Dev => Some(Altmap { base_pfn, reserve, free: offset_pfns - reserve }),
                MapMode::Mem => None,
            },
            memory_type: match mode {
                Mode::Fsdax => MemoryType::FsDax,
                Mode::Devdax => MemoryType::Generic,
            },
            vmemmap_shift: self.align.order(),
        })
    }
}

/// The space of a memmap on a device of this size: a struct page of the largest size for each page behind the info block.
fn memmap_bytes(size_bytes: u64) -> u64 {
    (size_bytes - INFO_BLOCK) / PAGE_SIZE * MAX_STRUCT_PAGE_SIZE
}

impl Layout {
    /// The first pfn that is initialised.
    #[must_use]
    pub fn first_pfn(&self) -> u64 {
        self.range.start_pfn + self.altmap.map_or(0, |altmap| altmap.reserve + altmap.free)
    }

    /// Pages that are initialised.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.range.start_pfn + self.range.nr_pages - self.first_pfn()
    }

    /// Compounds among them: 0 with order 0.
    #[must_use]
    pub fn compounds(&self) -> u64 {
        match self.vmemmap_shift {
            0 => 0,
            order => self.pages() >> order,
        }
    }

    /// The pgmap of this namespace, said to be at `address`.
    #[must_use]
    pub fn pgmap(&self, address: u64) -> Pgmap {
        let &Layout { memory_type, vmemmap_shift, altmap, .. } = self;
        Pgmap { address, memory_type, vmemmap_shift, altmap }
    }
}

/// Why [`Namespace::layout`] refused.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamespaceError {
    /// Fsdax pages are single ones.
    FsdaxAlign {
        /// The alignment asked for.
        align: Align,
    },
    /// The size is zero or no multiple of what it has to be.
    SizeMisaligned {
        /// The size.
        size_bytes: u64,
        /// What it has to be a multiple of.
        align: u64,
    },
    /// The device does not start where a namespace, or its first compound, can.
    BaseMisaligned {
        /// The first pfn.
        base_pfn: u64,
        /// What it has to be a multiple of.
        align: u64,
    },
    /// The device ends beyond the largest pfn.
    TooLarge {
        /// The first pfn.
        base_pfn: u64,
        /// The size.
        size_bytes: u64,
        /// The largest end of a device, as a pfn.
        limit: u64,
    },
    /// Description, memmap and alignment leave no space for data.
    TooSmall {
        /// The size.
        size_bytes: u64,
        /// A size that the same overhead would leave space in.
        need: u64,
    },
}

impl fmt::Display for NamespaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            NamespaceError::FsdaxAlign { align } => {
                write!(f, "fsdax pages are single ones: the alignment has to be 4K, not {align}")
            }
            NamespaceError::SizeMisaligned { size_bytes, align } => {
                write!(f, "the size of {size_bytes} bytes is not a positive multiple of {align}")
            }
            NamespaceError::BaseMisaligned { base_pfn, align } => {
                write!(f, "the base pfn {base_pfn:#x} is not a multiple of {align}")
            }
            NamespaceError::TooLarge { base_pfn, size_bytes, limit } => {
                write!(f, "{size_bytes} bytes from pfn {base_pfn:#x} on end beyond pfn {limit:#x}")
            }
            NamespaceError::TooSmall { size_bytes, need } => {
                write!(f, "{size_bytes} bytes leave no space for data behind the memmap: at least {need} are needed")
            }
        }
    }
}

impl core::error::Error for NamespaceError {}
