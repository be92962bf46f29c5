//! 23 to 33: tails.

use memmap_template::{Kernel, MAX_ORDER, MemmapInit, Strategy};

use crate::common::CONFIG;
use crate::grid::{Memmap, PGMAP, TAIL_MAPPING, config, each};

fn every_tail(mut check: impl FnMut(&Memmap, u64)) {
    each(|memmap| {
        for i in memmap.tails() {
            check(memmap, i);
        }
    });
}

#[test]
fn invariant_23_tails_lead_to_their_head() {
    every_tail(|memmap, i| {
        let (info, head) = (memmap.word(i, 1), memmap.address(memmap.head(i)));
        assert_eq!(info & 1, 1, "{}", memmap.name());
        let found = if memmap.holds_mask() { memmap.address(i) & info } else { info - 1 };
        assert_eq!(found, head, "{}", memmap.name());
    });
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn invariant_24_a_mask_is_the_same_in_all_tails() {
    for (order, expected) in [(9, 0xffff_ffff_ffff_8001), (MAX_ORDER, 0xffff_ffff_ff00_0001)] {
        let mut config = config(Kernel::V7_1, order, CONFIG.flags);
        config.range.start_pfn = 1 << MAX_ORDER;
        let memmap = Memmap::new(MemmapInit::new(config).unwrap(), Strategy::Stamped, 0);
        assert!(memmap.tails().all(|i| memmap.word(i, 1) == expected));
    }
}

#[test]
fn invariant_25_a_mask_needs_aligned_heads() {
    each(|memmap| {
        if memmap.holds_mask() && memmap.order() > 0 {
            let align = (memmap.size() as u64) << memmap.order();
            assert!(memmap.heads().all(|i| memmap.address(i).is_multiple_of(align)), "{}", memmap.name());
        }
    });
}

#[test]
fn invariant_26_no_tail_has_a_reference() {
    every_tail(|memmap, i| assert_eq!(memmap.refcount(i), 0, "{}", memmap.name()));
}

#[test]
fn invariant_27_tails_from_the_third_on_have_the_tail_mapping() {
    every_tail(|memmap, i| {
        if memmap.in_compound(i) >= 3 {
            assert_eq!([2, 3].map(|word| memmap.word(i, word)), [0, TAIL_MAPPING], "{}", memmap.name());
        }
    });
}

#[test]
fn invariant_28_no_tail_is_a_head_or_points_to_the_pgmap() {
    every_tail(|memmap, i| {
        // In a first tail, bit 6 belongs to the order.
        let head = if memmap.has_folio() { 1 << 6 } else { 1 << 16 };
        assert_eq!(memmap.word(i, 0) & head, 0, "{}", memmap.name());
        assert_ne!(memmap.word(i, 1) & !1, PGMAP, "{}", memmap.name());
    });
}

#[test]
fn invariant_29_the_first_tail_holds_the_order() {
    each(|memmap| {
        for i in memmap.nth(1) {
            let order = if memmap.has_folio() {
                memmap.word(i, 0) & 0xff
            } else if memmap.order() > 1 {
                u64::from(memmap.page(i)[17])
            } else {
                // 6.1 calls prep_compound_head after the second tail, which a compound of two pages has not got.
                assert_eq!(memmap.page(i)[17], 0);
                1
            };
            assert_eq!(order, u64::from(memmap.order()), "{}", memmap.name());
        }
    });
}

#[test]
fn invariant_30_the_first_tail_holds_the_folios_counts() {
    let nr_pages = |memmap: &Memmap| 1 << memmap.order();
    each(|memmap| {
        for i in memmap.nth(1) {
            let counts = |offsets: &[usize]| offsets.iter().map(|&offset| memmap.half(i, offset)).collect::<Vec<_>>();
            let minus_one = u32::MAX;
            match memmap.kernel() {
                // compound_mapcount, compound_pincount, compound_nr.
                Kernel::V6_1 if memmap.order() > 1 => {
                    assert_eq!(counts(&[20, 24, 28]), [minus_one, 0, nr_pages(memmap)]);
                }
                Kernel::V6_1 => {}
                // large_mapcount, entire_mapcount, nr_pages_mapped, pincount, nr_pages.
                Kernel::V6_12 => {
                    assert_eq!(counts(&[16, 20, 24, 28, 32]), [minus_one, minus_one, 0, 0, nr_pages(memmap)]);
                }
                // large_mapcount, nr_pages_mapped, entire_mapcount, pincount, two mm_id_mapcounts, mm_ids.
                _ => {
                    let expected = [minus_one, 0, minus_one, 0, minus_one, minus_one, 0, 0];
                    assert_eq!(counts(&[16, 20, 24, 28, 32, 36, 40, 44]), expected, "{}", memmap.name());
                    if memmap.init.kconfig().memcg {
                        assert_eq!(counts(&[56]), [nr_pages(memmap)], "{}", memmap.name());
                    }
                }
            }
        }
    });
}

#[test]
fn invariant_31_the_second_tails_deferred_list_is_empty() {
    each(|memmap| {
        if memmap.keeps_list() {
            for i in memmap.nth(2) {
                let list = memmap.address(i) + 16;
                assert_eq!([2, 3].map(|word| memmap.word(i, word)), [list, list], "{}", memmap.name());
            }
        }
    });
}

#[test]
fn invariant_32_a_head_prepared_early_loses_the_list() {
    each(|memmap| {
        if !memmap.keeps_list() {
            for i in memmap.nth(2) {
                assert_eq!([2, 3].map(|word| memmap.word(i, word)), [0, TAIL_MAPPING], "{}", memmap.name());
            }
        }
    });
}

#[test]
fn invariant_33_the_next_head_is_a_compound_away() {
    each(|memmap| {
        let tail = |i| memmap.word(i, 1) & 1 == 1;
        assert!((0..memmap.pages()).all(|i| tail(i) == (i % (1 << memmap.order()) != 0)), "{}", memmap.name());
    });
}
