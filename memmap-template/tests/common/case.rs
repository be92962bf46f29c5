//! Random configurations that are valid, and buffers for them.

use memmap_template::{
    AddressModel, Altmap, Config, FlagsLayout, Kconfig, Kernel, MemmapInit, MemoryType, PageSize, PfnRange, Pgmap,
    Preset, StructPageAlign, Zone,
};
use quickcheck::{Arbitrary, Gen};

use super::Memory;

/// A valid configuration and a buffer for it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) config: Config,
    pub(crate) kconfig: Kconfig,
    /// What the buffer's address is a multiple of.
    align: usize,
    /// Added to such an address.
    offset: usize,
    seed: u64,
}

impl Case {
    pub(crate) fn init(&self) -> MemmapInit {
        MemmapInit::with_kconfig(self.config, self.kconfig).unwrap()
    }

    /// The same with every struct page written.
    pub(crate) fn without_dedup(mut self) -> Case {
        self.kconfig.optimize_dax_vmemmap = false;
        self
    }

    /// Memory for the range.
    pub(crate) fn memory(&self, init: &MemmapInit) -> Memory {
        Memory::new(init.buffer_len() as usize, self.align, self.offset, self.seed)
    }
}

pub(crate) fn below(g: &mut Gen, limit: u64) -> u64 {
    u64::arbitrary(g) % limit
}

impl Arbitrary for Case {
    fn arbitrary(g: &mut Gen) -> Case {
        // Miri takes a second for ten pages.
        let (orders, some_pages) = if cfg!(miri) { (5, 30) } else { (12, 1500) };
        let order = below(g, orders) as u32;
        let compound = 1u64 << order;
        let mut flags = arbitrary_flags(g);
        let kconfig = arbitrary_kconfig(g, &mut flags);
        let size = kconfig.struct_page_size();
        // Pfns near the start of a section, so that ranges cross into the next one, but not beyond the last one.
        let sections = if flags.section_width == 0 { 1 << 20 } else { 1 << flags.section_width };
        let section = 1 + below(g, sections - 2);
        let section_start = section << flags.pfn_section_shift;
        let first_pfn = (section_start - below(g, 600.min(section_start))) / compound * compound;
        let pages = compound * (1 + below(g, 1 + some_pages / compound));
        let pages = pages.min((flags_end(&flags) - first_pfn) / compound * compound);
        let (start_pfn, altmap) = if bool::arbitrary(g) {
            // What the memmap needs at least, with pages of 4 KiB, and room for the altmap's own struct pages.
            let need = ((pages + 300) * size).div_ceil(4096);
            let (reserve, free) = (below(g, 40), need + below(g, 40));
            let skipped = (reserve + free).min(first_pfn);
            let before = below(g, 1 + skipped);
            let altmap = Altmap { base_pfn: first_pfn - skipped, reserve, free };
            // Near the first page of all there is no room for it.
            let fits = skipped == reserve + free;
            (if fits { first_pfn - before } else { first_pfn }, fits.then_some(altmap))
        } else {
            (first_pfn, None)
        };
        let in_buffer = bool::arbitrary(g);
        let kernel = *g.choose(Kernel::ALL).unwrap();
        let memmap_align = kconfig.memmap_align();
        let (align, offset) = match in_buffer {
            // The head is to be aligned, so the altmap's pages are in front of an aligned address.
            true => {
                let align = (64 << order).max(128);
                (align, (align - (size * (first_pfn - start_pfn)) as usize % align) % align)
            }
            false => (64, (memmap_align * below(g, 4)) as usize),
        };
        let address_model = match in_buffer {
            true => AddressModel::Buffer,
            false => AddressModel::Vmemmap { base: below(g, 1 << 16) << 40 },
        };
        let memory_types = [
            MemoryType::Invalid,
            MemoryType::Private,
            MemoryType::Coherent,
            MemoryType::FsDax,
            MemoryType::Generic,
            MemoryType::PciP2pdma,
        ];
        let mut pgmap = Pgmap::new((u64::arbitrary(g) | 8) & !7, *g.choose(&memory_types).unwrap());
        (pgmap.vmemmap_shift, pgmap.altmap) = (order, altmap);
        let range = PfnRange { start_pfn, nr_pages: first_pfn + pages - start_pfn };
        let mut config = Config::new(kernel, pgmap, range, address_model);
        config.flags = flags;
        config.zone = Zone { index: flags.zone_device, nid: below(g, 1 << flags.node_width) as u32 };
        Case { config, kconfig, align, offset, seed: u64::arbitrary(g) }
    }
}

fn arbitrary_flags(g: &mut Gen) -> FlagsLayout {
    let mut flags = FlagsLayout::X86_64_DISTRO;
    flags.pfn_section_shift = 9 + below(g, 7) as u32;
    flags.zone_width = 1 + below(g, 3) as u32;
    flags.zone_device = below(g, 1 << flags.zone_width) as u32;
    flags.node_width = below(g, 11) as u32;
    // 43 bits are there in all.
    flags.last_cpupid_width = *g.choose(&[0, 8, 14]).unwrap();
    flags.kasan_tag_width = *g.choose(&[0, 8]).unwrap();
    flags.lru_gen_width = *g.choose(&[0, 3]).unwrap();
    flags.section_width = *g.choose(&[0, 3, 5]).unwrap();
    flags
}

fn arbitrary_kconfig(g: &mut Gen, flags: &mut FlagsLayout) -> Kconfig {
    let mut kconfig = Preset::X86_64_DISTRO.kconfig;
    kconfig.page_size = *g.choose(PageSize::ALL).unwrap();
    kconfig.memcg = bool::arbitrary(g);
    kconfig.page_virtual = bool::arbitrary(g);
    kconfig.kmsan = bool::arbitrary(g);
    if bool::arbitrary(g) {
        // Of any width, the field's own among them.
        kconfig.last_cpupid_width = 1 + below(g, 32) as u32;
        flags.last_cpupid_width = 0;
    }
    let aligns = [StructPageAlign::Bytes16, StructPageAlign::Bytes16, StructPageAlign::Bytes8, StructPageAlign::Bytes4];
    kconfig.struct_page_align = *g.choose(&aligns).unwrap();
    kconfig.hvo = bool::arbitrary(g);
    kconfig.optimize_dax_vmemmap = bool::arbitrary(g);
    kconfig.pageblock_order = below(g, 14) as u32;
    kconfig.page_offset = below(g, 1 << 20) << 32;
    kconfig
}

/// One past the last pfn that the section field can hold.
fn flags_end(flags: &FlagsLayout) -> u64 {
    match flags.section_width {
        0 => 1 << 48,
        width => 1 << (width + flags.pfn_section_shift),
    }
}
