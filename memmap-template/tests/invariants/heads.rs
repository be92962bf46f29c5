//! 19 to 22, and 47: single pages and heads.

use memmap_template::{Kernel, MemmapInit, MemoryType, Strategy};

use crate::common::{self, CONFIG};
use crate::grid::{Memmap, PGMAP, config, each};

#[test]
fn invariant_19_heads_point_to_the_pgmap() {
    each(|memmap| {
        for i in memmap.heads() {
            assert_eq!(memmap.word(i, 1), PGMAP, "{}", memmap.name());
            assert_eq!(memmap.word(i, 1) & 1, 0, "page_folio of a page that is no tail is the page");
        }
    });
}

#[test]
fn invariant_20_no_device_data_mapping_or_share() {
    each(|memmap| {
        for i in memmap.heads() {
            assert_eq!([2, 3, 4].map(|word| memmap.word(i, word)), [0; 3], "{}", memmap.name());
        }
    });
}

fn head_refcounts(kernel: Kernel, memory_type: MemoryType) -> Vec<u32> {
    let mut found = Vec::new();
    for order in [0, 3] {
        for &strategy in Strategy::ALL {
            let config = config(kernel, order, CONFIG.flags);
            let config = common::with(config, |config| config.pgmap.memory_type = memory_type);
            let memmap = Memmap::new(MemmapInit::new(config).unwrap(), strategy, 0);
            found.extend(memmap.heads().map(|i| memmap.refcount(i)));
        }
    }
    found
}

/// Only GENERIC since 6.15; all but PRIVATE and COHERENT before (6.12: mm/mm_init.c).
#[test]
fn invariant_21_refcounts_follow_the_type() {
    use MemoryType::*;
    for &kernel in Kernel::ALL {
        let old = matches!(kernel, Kernel::V6_1 | Kernel::V6_12);
        for (memory_type, since_6_15, before) in
            [(Private, 0, 0), (Coherent, 0, 0), (FsDax, 0, 1), (Generic, 1, 1), (PciP2pdma, 0, 1)]
        {
            let expected = if old { before } else { since_6_15 };
            let found = head_refcounts(kernel, memory_type);
            assert!(found.iter().all(|&count| count == expected), "{kernel}, {memory_type:?}: {found:?}");
        }
    }
}

#[test]
fn invariant_22_pg_head_is_set_on_heads_of_compounds_only() {
    each(|memmap| {
        let head = if memmap.has_folio() { 1 << 6 } else { 1 << 16 };
        for i in memmap.heads() {
            assert_eq!(memmap.word(i, 0) & head != 0, memmap.order() > 0, "{}", memmap.name());
        }
    });
}

#[test]
fn invariant_47_a_type_outside_the_enumeration_keeps_its_reference() {
    for &kernel in Kernel::ALL {
        assert!(head_refcounts(kernel, MemoryType::Invalid).iter().all(|&count| count == 1));
    }
}
