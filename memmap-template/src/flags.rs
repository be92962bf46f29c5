//! The high fields of `page->flags`: what they are, where they lie, and what a page of a zone has in them.

use crate::error::ConfigError;

/// Low bits that the kernel needs for page flags at least (`NR_PAGEFLAGS` without optional ones).
const PAGE_FLAGS: u32 = 21;
/// Bits that are left for the fields above.
const FIELD_BITS: u32 = u64::BITS - PAGE_FLAGS;
/// A section holds whole pageblocks (9), and its number must depend on the pfn (52 bits).
const SECTION_SHIFTS: core::ops::RangeInclusive<u32> = 9..=51;

/// Widths of the fields of `page->flags`, from bit 63 downwards: SECTION, NODE, ZONE, LAST_CPUPID, KASAN_TAG, LRU_GEN.
///
/// Start from [`X86_64_DISTRO`](FlagsLayout::X86_64_DISTRO) and change what differs:
///
/// ```
/// use memmap_template::FlagsLayout;
///
/// let mut small = FlagsLayout::X86_64_DISTRO;
/// small.node_width = 6;
/// small.last_cpupid_width = 0; // no NUMA_BALANCING
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlagsLayout {
    /// Bits of the section number; 0 wherever `SPARSEMEM_VMEMMAP` is set, which ZONE_DEVICE needs. Other widths are a model of the
    /// pfn-dependent field that the kernel's code provides for.
    pub section_width: u32,
    /// Bits of the node id (`NODES_SHIFT`).
    pub node_width: u32,
    /// Bits of the zone index (`ZONES_SHIFT`).
    pub zone_width: u32,
    /// Bits of the last cpu and pid (`NUMA_BALANCING`), all ones in a fresh page; 0 without.
    pub last_cpupid_width: u32,
    /// Bits of the KASAN tag, which a fresh page has as zeros; 0 without tag-based KASAN.
    pub kasan_tag_width: u32,
    /// Bits of the LRU generation (3 with `CONFIG_LRU_GEN`), which a fresh page has as zeros. LRU_REFS takes of what is left what it
    /// can have.
    pub lru_gen_width: u32,
    /// Pages of a section as a power of two (`PFN_SECTION_SHIFT`, 9 to 51): 15 for the 128 MiB sections of x86_64. Only looked at if
    /// `section_width` is not 0.
    pub pfn_section_shift: u32,
    /// Index of ZONE_DEVICE among the zones that the kernel was configured with: the last one.
    pub zone_device: u32,
}

impl FlagsLayout {
    /// A stock x86_64 distribution kernel: `NODES_SHIFT` 10, the five zones DMA, DMA32, NORMAL, MOVABLE and DEVICE, and
    /// `NUMA_BALANCING` with `NR_CPUS` 8192 (21 bits), and `LRU_GEN`.
    pub const X86_64_DISTRO: FlagsLayout = FlagsLayout {
        section_width: 0,
        node_width: 10,
        zone_width: 3,
        last_cpupid_width: 21,
        kasan_tag_width: 0,
        lru_gen_width: 3,
        pfn_section_shift: 15,
        zone_device: 4,
    };

    /// Refuses layouts that no kernel could be built with.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let widths = [
            self.section_width,
            self.node_width,
            self.zone_width,
            self.last_cpupid_width,
            self.kasan_tag_width,
            self.lru_gen_width,
        ];
        let bits: u64 = widths.iter().map(|&width| u64::from(width)).sum();
        if bits > u64::from(FIELD_BITS) {
            return Err(ConfigError::FlagsTooWide { bits, limit: FIELD_BITS });
        }
        if self.section_width > 0 && !SECTION_SHIFTS.contains(&self.pfn_section_shift) {
            return Err(ConfigError::SectionShift {
                shift: self.pfn_section_shift,
                min: *SECTION_SHIFTS.start(),
                max: *SECTION_SHIFTS.end(),
            });
        }
        let zones = field_values(self.zone_width);
        if u64::from(self.zone_device) >= zones {
            return Err(ConfigError::ZoneTooLarge { index: self.zone_device, limit: zones });
        }
        Ok(())
    }

    /// Nodes that the NODE field can tell apart. Only after [`check`](Self::check).
    pub(crate) fn nodes(&self) -> u64 {
        field_values(self.node_width)
    }

    /// Sections that the SECTION field can tell apart. Only after [`check`](Self::check).
    pub(crate) fn sections(&self) -> u64 {
        field_values(self.section_width)
    }

    /// Zone and node, in place. Only after [`check`](Self::check), and with numbers that fit.
    pub(crate) fn links(&self, zone: u32, nid: u32) -> u64 {
        let [node_shift, zone_shift] = self.link_shifts();
        // A field without width holds 0, and its shift may be 64.
        (u64::from(nid).checked_shl(node_shift).unwrap_or(0)) | (u64::from(zone).checked_shl(zone_shift).unwrap_or(0))
    }

    /// The node in a flag word. Of a layout that does not fit one, 0.
    pub(crate) fn node(&self, word: u64) -> u32 {
        if self.check().is_err() {
            return 0;
        }
        let [shift, _] = self.link_shifts();
        (word.checked_shr(shift).unwrap_or(0) & (field_values(self.node_width) - 1)) as u32
    }

    /// The zone in a flag word. Of a layout that does not fit one, 0.
    pub(crate) fn zone(&self, word: u64) -> u32 {
        if self.check().is_err() {
            return 0;
        }
        let [_, shift] = self.link_shifts();
        (word.checked_shr(shift).unwrap_or(0) & (field_values(self.zone_width) - 1)) as u32
    }

    /// Where node and zone are. Only after [`check`](Self::check).
    fn link_shifts(&self) -> [u32; 2] {
        let node_shift = u64::BITS - self.section_width - self.node_width;
        [node_shift, node_shift - self.zone_width]
    }

    /// LAST_CPUPID with all bits set, in place. Only after [`check`](Self::check).
    pub(crate) fn last_cpupid_mask(&self) -> u64 {
        let above = self.section_width + self.node_width + self.zone_width;
        let shift = u64::BITS - above - self.last_cpupid_width;
        (field_values(self.last_cpupid_width) - 1).checked_shl(shift).unwrap_or(0)
    }

    /// Position of the SECTION field. Only after [`check`](Self::check), and with a width that is not 0.
    pub(crate) fn section_pgshift(&self) -> u32 {
        u64::BITS - self.section_width
    }
}

/// How many values a field of `width` (at most [`FIELD_BITS`]) bits has.
fn field_values(width: u32) -> u64 {
    1 << width
}

#[cfg(test)]
mod tests {
    use super::*;

    const PG_RESERVED: u64 = 1 << 13;

    /// An order-0 page's flag word.
    fn word(layout: FlagsLayout, zone: u32, nid: u32) -> u64 {
        layout.check().unwrap();
        layout.links(zone, nid) | layout.last_cpupid_mask() | PG_RESERVED
    }

    const SMALL: FlagsLayout = FlagsLayout { node_width: 6, last_cpupid_width: 0, ..FlagsLayout::X86_64_DISTRO };

    #[test]
    fn distribution_kernel_has_node_54_zone_51_cpupid_30() {
        for nid in [0, 1, 1023] {
            let expected = 0x0027_ffff_c000_2000 | u64::from(nid) << 54;
            assert_eq!(word(FlagsLayout::X86_64_DISTRO, 4, nid), expected);
        }
    }

    #[test]
    fn small_kernel_has_node_58_zone_55() {
        for nid in [0, 1, 63] {
            assert_eq!(word(SMALL, 4, nid), 0x0200_0000_0000_2000 | u64::from(nid) << 58);
        }
    }

    #[test]
    fn four_zone_kernel_has_zone_56() {
        let layout = FlagsLayout { zone_width: 2, zone_device: 3, ..SMALL };
        assert_eq!(word(layout, 3, 0), 0x0300_0000_0000_2000);
    }

    #[test]
    fn fields_without_width_take_no_bits() {
        let layout = FlagsLayout { node_width: 0, zone_width: 0, zone_device: 0, last_cpupid_width: 0, ..SMALL };
        assert_eq!(word(layout, 0, 0), PG_RESERVED);
    }

    #[test]
    fn section_and_kasan_tag_take_their_bits() {
        let layout = FlagsLayout { section_width: 19, kasan_tag_width: 8, ..SMALL };
        assert_eq!(word(layout, 4, 1), 1 << 39 | 4 << 36 | PG_RESERVED);
        // LRU_GEN and the tag do not fit beside 21 bits of cpu and pid.
        let layout = FlagsLayout { kasan_tag_width: 8, lru_gen_width: 0, ..FlagsLayout::X86_64_DISTRO };
        assert_eq!(word(layout, 4, 0), 0x0027_ffff_c000_2000);
    }
}
