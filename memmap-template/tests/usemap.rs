//! Maps of pageblocks: which ones a run accepts, and that nothing is written where one is refused.

mod common;

use common::{CONFIG, Memory};
use memmap_template::{Config, Hooks, MemmapInit, PfnRange, Preset, Strategy};

fn range(start_pfn: u64, nr_pages: u64) -> Config {
    common::with(CONFIG, |config| config.range = PfnRange { start_pfn, nr_pages })
}

#[test]
fn a_map_needs_words_for_all_pageblocks_of_the_range() {
    let init = MemmapInit::new(range(0x1ff, 512 * 16)).unwrap();
    assert_eq!(init.usemap_words(), 2, "17 pageblocks, in part");
    let error = init.usemap(&mut [0]).unwrap_err();
    assert_eq!(error.to_string(), "the map of pageblocks has 1 words, and the range needs 2");
}

/// `init` refuses a map made by `other`, with these words, and writes neither to the memmap nor to the map.
#[track_caller]
fn refuses_the_usemap_of(other: &MemmapInit, init: &MemmapInit, message: &str) {
    const BEFORE: u64 = 0x4444_4444_4444_4444;
    for &strategy in Strategy::ALL {
        let mut words = vec![BEFORE; other.usemap_words() as usize];
        let mut usemap = other.usemap(&mut words).unwrap();
        let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 7);
        let hooks = common::with(Hooks::default(), |hooks| hooks.usemap = Some(&mut usemap));
        let error = init.run_with(memory.uninit(), strategy, common::streamers()[0], hooks).unwrap_err();
        assert_eq!(error.to_string(), message);
        memory.assert_untouched_outside(0..0);
        assert!(words.iter().all(|&word| word == BEFORE));
    }
}

#[test]
fn a_usemap_is_for_the_run_that_it_was_made_for() {
    let of_order = |pageblock_order, range| {
        let kconfig = common::with(Preset::X86_64_DISTRO.kconfig, |k| k.pageblock_order = pageblock_order);
        MemmapInit::with_kconfig(range, kconfig).unwrap()
    };
    let here = of_order(9, range(0x4000, 0x4000));
    refuses_the_usemap_of(
        &of_order(9, range(0x100000, 0x4000)),
        &here,
        "the map of pageblocks is of order 9 from pfn 0x100000 on, and the range needs order 9 from pfn 0x4000 on",
    );
    // A twelfth of it would be marked.
    refuses_the_usemap_of(
        &here,
        &of_order(13, range(0x4000, 0x4000)),
        "the map of pageblocks is of order 9 from pfn 0x4000 on, and the range needs order 13 from pfn 0x4000 on",
    );
    // It covers the range, but its pageblocks have other numbers.
    refuses_the_usemap_of(
        &of_order(9, range(0x2000, 0x8000)),
        &here,
        "the map of pageblocks is of order 9 from pfn 0x2000 on, and the range needs order 9 from pfn 0x4000 on",
    );
    refuses_the_usemap_of(
        &of_order(9, range(0x4000, 0x2000)),
        &of_order(9, range(0x4000, 0x2200)),
        "the map of pageblocks has 1 words, and the range needs 2",
    );
}

#[test]
fn a_usemap_serves_all_runs_over_its_pageblocks() {
    let long = MemmapInit::new(range(0x4000, 0x4000)).unwrap();
    let mut words = vec![0; long.usemap_words() as usize];
    let mut usemap = long.usemap(&mut words).unwrap();
    // Shorter, and from within the same pageblock: the one whose first page is not in this range stays.
    let short = MemmapInit::new(range(0x4001, 0x400)).unwrap();
    let mut memory = Memory::new(short.buffer_len() as usize, 64, 0, 7);
    let hooks = common::with(Hooks::default(), |hooks| hooks.usemap = Some(&mut usemap));
    short.run_with(memory.uninit(), Strategy::Stamped, common::streamers()[0], hooks).unwrap();
    let marked: Vec<_> = (0x4000..0x8000).step_by(512).filter(|&pfn| usemap.migratetype(pfn) != Some(0)).collect();
    assert_eq!(marked, [0x4200, 0x4400]);
}
