//! All strategies write the same bytes, and nothing else, for whatever configuration, memory and backend.

mod common;

use common::case::Case;
use common::seeded::properties;
use common::{CONFIG, Memory, NameOnPanic, model};
use memmap_template::{AddressModel, Fallback, FlagsLayout, Gates, Kernel, MemmapInit, PfnRange, Strategy};

/// The pfns whose struct pages are written.
fn written(init: &MemmapInit) -> impl Iterator<Item = u64> {
    let (first, order) = (init.first_pfn(), init.config().pgmap.vmemmap_shift);
    let nr_pages = init.compound_nr_pages();
    (0..init.pages() >> order).flat_map(move |i| (0..nr_pages).map(move |page| first + (i << order) + page))
}

/// The struct pages that the tables have for a buffer at this address: where each is in it, and its bytes.
fn tables(case: &Case, init: &MemmapInit, buffer: u64) -> Vec<(u64, usize, Vec<u8>)> {
    let size = init.struct_page_size() as usize;
    let at = |pfn: u64| size * (pfn - case.config.range.start_pfn) as usize;
    written(init).map(|pfn| (pfn, at(pfn), model::bytes(init, buffer, pfn))).collect()
}

/// Asserts that memory holds the tables' pages and that nothing else has been touched.
fn check(pages: &[(u64, usize, Vec<u8>)], memory: &Memory, what: &str) {
    let mut untouched = 0;
    for (pfn, at, expected) in pages {
        if untouched < *at {
            memory.assert_untouched_in(untouched..*at);
        }
        untouched = at + expected.len();
        assert_eq!(memory.bytes()[*at..untouched], expected[..], "{what}, pfn {pfn:#x}");
    }
    memory.assert_untouched_in(untouched..memory.bytes().len());
    memory.assert_untouched_outside(0..memory.bytes().len());
}

properties! {
    fn strategies_agree_with_the_tables(case: Case) -> bool {
        let _name = NameOnPanic(&case);
        let init = case.init();
        let mut memory = case.memory(&init);
        let pages = tables(&case, &init, memory.bytes().as_ptr().addr() as u64);
        for (runs, &strategy) in (0..).zip(Strategy::ALL) {
            for streamer in common::streamers() {
                memory.garble(runs);
                let report = init.run(memory.uninit(), strategy, streamer).unwrap();
                let slow_only = !init.struct_page_size().is_multiple_of(8);
                assert_eq!(report.ran, if slow_only { Strategy::Slow } else { strategy });
                assert_eq!(report.backend, streamer.backend());
                check(&pages, &memory, &format!("{strategy} with {}", streamer.backend()));
            }
        }
        true
    }

    fn reports_count_what_ran(case: Case) -> bool {
        let _name = NameOnPanic(&case);
        let init = case.init();
        let pageblock = 1 << init.kconfig().pageblock_order;
        let pageblocks = match model::has_pageblock_pass(case.config.kernel) {
            true => 0,
            false => written(&init).filter(|pfn| pfn % pageblock == 0).count() as u64,
        };
        let struct_pages = written(&init).count() as u64;
        let mut memory = case.memory(&init);
        for streamer in common::streamers() {
            for &strategy in Strategy::ALL {
                let report = init.run(memory.uninit(), strategy, streamer).unwrap();
                assert_eq!(report.first_pfn, init.first_pfn());
                assert_eq!((report.pages, report.struct_pages), (init.pages(), struct_pages));
                assert_eq!(report.bytes, init.struct_page_size() * struct_pages);
                assert_eq!((report.asked, report.threads), (strategy, 1));
                let no_tail_2 = case.config.kernel == Kernel::V6_1 && case.config.pgmap.vmemmap_shift == 1;
                let expected = match report.ran {
                    Strategy::Slow => (0, 0, 0),
                    Strategy::Template => (0, struct_pages, 0),
                    Strategy::Streaming => {
                        // 6.1 never prepares a head of order 1, and so needs no drain before that.
                        let per_compound = if no_tail_2 { 1 } else { 2 };
                        (struct_pages - pageblocks, pageblocks, per_compound * init.compounds() + 1)
                    }
                    Strategy::Stamped => (struct_pages, 0, 1),
                    other => panic!("no counts for {other}"),
                };
                assert_eq!((report.streamed_copies, report.cached_copies, report.drains), expected, "{strategy}");
            }
        }
        true
    }
}

/// A compound that spans sections, each of which changes in the middle of its equal tails.
#[test]
fn a_compound_of_many_sections() {
    let mut flags = FlagsLayout::X86_64_DISTRO;
    (flags.section_width, flags.pfn_section_shift, flags.last_cpupid_width) = (12, 9, 8);
    for &kernel in Kernel::ALL {
        let config = common::with(CONFIG, |config| {
            config.kernel = kernel;
            config.flags = flags;
            config.pgmap.vmemmap_shift = 12;
            config.range = PfnRange { start_pfn: 1 << 12, nr_pages: 2 << 12 };
        });
        let init = MemmapInit::new(config).unwrap();
        let expected: Vec<_> = (0..init.pages()).map(|i| model::page(&init, 0, init.first_pfn() + i)).collect();
        assert!((0..).zip(&expected).all(|(i, page)| page[0] >> 52 == (i >> 9) + 8));
        let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 7);
        for (runs, &strategy) in (0..).zip(Strategy::ALL) {
            for streamer in common::streamers() {
                memory.garble(runs);
                common::run(&init, &mut memory, strategy, streamer);
                for (i, expected) in expected.iter().enumerate() {
                    assert_eq!(model::words(memory.bytes(), i), expected[..], "{strategy}, page {i}");
                }
            }
        }
    }
}

#[test]
fn closed_gates_fall_back_to_slow() {
    let live = common::with(Gates::default(), |gates| gates.page_ref_set_live = true);
    let sanitizer = common::with(Gates::default(), |gates| gates.sanitizer = true);
    let open = MemmapInit::new(CONFIG).unwrap();
    let streamer = common::streamers()[0];
    let mut expected = Memory::new(128, 64, 0, 3);
    common::run(&open, &mut expected, Strategy::Slow, streamer);
    for (gates, reason) in [(live, Fallback::PageRefSetLive), (sanitizer, Fallback::Sanitizer)] {
        let init = MemmapInit::new(common::with(CONFIG, |config| config.gates = gates)).unwrap();
        for &strategy in Strategy::ALL {
            let mut memory = Memory::new(128, 64, 0, 4);
            let report = init.run(memory.uninit(), strategy, streamer).unwrap();
            assert_eq!((report.asked, report.ran), (strategy, Strategy::Slow));
            assert_eq!(report.fallback, (strategy != Strategy::Slow).then_some(reason));
            assert_eq!((report.streamed_copies, report.cached_copies, report.drains), (0, 0, 0));
            assert_eq!(memory.bytes(), expected.bytes());
        }
    }
}

#[test]
fn the_buffer_model_needs_aligned_heads_for_masks_only() {
    let config = common::with(CONFIG, |config| {
        config.pgmap.vmemmap_shift = 3;
        config.range = PfnRange { start_pfn: 0, nr_pages: 8 };
        config.address_model = AddressModel::Buffer;
    });
    let mut memory = Memory::new(512, 512, 64, 9);
    let streamer = common::streamers()[0];
    let init = MemmapInit::new(config).unwrap();
    for &strategy in Strategy::ALL {
        let error = init.run(memory.uninit(), strategy, streamer).unwrap_err();
        assert!(error.to_string().ends_with("which is not a multiple of 0x200"), "{error}");
        memory.assert_untouched_outside(0..0);
    }
    for kernel in [Kernel::V6_1, Kernel::V6_12, Kernel::V7_0] {
        let init = MemmapInit::new(common::with(config, |config| config.kernel = kernel)).unwrap();
        common::run(&init, &mut memory, Strategy::Stamped, streamer);
    }
}
