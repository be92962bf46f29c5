//! A second opinion on what is in a page: the tables of the kernel's words, written down without looking at the order of stores.

use memmap_template::{AddressModel, Config, Kernel, MemoryType};

/// The words of the struct page of `pfn`. `buffer` is the address of the range's first struct page.
pub(crate) fn page(config: &Config, buffer: u64, first_pfn: u64, pfn: u64) -> [u64; 8] {
    let order = config.pgmap.vmemmap_shift;
    let head_pfn = first_pfn + ((pfn - first_pfn) >> order << order);
    let address = |pfn: u64| match config.address_model {
        AddressModel::Buffer => buffer + 64 * (pfn - config.range.start_pfn),
        AddressModel::Vmemmap { base } => base + 64 * pfn,
    };
    let flags = flags(config, pfn);
    let no_reference = halves(u32::MAX, 0);
    let minus_one = halves(u32::MAX, 0);
    let info = match config.kernel {
        Kernel::V6_12 => address(head_pfn) + 1,
        Kernel::V7_1 => !((64 << order) - 1) + 1,
        other => panic!("no words for {other}"),
    };
    let list = address(pfn).wrapping_add(16);
    let tail_mapping = 0xdead_0000_0000_0400;
    match (pfn - head_pfn, config.kernel) {
        (0, _) => {
            let head_flag = if order > 0 { 0x40 } else { 0 };
            [flags + head_flag, config.pgmap.address, 0, 0, 0, 0, halves(u32::MAX, references(config)), 0]
        }
        (1, Kernel::V6_12) => [flags + u64::from(order), info, u64::MAX, 0, halves(1 << order, 0), 0, no_reference, 0],
        (1, _) => {
            [flags + u64::from(order), info, minus_one, minus_one, u64::MAX, 0, no_reference, halves(1 << order, 0)]
        }
        (2, Kernel::V7_1) => [flags, info, list, list, 0, 0, no_reference, 0],
        _ => [flags, info, 0, tail_mapping, 0, 0, no_reference, 0],
    }
}

/// The flag word of a page that is neither a head nor a first tail.
fn flags(config: &Config, pfn: u64) -> u64 {
    let layout = &config.flags;
    let fields = [
        (layout.section_width, pfn >> layout.pfn_section_shift),
        (layout.node_width, config.zone.nid.into()),
        (layout.zone_width, config.zone.index.into()),
        (layout.last_cpupid_width, (1 << layout.last_cpupid_width) - 1),
        (layout.kasan_tag_width, 0),
    ];
    let mut shift = 64;
    let mut word = 0x2000;
    for (width, value) in fields {
        shift -= width;
        if width > 0 {
            word |= value << shift;
        }
    }
    word
}

/// The refcount of an order-0 page or a head.
fn references(config: &Config) -> u32 {
    let types: &[_] = match config.kernel {
        Kernel::V6_12 => &[MemoryType::Generic, MemoryType::FsDax],
        _ => &[MemoryType::Generic],
    };
    types.contains(&config.pgmap.memory_type).into()
}

/// A word of two counters, the first one at the lower address.
fn halves(first: u32, second: u32) -> u64 {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&first.to_ne_bytes());
    bytes[4..].copy_from_slice(&second.to_ne_bytes());
    u64::from_ne_bytes(bytes)
}

/// The words of page `i` of a memmap.
pub(crate) fn words(memmap: &[u8], i: usize) -> [u64; 8] {
    std::array::from_fn(|word| u64::from_ne_bytes(memmap[64 * i + 8 * word..][..8].try_into().unwrap()))
}
