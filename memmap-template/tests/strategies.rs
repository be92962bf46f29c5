//! All strategies write the same bytes, and nothing else, for whatever configuration, memory and backend.

mod common;

use common::{CONFIG, Memory, NameOnPanic, model};
use memmap_template::{
    AddressModel, Altmap, Config, Fallback, FlagsLayout, Gates, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap,
    Strategy, Zone,
};
use quickcheck::{Arbitrary, Gen, quickcheck};

/// A valid configuration and a buffer for it.
#[derive(Clone, Debug)]
struct Case {
    config: Config,
    /// What the buffer's address is a multiple of.
    align: usize,
    /// Added to such an address.
    offset: usize,
    seed: u64,
}

fn below(g: &mut Gen, limit: u64) -> u64 {
    u64::arbitrary(g) % limit
}

impl Arbitrary for Case {
    fn arbitrary(g: &mut Gen) -> Case {
        let order = below(g, 12) as u32;
        let compound = 1u64 << order;
        let flags = arbitrary_flags(g);
        // Pfns near the start of a section, so that ranges cross into the next one, but not beyond the last one.
        let sections = if flags.section_width == 0 { 1 << 20 } else { 1 << flags.section_width };
        let section = 1 + below(g, sections - 2);
        let section_start = section << flags.pfn_section_shift;
        let first_pfn = (section_start - below(g, 600.min(section_start))) / compound * compound;
        let pages = compound * (1 + below(g, 1 + 1500 / compound));
        let pages = pages.min((flags_end(&flags) - first_pfn) / compound * compound);
        let (start_pfn, altmap) = if bool::arbitrary(g) {
            let skipped = below(g, 40).min(first_pfn);
            let before = below(g, 1 + skipped);
            let base_pfn = first_pfn - skipped;
            let reserve = below(g, 1 + skipped);
            (first_pfn - before, Some(Altmap { base_pfn, reserve, free: skipped - reserve }))
        } else {
            (first_pfn, None)
        };
        let in_buffer = bool::arbitrary(g);
        let (align, offset) = match in_buffer {
            // The head is to be aligned, so the altmap's pages are in front of an aligned address.
            true => {
                let align = 64 << order;
                (align, align - (64 * (first_pfn - start_pfn)) as usize % align)
            }
            false => (64, 16 * below(g, 4) as usize),
        };
        let address_model = match in_buffer {
            true => AddressModel::Buffer,
            false => AddressModel::Vmemmap { base: below(g, 1 << 16) << 40 },
        };
        Case {
            config: Config {
                kernel: *g.choose(Kernel::ALL).unwrap(),
                flags,
                zone: Zone { index: flags.zone_device, nid: below(g, 1 << flags.node_width) as u32 },
                pgmap: Pgmap {
                    address: (u64::arbitrary(g) | 8) & !7,
                    memory_type: *g
                        .choose(&[
                            MemoryType::Private,
                            MemoryType::Coherent,
                            MemoryType::FsDax,
                            MemoryType::Generic,
                            MemoryType::PciP2pdma,
                        ])
                        .unwrap(),
                    vmemmap_shift: order,
                    altmap,
                },
                range: PfnRange { start_pfn, nr_pages: first_pfn + pages - start_pfn },
                address_model,
                gates: Gates::default(),
            },
            align,
            offset,
            seed: u64::arbitrary(g),
        }
    }
}

fn arbitrary_flags(g: &mut Gen) -> FlagsLayout {
    let mut flags = FlagsLayout::X86_64_DISTRO;
    flags.pfn_section_shift = 9 + below(g, 7) as u32;
    flags.zone_width = 1 + below(g, 3) as u32;
    flags.zone_device = below(g, 1 << flags.zone_width) as u32;
    flags.node_width = below(g, 11) as u32;
    flags.last_cpupid_width = *g.choose(&[0, 8, 14]).unwrap();
    flags.kasan_tag_width = *g.choose(&[0, 8]).unwrap();
    // 43 bits are there in all.
    flags.section_width = *g.choose(&[0, 3, 5]).unwrap();
    flags
}

/// One past the last pfn that the section field can hold.
fn flags_end(flags: &FlagsLayout) -> u64 {
    match flags.section_width {
        0 => 1 << 52,
        width => 1 << (width + flags.pfn_section_shift),
    }
}

quickcheck! {
    fn strategies_agree_with_the_tables(case: Case) -> bool {
        let _name = NameOnPanic(&case);
        let init = MemmapInit::new(case.config).unwrap();
        let len = init.buffer_len() as usize;
        let skipped = 64 * (init.first_pfn() - case.config.range.start_pfn) as usize;
        let mut runs = 0;
        for &strategy in Strategy::ALL {
            for streamer in common::streamers() {
                let mut memory = Memory::new(len, case.align, case.offset, case.seed ^ runs);
                let buffer = memory.bytes().as_ptr().addr() as u64;
                common::run(&init, &mut memory, strategy, streamer);
                memory.assert_untouched_outside(skipped..len);
                for pfn in init.first_pfn()..init.first_pfn() + init.pages() {
                    let expected = model::page(&case.config, buffer, init.first_pfn(), pfn);
                    let i = pfn - case.config.range.start_pfn;
                    let page = model::words(memory.bytes(), i as usize);
                    assert_eq!(page, expected, "{strategy} with {}, pfn {pfn:#x}", streamer.backend());
                }
                runs += 1;
            }
        }
        runs >= 4
    }

    fn reports_count_what_ran(case: Case) -> bool {
        let _name = NameOnPanic(&case);
        let init = MemmapInit::new(case.config).unwrap();
        let pageblocks = (init.first_pfn()..init.first_pfn() + init.pages()).filter(|pfn| pfn % 512 == 0).count() as u64;
        let mut memory = Memory::new(init.buffer_len() as usize, case.align, case.offset, case.seed);
        for streamer in common::streamers() {
            for &strategy in Strategy::ALL {
                let report = common::run(&init, &mut memory, strategy, streamer);
                assert_eq!(report.first_pfn, init.first_pfn());
                assert_eq!((report.pages, report.struct_pages), (init.pages(), init.struct_pages()));
                assert_eq!(report.bytes, 64 * init.struct_pages());
                let expected = match strategy {
                    Strategy::Slow => (0, 0, 0),
                    Strategy::Template => (0, init.pages(), 0),
                    Strategy::Streaming => (init.pages() - pageblocks, pageblocks, 2 * init.compounds() + 1),
                    Strategy::Stamped => (init.pages(), 0, 1),
                    other => panic!("no counts for {other}"),
                };
                assert_eq!((report.streamed_copies, report.cached_copies, report.drains), expected);
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
        let config = Config {
            kernel,
            flags,
            pgmap: Pgmap { vmemmap_shift: 12, ..CONFIG.pgmap },
            range: PfnRange { start_pfn: 1 << 12, nr_pages: 2 << 12 },
            ..CONFIG
        };
        let init = MemmapInit::new(config).unwrap();
        for &strategy in Strategy::ALL {
            for streamer in common::streamers() {
                let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 7);
                common::run(&init, &mut memory, strategy, streamer);
                for i in 0..init.pages() {
                    let expected = model::page(&config, 0, init.first_pfn(), init.first_pfn() + i);
                    assert_eq!(model::words(memory.bytes(), i as usize), expected, "{strategy}, page {i}");
                    assert_eq!(expected[0] >> 52, (i >> 9) + 8);
                }
            }
        }
    }
}

#[test]
fn closed_gates_fall_back_to_slow() {
    let live = Gates { page_ref_set_live: true, sanitizer: false };
    let sanitizer = Gates { page_ref_set_live: false, sanitizer: true };
    let open = MemmapInit::new(CONFIG).unwrap();
    let streamer = common::streamers()[0];
    let mut expected = Memory::new(128, 64, 0, 3);
    common::run(&open, &mut expected, Strategy::Slow, streamer);
    for (gates, reason) in [(live, Fallback::PageRefSetLive), (sanitizer, Fallback::Sanitizer)] {
        let init = MemmapInit::new(Config { gates, ..CONFIG }).unwrap();
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
    let config = Config {
        pgmap: Pgmap { vmemmap_shift: 3, ..CONFIG.pgmap },
        range: PfnRange { start_pfn: 0, nr_pages: 8 },
        address_model: AddressModel::Buffer,
        ..CONFIG
    };
    let mut memory = Memory::new(512, 512, 64, 9);
    let streamer = common::streamers()[0];
    let init = MemmapInit::new(config).unwrap();
    for &strategy in Strategy::ALL {
        let error = init.run(memory.uninit(), strategy, streamer).unwrap_err();
        assert!(error.to_string().ends_with("which is not a multiple of 0x200"), "{error}");
        memory.assert_untouched_outside(0..0);
    }
    let init = MemmapInit::new(Config { kernel: Kernel::V6_12, ..config }).unwrap();
    common::run(&init, &mut memory, Strategy::Stamped, streamer);
}
