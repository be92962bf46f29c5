//! Words that are known from the kernel's tables, for configurations that no golden memmap covers.
#![cfg(target_endian = "little")] // As the words are written here.

mod common;

use common::{CONFIG, Memory, model};
use memmap_template::{Config, FlagsLayout, Kernel, MemmapInit, MemoryType, PfnRange, Strategy, Zone};

/// The words of the first pages of a range of one compound, as every strategy writes them.
fn first_pages(config: Config) -> Vec<[u64; 8]> {
    let init = MemmapInit::new(config).unwrap();
    let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 1);
    let pages = init.pages().min(5) as usize;
    let streamer = common::streamers()[0];
    let mut all = Vec::new();
    for &strategy in Strategy::ALL {
        common::run(&init, &mut memory, strategy, streamer);
        all.push((0..pages).map(|i| model::words(memory.bytes(), i)).collect::<Vec<_>>());
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    all.swap_remove(0)
}

fn compound(kernel: Kernel, order: u32, start_pfn: u64) -> Config {
    common::with(CONFIG, |config| {
        config.kernel = kernel;
        config.pgmap.vmemmap_shift = order;
        config.range = PfnRange { start_pfn, nr_pages: 1 << order };
    })
}

const PGMAP: u64 = CONFIG.pgmap.address;
const BASE: u64 = 0xffd4_0000_0000_0000;
const HEAD_FLAGS: u64 = 0x0027_ffff_c000_2040;
const FLAGS: u64 = 0x0027_ffff_c000_2000;
const REFERENCED: u64 = 0x0000_0001_ffff_ffff;
const UNREFERENCED: u64 = 0x0000_0000_ffff_ffff;
const TAIL_MAPPING: u64 = 0xdead_0000_0000_0400;

/// What 7.3.4 and 6.12.107 wrote, word by word (kernel-semantics 11; its 4.4 is the same for 7.1).
#[test]
fn order_9_of_7_3_4_and_6_12_107() {
    let pages = first_pages(compound(Kernel::V7_1, 9, 0x101200));
    let (first_tail, info) = (0x0027_ffff_c000_2009, 0xffff_ffff_ffff_8001);
    let list = BASE + 64 * 0x101202 + 16;
    let minus_one = 0x0000_0000_ffff_ffff;
    assert_eq!(pages[0], [HEAD_FLAGS, PGMAP, 0, 0, 0, 0, REFERENCED, 0]);
    assert_eq!(pages[1], [first_tail, info, minus_one, minus_one, u64::MAX, 0, UNREFERENCED, 0x200]);
    assert_eq!(pages[2], [FLAGS, info, list, list, 0, 0, UNREFERENCED, 0]);
    assert_eq!(pages[3], [FLAGS, info, 0, TAIL_MAPPING, 0, 0, UNREFERENCED, 0]);

    let pages = first_pages(compound(Kernel::V6_12, 9, 0x101200));
    let info = BASE + 64 * 0x101200 + 1;
    assert_eq!(pages[0], [HEAD_FLAGS, PGMAP, 0, 0, 0, 0, REFERENCED, 0]);
    assert_eq!(pages[1], [first_tail, info, u64::MAX, 0, 0x200, 0, UNREFERENCED, 0]);
    assert_eq!(pages[2], [FLAGS, info, 0, TAIL_MAPPING, 0, 0, UNREFERENCED, 0]);
    assert_eq!(pages[3], pages[2]);

    // fsdax: PGMAP in every page, and a reference until 6.14 only.
    let fsdax = common::with(CONFIG.pgmap, |pgmap| pgmap.memory_type = MemoryType::FsDax);
    for (kernel, counts) in [(Kernel::V7_1, UNREFERENCED), (Kernel::V6_12, REFERENCED)] {
        let pages = first_pages(common::with(CONFIG, |config| {
            config.kernel = kernel;
            config.pgmap = fsdax;
        }));
        assert_eq!(pages, [[FLAGS, PGMAP, 0, 0, 0, 0, counts, 0]; 2]);
    }
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn order_18_of_7_1() {
    let pages = first_pages(compound(Kernel::V7_1, 18, 0x140000));
    let info = 0xffff_ffff_ff00_0001;
    let list = BASE + 64 * 0x140002 + 16;
    assert_eq!(pages[0], [HEAD_FLAGS, PGMAP, 0, 0, 0, 0, REFERENCED, 0]);
    assert_eq!(pages[1], [0x0027_ffff_c000_2012, info, 0xffff_ffff, 0xffff_ffff, u64::MAX, 0, UNREFERENCED, 0x40000]);
    assert_eq!(pages[2], [FLAGS, info, list, list, 0, 0, UNREFERENCED, 0]);
    assert_eq!(pages[3], [FLAGS, info, 0, TAIL_MAPPING, 0, 0, UNREFERENCED, 0]);
    assert_eq!(pages[4], pages[3]);
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn order_18_of_6_12() {
    let pages = first_pages(compound(Kernel::V6_12, 18, 0x140000));
    let info = BASE + 64 * 0x140000 + 1;
    assert_eq!(pages[0], [HEAD_FLAGS, PGMAP, 0, 0, 0, 0, REFERENCED, 0]);
    assert_eq!(pages[1], [0x0027_ffff_c000_2012, info, u64::MAX, 0, 0x40000, 0, UNREFERENCED, 0]);
    assert_eq!(pages[2], [FLAGS, info, 0, TAIL_MAPPING, 0, 0, UNREFERENCED, 0]);
    assert_eq!(pages[3], pages[2]);
}

#[test]
fn order_9_of_6_1() {
    let pages = first_pages(compound(Kernel::V6_1, 9, 0x101200));
    let (flags, info) = (0x0027_ffff_c000_1000, BASE + 64 * 0x101200 + 1);
    assert_eq!(pages[0], [flags | 1 << 16, PGMAP, 0, 0, 0, 0, REFERENCED, 0]);
    // Destructor 1, order 9 and mapcount -1; pincount 0 and 512 pages.
    assert_eq!(pages[1], [flags, info, 0xffff_ffff_0000_0901, 0x200_0000_0000, 0, 0, UNREFERENCED, 0]);
    assert_eq!(pages[2], [flags, info, 0, TAIL_MAPPING, 0, 0, UNREFERENCED, 0]);
    assert_eq!(pages[3], pages[2]);
    // With order 1 there is no second tail to call prep_compound_head after.
    let [_, tail] = first_pages(compound(Kernel::V6_1, 1, 2))[..] else { panic!("two pages") };
    assert_eq!(tail, [flags, BASE + 129, 0, TAIL_MAPPING, 0, 0, UNREFERENCED, 0]);
}

#[test]
fn order_9_of_7_0_has_pointers_in_7_1s_words() {
    let (old, new) =
        (first_pages(compound(Kernel::V7_0, 9, 0x101200)), first_pages(compound(Kernel::V7_1, 9, 0x101200)));
    assert_eq!(old[0], new[0]);
    for (mut old, new) in old.into_iter().zip(&new).skip(1) {
        assert_eq!(old[1], BASE + 64 * 0x101200 + 1);
        old[1] = new[1];
        assert_eq!(old, *new);
    }
    assert_eq!(first_pages(compound(Kernel::V7_2, 9, 0x101200)), new);
}

#[test]
fn order_1_has_no_second_tail() {
    let [head, tail] = first_pages(compound(Kernel::V7_1, 1, 2))[..] else { panic!("two pages") };
    let info = 0xffff_ffff_ffff_ff81;
    assert_eq!(head, [HEAD_FLAGS, PGMAP, 0, 0, 0, 0, REFERENCED, 0]);
    assert_eq!(tail, [0x0027_ffff_c000_2001, info, 0xffff_ffff, 0xffff_ffff, u64::MAX, 0, UNREFERENCED, 2]);
    let [_, tail] = first_pages(compound(Kernel::V6_12, 1, 2))[..] else { panic!("two pages") };
    assert_eq!(tail, [0x0027_ffff_c000_2001, BASE + 129, u64::MAX, 0, 2, 0, UNREFERENCED, 0]);
}

#[test]
fn devdax_4k_pages_are_single_and_referenced() {
    for &kernel in Kernel::ALL {
        let pages = first_pages(common::with(CONFIG, |config| config.kernel = kernel));
        let flags = if kernel == Kernel::V6_1 { FLAGS ^ 0x3000 } else { FLAGS };
        assert_eq!(pages, [[flags, PGMAP, 0, 0, 0, 0, REFERENCED, 0]; 2]);
    }
}

#[test]
fn other_nodes_and_layouts_change_the_flag_word() {
    let node = |nid| common::with(CONFIG, |config| config.zone = Zone::device(nid));
    assert_eq!(first_pages(node(3))[0][0], FLAGS | 3 << 54);
    assert_eq!(first_pages(node(1023))[0][0], FLAGS | 1023 << 54);

    let mut flags = FlagsLayout::X86_64_DISTRO;
    (flags.node_width, flags.last_cpupid_width) = (6, 0);
    let small = common::with(compound(Kernel::V7_1, 9, 0x101200), |config| config.flags = flags);
    let words: Vec<_> = first_pages(small)[..3].iter().map(|page| page[0]).collect();
    assert_eq!(words, [0x0200_0000_0000_2040, 0x0200_0000_0000_2009, 0x0200_0000_0000_2000]);

    (flags.zone_width, flags.zone_device) = (2, 3);
    let four_zones = common::with(CONFIG, |config| {
        config.flags = flags;
        config.zone = Zone { index: 3, nid: 5 };
    });
    assert_eq!(first_pages(four_zones)[0][0], 0x0300_0000_0000_2000 | 5 << 58);
}

#[test]
fn refcounts_follow_kernel_and_type() {
    use MemoryType::*;
    // 6.12: mm/mm_init.c clears the count of PRIVATE and COHERENT only; the switch that names the others, too, came in 6.15.
    let (old, new) = (&[Generic, FsDax, PciP2pdma, Invalid][..], &[Generic, Invalid][..]);
    for &kernel in Kernel::ALL {
        let referenced = if matches!(kernel, Kernel::V6_1 | Kernel::V6_12) { old } else { new };
        for memory_type in [Invalid, Private, Coherent, FsDax, Generic, PciP2pdma] {
            for order in [0, 2] {
                let config = compound(kernel, order, 0x101200);
                let config = common::with(config, |config| config.pgmap.memory_type = memory_type);
                let pages = first_pages(config);
                let expected = if referenced.contains(&memory_type) { REFERENCED } else { UNREFERENCED };
                assert_eq!(pages[0][6], expected, "{kernel} {memory_type:?}");
                assert!(pages[1..].iter().all(|tail| tail[6] == UNREFERENCED));
            }
        }
    }
}
