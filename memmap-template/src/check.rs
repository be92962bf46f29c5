//! The validation of a configuration.

use crate::config::{AddressModel, Config, MAX_ORDER, PfnRange};
use crate::error::ConfigError;
use crate::kconfig::{Fields, Kconfig};
use crate::pgmap::Pgmap;
use crate::profile::Profile;
use crate::zone::Zone;

/// Bits of an `int`, which `_last_cpupid` is.
const INT_BITS: u32 = 32;

/// `VMEMMAP_RESERVE_NR`: pages of the memmap that a compound keeps for itself if the others are shared.
const VMEMMAP_RESERVE_NR: u64 = 2;

/// What validation works out on the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    /// First pfn of the range.
    pub(crate) start_pfn: u64,
    /// First pfn after the altmap.
    pub(crate) first_pfn: u64,
    /// One past the last pfn.
    pub(crate) end_pfn: u64,
    /// Struct pages of a compound that are written.
    pub(crate) compound_nr_pages: u64,
    /// Where the fields of a struct page are.
    pub(crate) fields: Fields,
}

impl Config {
    /// Refuses what the kernel would refuse, and what it would stumble over.
    pub(crate) fn check(&self, kconfig: &Kconfig) -> Result<Checked, ConfigError> {
        self.check_kconfig(kconfig)?;
        self.check_pgmap()?;
        self.check_zone()?;
        let checked = self.check_range(kconfig)?;
        self.check_section(checked.end_pfn)?;
        if kconfig.page_virtual {
            check_linear_map(kconfig, checked.end_pfn)?;
        }
        if let AddressModel::Vmemmap { base } = self.address_model {
            self.check_vmemmap(kconfig, base, checked)?;
        }
        Ok(checked)
    }

    fn check_kconfig(&self, kconfig: &Kconfig) -> Result<(), ConfigError> {
        let (width, in_flags) = (kconfig.last_cpupid_width, self.flags.last_cpupid_width);
        if width > INT_BITS {
            return Err(ConfigError::LastCpupidTooWide { width, limit: INT_BITS });
        }
        if width > 0 && in_flags > 0 {
            return Err(ConfigError::LastCpupidTwice { width, in_flags });
        }
        if kconfig.pageblock_order > MAX_ORDER {
            return Err(ConfigError::PageblockOrderTooLarge { order: kconfig.pageblock_order, limit: MAX_ORDER });
        }
        Ok(())
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

    fn check_range(&self, kconfig: &Kconfig) -> Result<Checked, ConfigError> {
        let PfnRange { start_pfn, nr_pages } = self.range;
        if nr_pages == 0 {
            return Err(ConfigError::NoPages);
        }
        let limit = pfn_limit(kconfig.page_size.shift());
        let end_pfn = start_pfn.checked_add(nr_pages).filter(|&end| end <= limit).ok_or(ConfigError::PfnOverflow {
            start_pfn,
            nr_pages,
            limit,
        })?;
        let first_pfn = match self.pgmap.altmap {
            None => start_pfn,
            Some(altmap) => altmap
                .reserve
                .checked_add(altmap.free)
                .and_then(|offset| altmap.base_pfn.checked_add(offset))
                .filter(|first| (start_pfn..end_pfn).contains(first))
                .ok_or(ConfigError::AltmapOutsideRange { altmap, start_pfn, end_pfn })?,
        };
        if let Some(altmap) = self.pgmap.altmap {
            let need = altmap_pages(nr_pages, kconfig.struct_page_size(), kconfig.page_size.bytes());
            if altmap.free < need {
                return Err(ConfigError::AltmapTooSmall { free: altmap.free, need });
            }
        }
        let compound = 1 << self.pgmap.vmemmap_shift;
        if !first_pfn.is_multiple_of(compound) {
            return Err(ConfigError::StartMisaligned { first_pfn, compound });
        }
        let pages = end_pfn - first_pfn;
        if !pages.is_multiple_of(compound) {
            return Err(ConfigError::PagesMisaligned { pages, compound });
        }
        Ok(Checked {
            start_pfn,
            first_pfn,
            end_pfn,
            compound_nr_pages: self.compound_nr_pages(kconfig),
            fields: Fields::new(kconfig),
        })
    }

    /// `compound_nr_pages`: how many struct pages of a compound are distinct, and so written.
    fn compound_nr_pages(&self, kconfig: &Kconfig) -> u64 {
        let (size, page_size) = (kconfig.struct_page_size(), kconfig.page_size.bytes());
        let nr_pages: u64 = 1 << self.pgmap.vmemmap_shift;
        // `vmemmap_can_optimize`.
        let can_optimize = kconfig.optimize_dax_vmemmap
            && self.pgmap.altmap.is_none()
            && size.is_power_of_two()
            && nr_pages * size / page_size > VMEMMAP_RESERVE_NR;
        if can_optimize { VMEMMAP_RESERVE_NR * (page_size / size) } else { nr_pages }
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

    fn check_vmemmap(&self, kconfig: &Kconfig, base: u64, checked: Checked) -> Result<(), ConfigError> {
        let align = checked.fields.align;
        if !base.is_multiple_of(align) {
            return Err(ConfigError::VmemmapMisaligned { base, align });
        }
        // Pfns have at most 52 bits, so that only the addition can overflow.
        let last_byte = checked.end_pfn * checked.fields.size - 1;
        if base.checked_add(last_byte).is_none() {
            return Err(ConfigError::VmemmapOverflow { base, last_byte });
        }
        self.check_head(kconfig, base + checked.first_pfn * checked.fields.size)
    }

    /// A mask finds the head of a tail only if heads are naturally aligned; if the first one is, all are.
    pub(crate) fn check_head(&self, kconfig: &Kconfig, address: u64) -> Result<(), ConfigError> {
        let order = self.pgmap.vmemmap_shift;
        let align = kconfig.struct_page_size() << order;
        let masked = order > 0 && Profile::new(self.kernel, kconfig).tails_hold_mask();
        if masked && !address.is_multiple_of(align) {
            return Err(ConfigError::HeadMisaligned { address, align });
        }
        Ok(())
    }
}

/// Pages that the memmap of `nr_pages` pages takes. Below 2^52 pages and struct pages of at most 4 KiB: this does not overflow.
pub(crate) fn altmap_pages(nr_pages: u64, struct_page_size: u64, page_size: u64) -> u64 {
    // In two parts, because the size of a struct page in a `Namespace` is anybody's.
    let (whole, rest) = (nr_pages / page_size, nr_pages % page_size);
    whole.saturating_mul(struct_page_size).saturating_add(rest.saturating_mul(struct_page_size).div_ceil(page_size))
}

/// One past the largest pfn: physical addresses are 64 bits wide.
pub(crate) const fn pfn_limit(page_shift: u32) -> u64 {
    1 << (u64::BITS - page_shift)
}

/// `virtual` has to be an address for every page.
fn check_linear_map(kconfig: &Kconfig, end_pfn: u64) -> Result<(), ConfigError> {
    let page_offset = kconfig.page_offset;
    // The end may be 2^64, which the address of the last page is not.
    let last_page = (end_pfn - 1) << kconfig.page_size.shift();
    if page_offset.checked_add(last_page).is_none() {
        return Err(ConfigError::LinearMapOverflow { page_offset, last_page });
    }
    Ok(())
}
