//! 1 to 8, and 48: ranges as a whole.

use memmap_template::namespace::{Align, MapMode, Mode, Namespace};
use memmap_template::{
    AddressModel, Altmap, ConfigError, Kernel, MemmapInit, PageSize, PfnRange, Preset, Strategy, Zone,
};

use crate::common::{self, CONFIG, Memory};
use crate::grid::{Memmap, config, each, layouts};

#[test]
fn invariant_01_all_strategies_leave_the_same_bytes() {
    let mut slow = Vec::new();
    each(|memmap| {
        if memmap.strategy == Strategy::Slow {
            slow = memmap.bytes().to_vec();
        }
        assert_eq!(memmap.bytes(), slow, "{}", memmap.name());
    });
}

#[test]
fn invariant_02_bytes_outside_the_range_are_untouched() {
    for (kconfig, flags) in layouts() {
        for &strategy in Strategy::ALL {
            let init = MemmapInit::with_kconfig(config(Kernel::V7_1, 3, flags), kconfig).unwrap();
            let mut memory = Memory::new(init.buffer_len() as usize + 1000, 64, 0, 3);
            common::run(&init, &mut memory, strategy, common::streamers()[0]);
            memory.assert_untouched_outside(0..init.buffer_len() as usize);
        }
    }
}

fn with_altmap() -> MemmapInit {
    let altmap = Some(Altmap { base_pfn: 0x101000, reserve: 2, free: 0x1fe });
    MemmapInit::new(common::with(CONFIG, |config| {
        config.pgmap.altmap = altmap;
        config.pgmap.vmemmap_shift = 9;
        config.range = PfnRange { start_pfn: 0x101000, nr_pages: 0x600 };
    }))
    .unwrap()
}

#[test]
fn invariant_03_the_altmaps_slots_are_untouched() {
    let init = with_altmap();
    assert_eq!((init.first_pfn(), init.pages()), (0x101200, 0x400));
    for &strategy in Strategy::ALL {
        let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 3);
        common::run(&init, &mut memory, strategy, common::streamers()[0]);
        memory.assert_untouched_in(0..64 * 0x200);
    }
}

#[test]
fn invariant_04_pages_are_those_of_the_range_and_not_those_written() {
    let mut memory = Memory::new(64 * 0x600, 64, 0, 0);
    let report = common::run(&with_altmap(), &mut memory, Strategy::Slow, common::streamers()[0]);
    assert_eq!((report.first_pfn, report.pages, report.struct_pages), (0x101200, 0x400, 0x400));
    let config = common::with(*with_altmap().config(), |config| config.pgmap.altmap = None);
    let init = MemmapInit::with_kconfig(config, Preset::X86_64_DISTRO.kconfig).unwrap();
    let report = common::run(&init, &mut memory, Strategy::Slow, common::streamers()[0]);
    assert_eq!((report.pages, report.struct_pages), (0x600, 3 * 128));
}

#[test]
fn invariant_05_no_pgmap_and_another_zone_are_refused() {
    // Before there is memory to write to.
    let null = common::with(CONFIG, |config| config.pgmap.address = 0);
    assert_eq!(MemmapInit::new(null).unwrap_err(), ConfigError::NullPgmap);
    let normal = common::with(CONFIG, |config| config.zone = Zone { index: 2, nid: 0 });
    assert_eq!(MemmapInit::new(normal).unwrap_err(), ConfigError::NotZoneDevice { index: 2, zone_device: 4 });
}

#[test]
fn invariant_06_single_pages_without_pfn_fields_are_all_the_same() {
    each(|memmap| {
        if memmap.order() == 0 && !memmap.init.kconfig().page_virtual && memmap.flags_layout().section_width == 0 {
            assert!((0..memmap.pages()).all(|i| memmap.page(i) == memmap.page(0)), "{}", memmap.name());
        }
    });
}

#[test]
fn invariant_07_old_contents_do_not_matter() {
    for order in [0, 1, 2, 9] {
        for &strategy in Strategy::ALL {
            let init = MemmapInit::new(config(Kernel::V7_1, order, CONFIG.flags)).unwrap();
            let (one, other) = (Memmap::new(init, strategy, 1), Memmap::new(init, strategy, 2));
            assert_eq!(one.bytes(), other.bytes());
        }
    }
}

#[test]
fn invariant_08_pages_are_their_size_apart() {
    // With a buffer that ends where the last page does, a longer store would hit the canary.
    for (kconfig, flags) in layouts() {
        for &strategy in Strategy::ALL {
            for streamer in common::streamers() {
                let init = MemmapInit::with_kconfig(config(Kernel::V7_1, 2, flags), kconfig).unwrap();
                assert_eq!(init.buffer_len(), init.config().range.nr_pages * kconfig.struct_page_size());
                let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 4);
                common::run(&init, &mut memory, strategy, streamer);
                memory.assert_untouched_outside(0..init.buffer_len() as usize);
            }
        }
    }
}

fn namespace(size_bytes: u64, map: MapMode, align: Align) -> MemmapInit {
    let mut namespace = Namespace::new(size_bytes, 0x100000, Mode::Devdax);
    (namespace.map, namespace.align) = (map, align);
    let layout = namespace.layout().unwrap();
    let config = common::with(CONFIG, |config| {
        config.pgmap = layout.pgmap(0x1000);
        config.range = layout.range;
    });
    MemmapInit::with_kconfig(config, Preset::X86_64_DISTRO.kconfig).unwrap()
}

#[test]
fn invariant_48_the_numbers_of_100_gib() {
    let dev = namespace(100 << 30, MapMode::Dev, Align::Size2M);
    assert_eq!((dev.pages(), dev.compounds()), (25_804_288, 50_399));
    assert_eq!(dev.struct_pages() * dev.struct_page_size(), 1_651_474_432);
    let mem = namespace(100 << 30, MapMode::Mem, Align::Size2M);
    assert_eq!((mem.pages(), mem.compounds(), mem.struct_pages()), (26_214_400, 51_200, 6_553_600));
    let mem = namespace(100 << 30, MapMode::Mem, Align::Size1G);
    assert_eq!((mem.compounds(), mem.struct_pages()), (100, 12_800));
}

#[test]
fn a_tebibyte_with_dedup_at_1g() {
    let init = namespace(1 << 40, MapMode::Mem, Align::Size1G);
    assert_eq!((init.pages(), init.compounds(), init.struct_pages()), (1 << 28, 1024, 1024 * 128));
    assert_eq!((init.buffer_len(), init.usemap_words()), (1 << 34, (1 << 28) / 512 / 16));
}

#[test]
fn the_largest_ranges_do_not_overflow() {
    for &page_size in PageSize::ALL {
        for size in [56, 64, 72, 80, 88, 96] {
            for order in [0, 9, 18] {
                let preset = Preset::X86_64_DISTRO.with_struct_page_size(size).unwrap();
                let kconfig = common::with(preset.kconfig, |kconfig| kconfig.page_size = page_size);
                let nr_pages = 1 << (64 - page_size.shift());
                let config = common::with(CONFIG, |config| {
                    config.flags = preset.flags;
                    config.pgmap.vmemmap_shift = order;
                    config.range = PfnRange { start_pfn: 0, nr_pages };
                    config.address_model = AddressModel::Vmemmap { base: 0 };
                });
                let init = MemmapInit::with_kconfig(config, kconfig).unwrap();
                assert_eq!(u128::from(init.buffer_len()), u128::from(nr_pages) * u128::from(size));
                assert_eq!(init.struct_pages(), (nr_pages >> order) * init.compound_nr_pages());
                assert_eq!(init.usemap_words(), nr_pages / 512 / 16);
                let mut memory = Memory::new(4096, 64, 0, 0);
                let error = init.run(memory.uninit(), Strategy::Stamped, common::streamers()[0]).unwrap_err();
                assert_eq!(error, ConfigError::BufferTooShort { len: 4096, need: init.buffer_len() });
                memory.assert_untouched_outside(0..0);
                let one_more = common::with(config, |config| config.range = PfnRange { start_pfn: 1, nr_pages });
                let error = MemmapInit::with_kconfig(one_more, kconfig).unwrap_err();
                assert_eq!(error, ConfigError::PfnOverflow { start_pfn: 1, nr_pages, limit: nr_pages });
            }
        }
    }
}
