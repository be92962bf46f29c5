//! Why a configuration is refused.

use core::fmt;

use crate::pgmap::Altmap;

/// Why [`MemmapInit::new`](crate::MemmapInit::new) or [`MemmapInit::run`](crate::MemmapInit::run) refused. Nothing has been written.
///
/// [`Display`](fmt::Display) is one sentence that names the number that is wrong and its limit.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The address of the pgmap is null.
    NullPgmap,
    /// The address of the pgmap would look like a tail page's word, or is no address of a structure.
    PgmapMisaligned {
        /// The address.
        address: u64,
        /// What it has to be a multiple of.
        align: u64,
    },
    /// The order of the compounds is too large.
    OrderTooLarge {
        /// The order.
        order: u32,
        /// The largest order.
        limit: u32,
    },
    /// No configuration has struct pages of this size.
    StructPageSize {
        /// The size in bytes.
        size: u64,
        /// Whether `virtual` was to be among the fields.
        page_virtual: bool,
    },
    /// `_last_cpupid` is wider than the field is.
    LastCpupidTooWide {
        /// Bits asked for.
        width: u32,
        /// Bits that there are.
        limit: u32,
    },
    /// The last cpu and pid are both in the flag word and in `_last_cpupid`.
    LastCpupidTwice {
        /// Bits of `_last_cpupid`.
        width: u32,
        /// Bits in the flag word.
        in_flags: u32,
    },
    /// Pageblocks are too large.
    PageblockOrderTooLarge {
        /// The order.
        order: u32,
        /// The largest order.
        limit: u32,
    },
    /// The fields of the flag word leave too few bits for the flags.
    FlagsTooWide {
        /// Bits of all fields together.
        bits: u64,
        /// Bits that there are.
        limit: u32,
    },
    /// The size of a section is not one.
    SectionShift {
        /// Pages of a section as a power of two.
        shift: u32,
        /// The smallest one.
        min: u32,
        /// The largest one.
        max: u32,
    },
    /// ZONE_DEVICE's index does not fit the ZONE field.
    ZoneTooLarge {
        /// The index.
        index: u32,
        /// Zones that the field can tell apart.
        limit: u64,
    },
    /// The zone is not ZONE_DEVICE.
    NotZoneDevice {
        /// Index of the zone.
        index: u32,
        /// Index of ZONE_DEVICE.
        zone_device: u32,
    },
    /// The node does not fit the NODE field.
    NodeTooLarge {
        /// The node.
        nid: u32,
        /// Nodes that the field can tell apart.
        limit: u64,
    },
    /// The range is empty.
    NoPages,
    /// The range ends beyond the largest pfn.
    PfnOverflow {
        /// First pfn of the range.
        start_pfn: u64,
        /// Pages of the range.
        nr_pages: u64,
        /// The largest end of a range.
        limit: u64,
    },
    /// The altmap leaves nothing of the range, or does not lie in it.
    AltmapOutsideRange {
        /// The altmap.
        altmap: Altmap,
        /// First pfn of the range.
        start_pfn: u64,
        /// One past the last pfn of the range.
        end_pfn: u64,
    },
    /// The altmap does not hold the memmap of the range.
    AltmapTooSmall {
        /// Pages that the altmap has free.
        free: u64,
        /// Pages that the memmap of the whole range needs.
        need: u64,
    },
    /// The first page to be initialised is not the first one of a compound.
    StartMisaligned {
        /// First pfn, after the altmap.
        first_pfn: u64,
        /// Pages of a compound.
        compound: u64,
    },
    /// The pages to be initialised are not whole compounds.
    PagesMisaligned {
        /// Pages, without those of the altmap.
        pages: u64,
        /// Pages of a compound.
        compound: u64,
    },
    /// A section number does not fit the SECTION field.
    SectionTooLarge {
        /// The last section of the range.
        section: u64,
        /// Sections that the field can tell apart.
        limit: u64,
    },
    /// `virtual` of the last page does not fit an address.
    LinearMapOverflow {
        /// Linear address of pfn 0.
        page_offset: u64,
        /// Physical address of the last page.
        last_page: u64,
    },
    /// The base of the vmemmap is no address of a struct page.
    VmemmapMisaligned {
        /// The base.
        base: u64,
        /// What it has to be a multiple of.
        align: u64,
    },
    /// The vmemmap of the range ends beyond the address space.
    VmemmapOverflow {
        /// The base.
        base: u64,
        /// Offset of the last byte.
        last_byte: u64,
    },
    /// The head's struct page is not naturally aligned, which tails that hold a mask (since 7.1) need.
    HeadMisaligned {
        /// Address of the first head's struct page.
        address: u64,
        /// What it has to be a multiple of.
        align: u64,
    },
    /// The buffer does not hold the memmap of the range.
    BufferTooShort {
        /// Bytes of the buffer.
        len: u64,
        /// Bytes that the memmap needs.
        need: u64,
    },
    /// The map of pageblocks does not hold those of the range.
    UsemapTooShort {
        /// Words of the map.
        len: u64,
        /// Words that the range needs.
        need: u64,
    },
    /// The map of pageblocks was made for another range, or for pageblocks of another size.
    UsemapOfAnotherRun {
        /// First pfn of the first pageblock in the map.
        map_first_pfn: u64,
        /// Pages of a pageblock in the map, as a power of two.
        map_order: u32,
        /// First pfn of the first pageblock of the range.
        first_pfn: u64,
        /// Pages of its pageblocks, as a power of two.
        order: u32,
    },
    /// The buffer is not aligned as struct pages are.
    BufferMisaligned {
        /// Address of the buffer.
        address: u64,
        /// What it has to be a multiple of.
        align: u64,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ConfigError::*;
        match *self {
            NullPgmap => write!(f, "the pgmap is null: pages of ZONE_DEVICE point to one"),
            PgmapMisaligned { address, align } => {
                write!(f, "the pgmap address {address:#x} is not a multiple of {align}")
            }
            OrderTooLarge { order, limit } => {
                write!(f, "the compound order {order} is larger than {limit}")
            }
            StructPageSize { size, page_virtual } => {
                let (with, smallest) = if page_virtual { (" with `virtual`", "") } else { ("", "56, ") };
                write!(f, "a struct page{with} has {smallest}64, 72, 80, 88 or 96 bytes, not {size}")
            }
            LastCpupidTooWide { width, limit } => {
                write!(f, "_last_cpupid has {limit} bits, and {width} are asked for")
            }
            LastCpupidTwice { width, in_flags } => {
                write!(
                    f,
                    "the last cpu and pid are in _last_cpupid ({width} bits) or in the flag word ({in_flags} bits), not in both"
                )
            }
            PageblockOrderTooLarge { order, limit } => {
                write!(f, "the pageblock order {order} is larger than {limit}")
            }
            FlagsTooWide { bits, limit } => {
                write!(f, "the fields of the flag word take {bits} bits, and there are {limit} above the flags")
            }
            SectionShift { shift, min, max } => {
                write!(f, "a section of 2^{shift} pages is outside 2^{min} to 2^{max}")
            }
            ZoneTooLarge { index, limit } => {
                write!(f, "ZONE_DEVICE has index {index}, and the zone field ends at {}", limit - 1)
            }
            NotZoneDevice { index, zone_device } => {
                write!(f, "zone {index} is not ZONE_DEVICE, which is {zone_device}")
            }
            NodeTooLarge { nid, limit } => {
                write!(f, "node {nid} does not fit the node field, which ends at {}", limit - 1)
            }
            NoPages => write!(f, "the range has 0 pages, and at least 1 is needed"),
            PfnOverflow { start_pfn, nr_pages, limit } => {
                write!(f, "{nr_pages} pages from pfn {start_pfn:#x} on end beyond pfn {limit:#x}")
            }
            AltmapOutsideRange { altmap, start_pfn, end_pfn } => write!(
                f,
                "the altmap's {} reserved and {} free pages from pfn {:#x} on do not end inside the range {start_pfn:#x} to {end_pfn:#x}",
                altmap.reserve, altmap.free, altmap.base_pfn
            ),
            AltmapTooSmall { free, need } => {
                write!(f, "the altmap has {free} free pages, and the memmap of the range needs {need}")
            }
            StartMisaligned { first_pfn, compound } => {
                write!(f, "the first pfn {first_pfn:#x} is not a multiple of the compound's {compound} pages")
            }
            PagesMisaligned { pages, compound } => {
                write!(f, "{pages} pages are not a multiple of the compound's {compound} pages")
            }
            SectionTooLarge { section, limit } => {
                write!(f, "section {section} does not fit the section field, which ends at {}", limit - 1)
            }
            LinearMapOverflow { page_offset, last_page } => {
                write!(
                    f,
                    "the last page's linear address, {last_page:#x} from {page_offset:#x} on, is beyond {:#x}",
                    u64::MAX
                )
            }
            VmemmapMisaligned { base, align } => {
                write!(f, "the vmemmap base {base:#x} is not a multiple of {align}")
            }
            VmemmapOverflow { base, last_byte } => {
                write!(
                    f,
                    "the memmap's last byte, {last_byte:#x} from the vmemmap base {base:#x} on, is beyond {:#x}",
                    u64::MAX
                )
            }
            HeadMisaligned { address, align } => {
                write!(f, "the first head's struct page is at {address:#x}, which is not a multiple of {align:#x}")
            }
            BufferTooShort { len, need } => {
                write!(f, "the buffer has {len} bytes, and the memmap needs {need}")
            }
            UsemapTooShort { len, need } => {
                write!(f, "the map of pageblocks has {len} words, and the range needs {need}")
            }
            UsemapOfAnotherRun { map_first_pfn, map_order, first_pfn, order } => write!(
                f,
                "the map of pageblocks is of order {map_order} from pfn {map_first_pfn:#x} on, and the range needs order {order} from pfn {first_pfn:#x} on"
            ),
            BufferMisaligned { address, align } => {
                write!(f, "the buffer's address {address:#x} is not a multiple of {align}")
            }
        }
    }
}

impl core::error::Error for ConfigError {}
