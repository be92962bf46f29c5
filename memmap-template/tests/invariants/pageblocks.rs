//! 37 and 38: pageblocks.

use memmap_template::{Hooks, Kconfig, Kernel, MIGRATE_MOVABLE, MemmapInit, PfnRange, Preset, Strategy};

use crate::common::{self, CONFIG, Memory, model};

/// The pageblocks of a range that are marked, as pfns.
fn marked(kernel: Kernel, order: u32, kconfig: Kconfig, range: PfnRange, strategy: Strategy) -> Vec<u64> {
    let config = common::with(CONFIG, |config| {
        config.kernel = kernel;
        config.pgmap.vmemmap_shift = order;
        config.range = range;
    });
    let init = MemmapInit::with_kconfig(config, kconfig).unwrap();
    // What was there before stays, except for the three bits of a pageblock that is marked.
    let mut words = vec![0xcccc_cccc_cccc_cccc; init.usemap_words() as usize];
    let mut usemap = init.usemap(&mut words).unwrap();
    let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
    let hooks = common::with(Hooks::default(), |hooks| hooks.usemap = Some(&mut usemap));
    init.run_with(memory.uninit(), strategy, common::streamers()[0], hooks).unwrap();
    let end = range.start_pfn + range.nr_pages;
    let block = 1 << kconfig.pageblock_order;
    let first = range.start_pfn / block * block;
    let behind = first + 16 * block * init.usemap_words();
    assert!(usemap.migratetype(behind - 1).is_some(), "the last pageblock in the map");
    assert_eq!((usemap.migratetype(first - 1), usemap.migratetype(behind)), (None, None));
    let marked = (first..end)
        .step_by(block as usize)
        .filter(|&pfn| match usemap.migratetype(pfn) {
            Some(MIGRATE_MOVABLE) => true,
            Some(4) => false,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(words.iter().all(|word| word & 0x8888_8888_8888_8888 == 0x8888_8888_8888_8888), "the skip bits");
    marked
}

#[test]
fn invariant_37_movable_pageblocks() {
    let kconfig = Preset::X86_64_DISTRO.kconfig;
    for &strategy in Strategy::ALL {
        for &kernel in Kernel::ALL {
            let of =
                |order, start_pfn, nr_pages| marked(kernel, order, kconfig, PfnRange { start_pfn, nr_pages }, strategy);
            // All multiples of 512 at order 9, the ends of a range with single pages left out.
            assert_eq!(of(9, 0x101200, 1024), [0x101200, 0x101400]);
            assert_eq!(of(0, 0x101201, 1024), [0x101400, 0x101600]);
            // With dedup at 1G, the loop comes by the first pageblock only.
            let at_1g = of(18, 0x140000, 1 << 18);
            if model::has_pageblock_pass(kernel) {
                assert_eq!(at_1g, (0x140000..0x180000).step_by(512).collect::<Vec<_>>());
            } else {
                assert_eq!(at_1g, [0x140000]);
            }
        }
    }
    let small = common::with(kconfig, |kconfig| kconfig.pageblock_order = 3);
    let range = PfnRange { start_pfn: 0x140000, nr_pages: 512 };
    assert_eq!(marked(Kernel::V7_1, 9, small, range, Strategy::Stamped).len(), 128 / 8, "of 128 written pages");
    assert_eq!(marked(Kernel::V7_2, 9, small, range, Strategy::Stamped).len(), 512 / 8);
}

#[test]
fn invariant_38_cached_copies_are_those_at_the_start_of_a_pageblock() {
    for &kernel in Kernel::ALL {
        for order in [0, 2, 9] {
            let config = common::with(CONFIG, |config| {
                config.kernel = kernel;
                config.pgmap.vmemmap_shift = order;
                config.range = PfnRange { start_pfn: 0x101200, nr_pages: 2048 };
            });
            let init = MemmapInit::new(config).unwrap();
            let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
            let report = common::run(&init, &mut memory, Strategy::Streaming, common::streamers()[0]);
            // 7.2 initialises pageblocks in a pass of their own and reads nothing back at once.
            let cached = if model::has_pageblock_pass(kernel) { 0 } else { 4 };
            assert_eq!((report.cached_copies, report.streamed_copies), (cached, 2048 - cached));
        }
    }
}
