//! A second opinion on what is in a page: the tables of the kernel's words, written down without looking at the order of stores.

use memmap_template::{AddressModel, Kconfig, Kernel, MemmapInit, MemoryType};

/// The words of the struct page of `pfn`, the last one perhaps in part. `buffer` is the address of the range's first struct page.
pub(crate) fn page(init: &MemmapInit, buffer: u64, pfn: u64) -> Vec<u64> {
    let (config, kconfig) = (init.config(), init.kconfig());
    let (size, order, kernel) = (init.struct_page_size(), config.pgmap.vmemmap_shift, config.kernel);
    let head_pfn = init.first_pfn() + ((pfn - init.first_pfn()) >> order << order);
    let address = |pfn: u64| match config.address_model {
        AddressModel::Buffer => buffer + size * (pfn - config.range.start_pfn),
        AddressModel::Vmemmap { base } => base + size * pfn,
        other => panic!("no addresses by {other:?}"),
    };
    let info = if holds_mask(kernel, kconfig) { !((size << order) - 1) + 1 } else { address(head_pfn) + 1 };
    let flags = flags(init, pfn);
    let list = address(pfn).wrapping_add(16);
    let nr_pages = halves(1 << order, 0);
    let no_reference = halves(u32::MAX, 0);
    let tail = [flags, info, 0, 0xdead_0000_0000_0400, 0, 0, no_reference, 0];
    let folio = |first_tail| match pfn - head_pfn {
        1 => first_tail,
        2 if kernel != Kernel::V6_15 => [flags, info, list, list, 0, 0, no_reference, 0],
        _ => tail,
    };
    let common = match (pfn - head_pfn, kernel) {
        (0, _) => {
            let head_flag = match (order, kernel) {
                (0, _) => 0,
                (_, Kernel::V6_1) => 1 << 16,
                _ => 1 << 6,
            };
            [flags + head_flag, config.pgmap.address, 0, 0, 0, 0, halves(u32::MAX, references(init)), 0]
        }
        (1, Kernel::V6_1) if order > 1 => {
            let dtor_order = u32::from_ne_bytes([1, order as u8, 0, 0]);
            [flags, info, halves(dtor_order, u32::MAX), halves(0, 1 << order), 0, 0, no_reference, 0]
        }
        (1, Kernel::V6_12) => [flags + u64::from(order), info, u64::MAX, 0, nr_pages, 0, no_reference, 0],
        (_, Kernel::V6_1 | Kernel::V6_12) => tail,
        _ => {
            let minus_one = halves(u32::MAX, 0);
            let nr_pages = if kconfig.memcg { nr_pages } else { 0 };
            folio([flags + u64::from(order), info, minus_one, minus_one, u64::MAX, 0, no_reference, nr_pages])
        }
    };
    let mut words = common[..if kconfig.memcg { 8 } else { 7 }].to_vec();
    optional_fields(kconfig, pfn, &mut words);
    words.resize(size.div_ceil(8) as usize, 0);
    words
}

/// What follows the memcg word.
fn optional_fields(kconfig: &Kconfig, pfn: u64, words: &mut Vec<u64>) {
    if kconfig.page_virtual {
        words.push(kconfig.page_offset + (pfn << kconfig.page_size.shift()));
    }
    if kconfig.last_cpupid_width > 0 {
        words.push(halves(u32::MAX >> (32 - kconfig.last_cpupid_width), 0));
    }
}

/// The flag word of a page that is neither a head nor a first tail.
fn flags(init: &MemmapInit, pfn: u64) -> u64 {
    let (config, layout) = (init.config(), &init.config().flags);
    let fields = [
        (layout.section_width, pfn >> layout.pfn_section_shift),
        (layout.node_width, config.zone.nid.into()),
        (layout.zone_width, config.zone.index.into()),
        (layout.last_cpupid_width, (1 << layout.last_cpupid_width) - 1),
        (layout.kasan_tag_width, 0),
        (layout.lru_gen_width, 0),
    ];
    let mut shift = 64;
    let mut word = if config.kernel == Kernel::V6_1 { 1 << 12 } else { 1 << 13 };
    for (width, value) in fields {
        shift -= width;
        if width > 0 {
            word |= value << shift;
        }
    }
    word
}

/// Whether tails hold a mask: from 7.1 on.
pub(crate) fn holds_mask(kernel: Kernel, kconfig: &Kconfig) -> bool {
    let pointers = matches!(kernel, Kernel::V6_1 | Kernel::V6_12 | Kernel::V6_15 | Kernel::V7_0);
    !pointers && kconfig.hvo && kconfig.struct_page_size().is_power_of_two()
}

/// Whether pageblocks are initialised in a pass of their own: from 7.2 on.
pub(crate) fn has_pageblock_pass(kernel: Kernel) -> bool {
    !matches!(kernel, Kernel::V6_1 | Kernel::V6_12 | Kernel::V6_15 | Kernel::V7_0 | Kernel::V7_1)
}

/// The refcount of an order-0 page or a head.
fn references(init: &MemmapInit) -> u32 {
    use MemoryType::*;
    let types: &[_] = match init.config().kernel {
        Kernel::V6_1 | Kernel::V6_12 => &[Generic, FsDax, PciP2pdma, Invalid],
        _ => &[Generic, Invalid],
    };
    types.contains(&init.config().pgmap.memory_type).into()
}

/// A word of two counters, the first one at the lower address.
pub(crate) fn halves(first: u32, second: u32) -> u64 {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&first.to_ne_bytes());
    bytes[4..].copy_from_slice(&second.to_ne_bytes());
    u64::from_ne_bytes(bytes)
}

/// The bytes of [`page`].
pub(crate) fn bytes(init: &MemmapInit, buffer: u64, pfn: u64) -> Vec<u8> {
    let mut bytes: Vec<_> = page(init, buffer, pfn).iter().flat_map(|word| word.to_ne_bytes()).collect();
    bytes.truncate(init.struct_page_size() as usize);
    bytes
}

/// The words of page `i` of a memmap of 64-byte struct pages.
pub(crate) fn words(memmap: &[u8], i: usize) -> [u64; 8] {
    std::array::from_fn(|word| u64::from_ne_bytes(memmap[64 * i + 8 * word..][..8].try_into().unwrap()))
}
