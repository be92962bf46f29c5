//! Configurations that are built and used.

use crate::error::ConfigError;
use crate::flags::FlagsLayout;
use crate::kconfig::{Kconfig, PageSize, StructPageAlign};

/// A configuration with the flag word that goes with it.
///
/// ```
/// use memmap_template::Preset;
///
/// let debug = Preset::X86_64_DISTRO.with_struct_page_size(96).unwrap();
/// assert_eq!(debug.kconfig.struct_page_size(), 96);
/// assert!(debug.with_struct_page_size(100).is_err());
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Preset {
    /// How it is called on a command line.
    pub name: &'static str,
    /// The configuration.
    pub kconfig: Kconfig,
    /// The flag word.
    pub flags: FlagsLayout,
}

impl Preset {
    /// A stock x86_64 distribution kernel: the one that wrote the golden memmaps. 64-byte struct pages.
    pub const X86_64_DISTRO: Preset = Preset {
        name: "x86_64-distro",
        kconfig: Kconfig {
            page_size: PageSize::Size4K,
            memcg: true,
            page_virtual: false,
            last_cpupid_width: 0,
            kmsan: false,
            struct_page_align: StructPageAlign::Bytes16,
            hvo: true,
            optimize_dax_vmemmap: true,
            pageblock_order: 9,
            page_offset: 0xff11_0000_0000_0000,
        },
        flags: FlagsLayout::X86_64_DISTRO,
    };

    /// A small x86_64 kernel: `NODES_SHIFT` 6, neither `NUMA_BALANCING` nor `LRU_GEN` nor `MEMCG`. 64-byte struct pages, of which
    /// the last word is padding.
    pub const X86_64_SMALL: Preset = Preset {
        name: "x86_64-small",
        kconfig: Kconfig { memcg: false, ..Preset::X86_64_DISTRO.kconfig },
        flags: FlagsLayout { node_width: 6, last_cpupid_width: 0, lru_gen_width: 0, ..FlagsLayout::X86_64_DISTRO },
    };

    /// arm64 with 4 KiB pages as a distribution builds it: `NODES_SHIFT` 4 and `NUMA_BALANCING` with `NR_CPUS` 512 (17 bits), `LRU_GEN`. Neither
    /// vmemmap optimisation. Addresses of 52 bits.
    pub const ARM64_4K: Preset = Preset {
        name: "arm64-4k",
        kconfig: Kconfig {
            hvo: false,
            optimize_dax_vmemmap: false,
            page_offset: 0xfff0_0000_0000_0000,
            ..Preset::X86_64_DISTRO.kconfig
        },
        flags: FlagsLayout { node_width: 4, last_cpupid_width: 17, ..FlagsLayout::X86_64_DISTRO },
    };

    /// The same with 16 KiB pages: pageblocks of 32 MiB, sections of 128 MiB.
    pub const ARM64_16K: Preset = Preset {
        name: "arm64-16k",
        kconfig: Kconfig { page_size: PageSize::Size16K, pageblock_order: 11, ..Preset::ARM64_4K.kconfig },
        flags: FlagsLayout { pfn_section_shift: 13, ..Preset::ARM64_4K.flags },
    };

    /// The same with 64 KiB pages: pageblocks and sections of 512 MiB.
    pub const ARM64_64K: Preset = Preset {
        name: "arm64-64k",
        kconfig: Kconfig { page_size: PageSize::Size64K, pageblock_order: 13, ..Preset::ARM64_4K.kconfig },
        flags: FlagsLayout { pfn_section_shift: 13, ..Preset::ARM64_4K.flags },
    };

    /// Every preset.
    pub const ALL: &'static [Preset] =
        &[Preset::X86_64_DISTRO, Preset::X86_64_SMALL, Preset::ARM64_4K, Preset::ARM64_16K, Preset::ARM64_64K];

    /// This kernel with what makes its struct pages `size` bytes long: with or without the memcg word, KMSAN, a `_last_cpupid` outside
    /// the flag word, another alignment. [`page_virtual`](Kconfig::page_virtual) stays as it is, and so does the width of the last cpu and
    /// pid when they move; where there were none, they get 8 bits.
    ///
    /// # Errors
    ///
    /// [`StructPageSize`](ConfigError::StructPageSize) for a size that no configuration has.
    pub fn with_struct_page_size(self, size: u64) -> Result<Preset, ConfigError> {
        // As wide as it is, in whichever of the two places.
        let cpupid_width = self.flags.last_cpupid_width.max(self.kconfig.last_cpupid_width);
        // What is unusual last.
        for bits in 0..8 {
            let (outside, narrow, no_memcg) = (bits & 4 != 0, bits & 2 != 0, bits & 1 != 0);
            for kmsan in [false, true] {
                let mut preset = self;
                preset.kconfig.memcg = !no_memcg;
                preset.kconfig.kmsan = kmsan;
                preset.kconfig.struct_page_align =
                    if narrow { StructPageAlign::Bytes8 } else { StructPageAlign::Bytes16 };
                (preset.kconfig.last_cpupid_width, preset.flags.last_cpupid_width) =
                    if outside { (cpupid_width.max(8), 0) } else { (0, cpupid_width) };
                if preset.kconfig.struct_page_size() == size {
                    return Ok(preset);
                }
            }
        }
        Err(ConfigError::StructPageSize { size, page_virtual: self.kconfig.page_virtual })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against what kernel sources say of such configurations: shifts of flag words, sizes in bytes.
    #[test]
    fn presets_are_what_they_are_named_after() {
        const MIB: u64 = 1 << 20;
        // Shifts of NODE, ZONE and LAST_CPUPID; whether there is LRU_GEN; bytes of a page, a pageblock, a section; the memcg word and the
        // vmemmap optimisations.
        for (preset, shifts, lru_gen, sizes, options) in [
            (Preset::X86_64_DISTRO, [54, 51, 30], true, [4096, 2 * MIB, 128 * MIB], [true, true, true]),
            (Preset::X86_64_SMALL, [58, 55, 55], false, [4096, 2 * MIB, 128 * MIB], [false, true, true]),
            (Preset::ARM64_4K, [60, 57, 40], true, [4096, 2 * MIB, 128 * MIB], [true, false, false]),
            (Preset::ARM64_16K, [60, 57, 40], true, [16384, 32 * MIB, 128 * MIB], [true, false, false]),
            (Preset::ARM64_64K, [60, 57, 40], true, [65536, 512 * MIB, 512 * MIB], [true, false, false]),
        ] {
            let Preset { name, kconfig, flags } = preset;
            let [node, zone, cpupid] = shifts;
            let width = zone - cpupid;
            assert_eq!(flags.links(4, 1), 4 << zone | 1 << node, "{name}");
            assert_eq!(flags.last_cpupid_mask(), ((1 << width) - 1) << cpupid, "{name}");
            assert_eq!(flags.lru_gen_width > 0, lru_gen, "{name}");
            let page = kconfig.page_size.bytes();
            assert_eq!([page, page << kconfig.pageblock_order, page << flags.pfn_section_shift], sizes, "{name}");
            assert_eq!([kconfig.memcg, kconfig.hvo, kconfig.optimize_dax_vmemmap], options, "{name}");
            assert_eq!((flags.section_width, flags.kasan_tag_width, flags.zone_device), (0, 0, 4), "{name}");
        }
    }

    #[test]
    fn a_size_comes_with_what_is_least_unusual() {
        // _last_cpupid outside of the flag word, an alignment of 8, no memcg word, KMSAN.
        for (size, expected) in [
            (56, [false, true, true, false]),
            (64, [false, false, false, false]),
            (72, [false, true, true, true]),
            (80, [false, false, false, true]),
            (88, [true, true, false, true]),
            (96, [true, false, false, true]),
        ] {
            let Preset { kconfig, flags, .. } = Preset::X86_64_DISTRO.with_struct_page_size(size).unwrap();
            let outside = (kconfig.last_cpupid_width, flags.last_cpupid_width) == (21, 0);
            assert_eq!(outside, flags.last_cpupid_width == 0, "in one of the two places");
            let narrow = kconfig.struct_page_align == StructPageAlign::Bytes8;
            assert_eq!([outside, narrow, !kconfig.memcg, kconfig.kmsan], expected, "{size} bytes");
        }
    }

    #[test]
    fn a_size_does_not_depend_on_the_one_before() {
        for preset in Preset::ALL.iter().filter(|preset| preset.flags.last_cpupid_width > 0) {
            for before in [56, 64, 72, 80, 88, 96] {
                for size in [56, 64, 72, 80, 88, 96] {
                    let again = preset.with_struct_page_size(before).unwrap().with_struct_page_size(size);
                    assert_eq!(again, preset.with_struct_page_size(size), "{} of {before}", preset.name);
                }
            }
        }
    }

    #[test]
    fn every_size_can_be_asked_for() {
        for preset in Preset::ALL {
            for size in [56, 64, 72, 80, 88, 96] {
                assert_eq!(preset.with_struct_page_size(size).unwrap().kconfig.struct_page_size(), size);
            }
            let mut preset = *preset;
            preset.kconfig.page_virtual = true;
            for size in [64, 72, 80, 88, 96] {
                let found = preset.with_struct_page_size(size).unwrap().kconfig;
                assert_eq!((found.struct_page_size(), found.page_virtual), (size, true));
            }
            assert!(preset.with_struct_page_size(56).is_err());
        }
        for size in [0, 8, 48, 60, 65, 104, u64::MAX] {
            let error = Preset::X86_64_DISTRO.with_struct_page_size(size);
            assert_eq!(error, Err(ConfigError::StructPageSize { size, page_virtual: false }));
        }
    }
}
