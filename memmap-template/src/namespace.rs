//! The arithmetic of NVDIMM namespaces: which pages a device of a given size has, as `ndctl` and the kernel's `nd_pfn_init` and
//! `__nvdimm_setup_pfn` (drivers/nvdimm/pfn_devs.c) work it out. A [`Layout`] is for kernels whose pages, and struct pages, have the sizes
//! that the [`Namespace`] says.
//!
//! ```
//! use memmap_template::PageSize;
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
//!
//! // arm64 with pages of 16 KiB: 1 GiB at 3 GiB.
//! let mut namespace = Namespace::new(1 << 30, 0x30000, Mode::Devdax);
//! (namespace.page_size, namespace.align) = (PageSize::Size16K, Align::Size32M);
//! let layout = namespace.layout()?;
//! assert_eq!((layout.first_pfn(), layout.pages()), (0x30800, 63_488));
//! # Ok(())
//! # }
//! ```

mod align;
mod error;
mod page_map;

pub use align::Align;
pub use error::NamespaceError;
pub use page_map::PageMap;

use crate::check::{altmap_pages, pfn_limit};
use crate::config::PfnRange;
use crate::kconfig::PageSize;
use crate::names::named;
use crate::page::STRUCT_PAGE_SIZE;
use crate::pgmap::{Altmap, MemoryType, Pgmap};

/// Bytes in front of the data that hold the namespace's description (`SZ_8K`): one page if pages are larger.
const INFO_BLOCK: u64 = 8192;
/// What namespaces have to be aligned to (`memremap_compat_align`): a subsection, whatever the size of a page is.
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

/// A namespace, as one would ask `ndctl` for it, and the kernel that makes it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Namespace {
    /// Size in bytes. What is behind the last multiple of the alignment is cut off.
    pub size_bytes: u64,
    /// First pfn of the device: a multiple of 2 MiB, and for devdax with [`MapMode::Mem`], whose first compound starts there, of the
    /// alignment.
    pub base_pfn: u64,
    /// Where the memmap lives.
    pub map: MapMode,
    /// What the namespace is used as.
    pub mode: Mode,
    /// What the data's offset is aligned to, and the size of devdax's compounds. fsdax pages are single ones with any alignment.
    pub align: Align,
    /// The size of a page.
    pub page_size: PageSize,
    /// Bytes of a struct page, which the space for a memmap on the device depends on.
    pub struct_page_size: u64,
    /// How the kernel works out that space.
    pub page_map: PageMap,
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
    /// A namespace of pages of 4 KiB and struct pages of 64 bytes, with its memmap on the device and `ndctl`'s alignment, 2 MiB.
    #[must_use]
    pub const fn new(size_bytes: u64, base_pfn: u64, mode: Mode) -> Namespace {
        let page_size = PageSize::Size4K;
        Namespace {
            size_bytes,
            base_pfn,
            map: MapMode::Dev,
            mode,
            align: page_size.default_align(),
            page_size,
            struct_page_size: STRUCT_PAGE_SIZE,
            page_map: PageMap::Bytes64,
        }
    }

    /// Works out where everything is.
    ///
    /// # Errors
    ///
    /// If the first pfn is not aligned, if the device ends beyond the largest pfn, if nothing remains for data, or if the kernel refuses: it does not
    /// know the alignment, or sets aside less than its struct pages need.
    pub fn layout(&self) -> Result<Layout, NamespaceError> {
        let &Namespace { size_bytes, base_pfn, map, mode, align, page_size, .. } = self;
        if !page_size.alignments().contains(&align) {
            return Err(NamespaceError::AlignUnsupported { align, page_size });
        }
        let (page, limit) = (page_size.bytes(), pfn_limit(page_size.shift()));
        let align = align.bytes().max(SUBSECTION);
        // Without an altmap, compounds start where the namespace does.
        let base_align = match (map, mode) {
            (MapMode::Mem, Mode::Devdax) => align,
            _ => SUBSECTION,
        } / page;
        if !base_pfn.is_multiple_of(base_align) {
            return Err(NamespaceError::BaseMisaligned { base_pfn, align: base_align });
        }
        if base_pfn.checked_add(size_bytes.div_ceil(page)).is_none_or(|end| end > limit) {
            return Err(NamespaceError::TooLarge { base_pfn, size_bytes, limit });
        }
        let memmap_bytes = match map {
            MapMode::Dev => {
                let npfns = size_bytes.saturating_sub(INFO_BLOCK) / page;
                // Below 2^62 bytes: less than 2^52 pages, and at most 2^10 bytes for each.
                npfns * self.page_map.bytes_per_page(self.struct_page_size)?
            }
            MapMode::Mem => 0,
        };
        // Aligned is what is at an aligned address: `into` is where in an aligned block the device starts.
        let into = (base_pfn % (align / page)) * page;
        let offset = (into + INFO_BLOCK + memmap_bytes).next_multiple_of(align) - into;
        let end_trunc = (into + size_bytes % align) % align;
        let too_small = NamespaceError::TooSmall { size_bytes, need: offset + align };
        let size = size_bytes.checked_sub(end_trunc).filter(|&size| size > offset).ok_or(too_small)?;
        let nr_pages = size / page;
        let reserve = INFO_BLOCK.div_ceil(page);
        let free = offset / page - reserve;
        let need = altmap_pages(nr_pages, self.struct_page_size, page);
        if map == MapMode::Dev && need > free {
            return Err(NamespaceError::AltmapTooSmall { free, need });
        }
        Ok(Layout {
            data_offset: offset,
            range: PfnRange { start_pfn: base_pfn, nr_pages },
            altmap: match map {
                MapMode::Dev => Some(Altmap { base_pfn, reserve, free }),
                MapMode::Mem => None,
            },
            memory_type: match mode {
                Mode::Fsdax => MemoryType::FsDax,
                Mode::Devdax => MemoryType::Generic,
            },
            vmemmap_shift: match mode {
                Mode::Fsdax => 0,
                Mode::Devdax => self.align.order(page_size),
            },
        })
    }
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
