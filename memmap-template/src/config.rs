//! The input of an initialisation, and its validation.

use crate::error::ConfigError;
use crate::flags::FlagsLayout;
use crate::kernel::Kernel;
use crate::page::{STRUCT_PAGE_ALIGN, STRUCT_PAGE_SIZE};
use crate::pgmap::Pgmap;
use crate::report::Fallback;
use crate::zone::Zone;

/// The largest order of a compound: 18, a 1 GiB page of 4 KiB pages.
pub const MAX_ORDER: u32 = 18;

/// One past the largest pfn: physical addresses are 64 bits wide, and pages are 4 KiB.
pub(crate) const PFN_LIMIT: u64 = 1 << 52;

/// Where struct pages are said to live, for the addresses that they contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressModel {
    /// At the address of the buffer that they are written to.
    Buffer,
    /// In a virtual memmap: the struct page of pfn P is at `base + 64 * P`, whatever the address of the buffer is. The bytes
    /// written are then the same in every run.
    Vmemmap {
        /// Address of the struct page of pfn 0; a multiple of [`STRUCT_PAGE_ALIGN`].
        base: u64,
    },
}

/// State of the kernel that closes the way to the fast strategies. It is sampled once per range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Gates {
    /// The `page_ref_set` tracepoint is live.
    pub page_ref_set_live: bool,
    /// KASAN or KMSAN is on.
    pub sanitizer: bool,
}

impl Gates {
    /// The gate that is closed, if one is.
    pub(crate) fn closed(&self) -> Option<Fallback> {
        match self {
            Gates { sanitizer: true, .. } => Some(Fallback::Sanitizer),
            Gates { page_ref_set_live: true, .. } => Some(Fallback::PageRefSetLive),
            _ => None,
        }
    }
}

/// Pages as they are passed to `memmap_init_zone_device`: before an altmap moves their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PfnRange {
    /// First page frame number.
    pub start_pfn: u64,
    /// Number of 4 KiB pages.
    pub nr_pages: u64,
}

/// Everything that determines the bytes of a memmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Which kernel's memmap it is.
    pub kernel: Kernel,
    /// Where the fields of the flag word are.
    pub flags: FlagsLayout,
    /// Zone and node of the pages.
    pub zone: Zone,
    /// What the driver says about them.
    pub pgmap: Pgmap,
    /// Which pages they are.
    pub range: PfnRange,
    /// Where their struct pages are said to live.
    pub address_model: AddressModel,
    /// What forbids the fast strategies.
    pub gates: Gates,
}

/// What validation works out on the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    /// First pfn after the altmap.
    pub(crate) first_pfn: u64,
    /// One past the last pfn.
    pub(crate) end_pfn: u64,
}

impl Config {
    /// Refuses what the kernel would refuse, and what it would stumble over.
    pub(crate) fn check(&self) -> Result<Checked, ConfigError> {
        self.check_pgmap()?;
        self.check_zone()?;
        let checked = self.check_range()?;
        self.check_section(checked.end_pfn)?;
        if let AddressModel::Vmemmap { base } = self.address_model {
            self.check_vmemmap(base, checked)?;
        }
        Ok(checked)
    }

    fn check_pgmap(&self) -> Result<(), ConfigError> {
        let Pgmap { address, vmemmap_shift: order, .. } = self.pgmap;
        if address == 0 {
            return Err(ConfigError::NullPgmap);
        }
        if !address.is_multiple_of(8) {
            return Err(ConfigError::PgmapMisaligned { address, align: 8 });
        }
        if order > MAX_ORDER {
            return Err(ConfigError::OrderTooLarge { order, limit: MAX_ORDER });
        }
        Ok(())
    }

    fn check_zone(&self) -> Result<(), ConfigError> {
        self.flags.check()?;
        let Zone { index, nid } = self.zone;
        if index != self.flags.zone_device {
            return Err(ConfigError::NotZoneDevice { index, zone_device: self.flags.zone_device });
        }
        let limit = self.flags.nodes();
        if u64::from(nid) >= limit {
            return Err(ConfigError::NodeTooLarge { nid, limit });
        }
        Ok(())
    }

    fn check_range(&self) -> Result<Checked, ConfigError> {
        let PfnRange { start_pfn, nr_pages } = self.range;
        if nr_pages == 0 {
            return Err(ConfigError::NoPages);
        }
        let end_pfn = start_pfn
            .checked_add(nr_pages)
            .filter(|&end| end <= PFN_LIMIT)
            .ok_or(ConfigError::PfnOverflow { start_pfn, nr_pages, limit: PFN_LIMIT })?;
        let first_pfn = match self.pgmap.altmap {
            None => start_pfn,
            Some(altmap) => altmap
                .reserve
                .checked_add(altmap.free)
                .and_then(|offset| altmap.base_pfn.checked_add(offset))
                .filter(|first| (start_pfn..end_pfn).contains(first))
                .ok_or(ConfigError::AltmapOutsideRange { altmap, start_pfn, end_pfn })?,
        };
        let compound = 1 << self.pgmap.vmemmap_shift;
        if !first_pfn.is_multiple_of(compound) {
            return Err(ConfigError::StartMisaligned { first_pfn, compound });
        }
        let pages = end_pfn - first_pfn;
        if !pages.is_multiple_of(compound) {
            return Err(ConfigError::PagesMisaligned { pages, compound });
        }
        Ok(Checked { first_pfn, end_pfn })
    }

    fn check_section(&self, end_pfn: u64) -> Result<(), ConfigError> {
        if self.flags.section_width > 0 {
            let section = (end_pfn - 1) >> self.flags.pfn_section_shift;
            let limit = self.flags.sections();
            if section >= limit {
                return Err(ConfigError::SectionTooLarge { section, limit });
            }
        }
        Ok(())
    }

    fn check_vmemmap(&self, base: u64, checked: Checked) -> Result<(), ConfigError> {
        if !base.is_multiple_of(STRUCT_PAGE_ALIGN) {
            return Err(ConfigError::VmemmapMisaligned { base, align: STRUCT_PAGE_ALIGN });
        }
        // Pfns have at most 52 bits, so that only the addition can overflow.
        let last_byte = checked.end_pfn * STRUCT_PAGE_SIZE - 1;
        if base.checked_add(last_byte).is_none() {
            return Err(ConfigError::VmemmapOverflow { base, last_byte });
        }
        self.check_head(base + checked.first_pfn * STRUCT_PAGE_SIZE)
    }

    /// A mask finds the head of a tail only if heads are naturally aligned; if the first one is, all are.
    pub(crate) fn check_head(&self, address: u64) -> Result<(), ConfigError> {
        let align = STRUCT_PAGE_SIZE << self.pgmap.vmemmap_shift;
        let masked = match self.kernel {
            Kernel::V6_12 => false,
            Kernel::V7_1 => self.pgmap.vmemmap_shift > 0,
        };
        if masked && !address.is_multiple_of(align) {
            return Err(ConfigError::HeadMisaligned { address, align });
        }
        Ok(())
    }
}
