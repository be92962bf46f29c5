//! 9 to 18: every page.

use crate::grid::{Memmap, each};

/// Position and width of the fields of the flag word, SECTION first.
fn fields(memmap: &Memmap) -> [(u32, u32); 6] {
    let flags = memmap.flags_layout();
    let mut shift = 64;
    [
        flags.section_width,
        flags.node_width,
        flags.zone_width,
        flags.last_cpupid_width,
        flags.kasan_tag_width,
        flags.lru_gen_width,
    ]
    .map(|width| {
        shift -= width;
        (shift, width)
    })
}

fn field(memmap: &Memmap, i: u64, field: usize) -> u64 {
    match fields(memmap)[field] {
        (_, 0) => 0,
        (shift, width) => memmap.word(i, 0) >> shift & ((1 << width) - 1),
    }
}

fn every_page(mut check: impl FnMut(&Memmap, u64)) {
    each(|memmap| {
        for i in 0..memmap.pages() {
            check(memmap, i);
        }
    });
}

#[test]
fn invariant_09_zone_and_node() {
    every_page(|memmap, i| assert_eq!((field(memmap, i, 2), field(memmap, i, 1)), (4, 0), "{}", memmap.name()));
}

#[test]
fn invariant_10_no_flag_but_reserved_and_head() {
    every_page(|memmap, i| {
        let [.., (end, _)] = fields(memmap);
        let mut flags = memmap.word(i, 0) & ((1 << end) - 1);
        let (reserved, head) = if memmap.has_folio() { (1 << 13, 1 << 6) } else { (1 << 12, 1 << 16) };
        assert_eq!(flags & reserved, reserved, "{}", memmap.name());
        flags ^= reserved;
        if memmap.order() > 0 && memmap.in_compound(i) == 0 {
            flags ^= head;
        } else if memmap.in_compound(i) == 1 && memmap.has_folio() {
            flags &= !0xff;
        }
        assert_eq!(flags, 0, "{}", memmap.name());
    });
}

#[test]
fn invariant_11_the_last_cpupid_is_all_ones() {
    every_page(|memmap, i| {
        let (in_flags, outside) = (memmap.flags_layout().last_cpupid_width, memmap.init.kconfig().last_cpupid_width);
        assert_eq!(field(memmap, i, 3), (1 << in_flags) - 1, "{}", memmap.name());
        if outside > 0 {
            let offset =
                56 + 8 * usize::from(memmap.init.kconfig().memcg) + 8 * usize::from(memmap.init.kconfig().page_virtual);
            assert_eq!(u64::from(memmap.half(i, offset)), (1 << outside) - 1, "{}", memmap.name());
        }
    });
}

#[test]
fn invariant_12_kasan_tag_and_generation_are_zero() {
    every_page(|memmap, i| assert_eq!((field(memmap, i, 4), field(memmap, i, 5)), (0, 0), "{}", memmap.name()));
}

#[test]
fn invariant_13_the_mapcount_is_minus_one() {
    every_page(|memmap, i| assert_eq!(memmap.half(i, 48), u32::MAX, "{}", memmap.name()));
}

#[test]
fn invariant_14_the_memcg_word_holds_a_folios_size_or_nothing() {
    every_page(|memmap, i| {
        if memmap.init.kconfig().memcg {
            let nr_pages = if memmap.in_compound(i) == 1 && memmap.has_new_folio() { 1 << memmap.order() } else { 0 };
            assert_eq!((memmap.half(i, 56), memmap.half(i, 60)), (nr_pages, 0), "{}", memmap.name());
        }
    });
}

#[test]
fn invariant_15_index_and_private_are_zero() {
    every_page(|memmap, i| {
        // In a first tail, a folio's counts lie over the index.
        if memmap.in_compound(i) != 1 {
            assert_eq!(memmap.word(i, 4), 0, "{}", memmap.name());
        }
        assert_eq!(memmap.word(i, 5), 0, "{}", memmap.name());
    });
}

#[test]
fn invariant_16_kmsan_pointers_and_padding_are_zero() {
    every_page(|memmap, i| {
        let kconfig = memmap.init.kconfig();
        let mut end = 56 + 8 * usize::from(kconfig.memcg) + 8 * usize::from(kconfig.page_virtual);
        end += if kconfig.last_cpupid_width > 0 { 4 } else { 0 };
        assert!(memmap.page(i)[end..].iter().all(|&byte| byte == 0), "{}", memmap.name());
    });
}

#[test]
fn invariant_17_virtual_is_the_linear_address() {
    let mut checked = 0;
    every_page(|memmap, i| {
        let kconfig = memmap.init.kconfig();
        if kconfig.page_virtual {
            let word = 7 + usize::from(kconfig.memcg);
            let expected = 0xff11_0000_0000_0000 + 4096 * (memmap.init.first_pfn() + i);
            assert_eq!(memmap.word(i, word), expected, "{}", memmap.name());
            checked += 1;
        }
    });
    assert!(checked > 0);
}

#[test]
fn invariant_18_sections_change_at_their_borders() {
    let mut changes = 0;
    every_page(|memmap, i| {
        let flags = memmap.flags_layout();
        if flags.section_width > 0 {
            let pfn = memmap.init.first_pfn() + i;
            assert_eq!(field(memmap, i, 0), pfn >> flags.pfn_section_shift, "{}", memmap.name());
            if i > 0 && field(memmap, i, 0) != field(memmap, i - 1, 0) {
                assert!(pfn.is_multiple_of(1 << flags.pfn_section_shift));
                changes += 1;
            }
        }
    });
    assert!(changes > 0);
}
