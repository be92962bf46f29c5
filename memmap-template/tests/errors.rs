//! What is refused, with which words, and that nothing is written then.

mod common;

use common::seeded::properties;
use common::{CONFIG, Memory, NameOnPanic};
use memmap_template::{
    AddressModel, Altmap, Config, ConfigError, FlagsLayout, Kconfig, Kernel, MemmapInit, MemoryType, PageSize,
    PfnRange, Pgmap, Preset, Strategy, Zone,
};
use quickcheck::{Arbitrary, Gen};

#[track_caller]
fn refused(config: Config, message: &str) {
    let error: Box<dyn std::error::Error> = Box::new(MemmapInit::new(config).unwrap_err());
    assert_eq!(error.to_string(), message);
}

fn pgmap(change: impl FnOnce(&mut Pgmap)) -> Config {
    let mut config = CONFIG;
    change(&mut config.pgmap);
    config
}

fn range(start_pfn: u64, nr_pages: u64) -> Config {
    common::with(CONFIG, |config| config.range = PfnRange { start_pfn, nr_pages })
}

fn flags(change: impl FnOnce(&mut FlagsLayout)) -> Config {
    let mut config = CONFIG;
    change(&mut config.flags);
    config
}

#[test]
fn pgmaps() {
    refused(pgmap(|p| p.address = 0), "the pgmap is null: pages of ZONE_DEVICE point to one");
    refused(pgmap(|p| p.address = 0x1004), "the pgmap address 0x1004 is not a multiple of 8");
    refused(pgmap(|p| p.vmemmap_shift = 19), "the compound order 19 is larger than 18");
    refused(pgmap(|p| p.vmemmap_shift = u32::MAX), "the compound order 4294967295 is larger than 18");
}

#[test]
fn zones() {
    let zone = |index, nid| common::with(CONFIG, |config| config.zone = Zone { index, nid });
    refused(zone(2, 0), "zone 2 is not ZONE_DEVICE, which is 4");
    refused(zone(u32::MAX, 0), "zone 4294967295 is not ZONE_DEVICE, which is 4");
    refused(zone(4, 1024), "node 1024 does not fit the node field, which ends at 1023");
    MemmapInit::new(zone(4, 1023)).unwrap();
}

#[test]
fn flag_layouts() {
    refused(
        flags(|f| f.section_width = 10),
        "the fields of the flag word take 47 bits, and there are 43 above the flags",
    );
    MemmapInit::new(flags(|f| f.kasan_tag_width = 6)).unwrap();
    refused(
        flags(|f| (f.node_width, f.kasan_tag_width) = (u32::MAX, u32::MAX)),
        "the fields of the flag word take 8589934617 bits, and there are 43 above the flags",
    );
    refused(flags(|f| f.zone_device = 8), "ZONE_DEVICE has index 8, and the zone field ends at 7");
    refused(
        flags(|f| (f.section_width, f.pfn_section_shift) = (1, 8)),
        "a section of 2^8 pages is outside 2^9 to 2^51",
    );
    refused(flags(|f| f.section_width = 5), "section 32 does not fit the section field, which ends at 31");
    MemmapInit::new(flags(|f| f.section_width = 6)).unwrap();
    // The last page of the last section that fits.
    let last = PfnRange { start_pfn: (32 << 15) - 0x200, nr_pages: 0x200 };
    MemmapInit::new(common::with(flags(|f| f.section_width = 5), |config| config.range = last)).unwrap();
    // Without sections in the flag word their size is nobody's concern.
    MemmapInit::new(flags(|f| f.pfn_section_shift = 8)).unwrap();
}

#[test]
fn ranges() {
    refused(range(0, 0), "the range has 0 pages, and at least 1 is needed");
    refused(range(1, u64::MAX), "18446744073709551615 pages from pfn 0x1 on end beyond pfn 0x10000000000000");
    refused(range((1 << 52) - 1, 2), "2 pages from pfn 0xfffffffffffff on end beyond pfn 0x10000000000000");

    let compounds =
        |start_pfn, nr_pages| common::with(range(start_pfn, nr_pages), |config| config.pgmap.vmemmap_shift = 9);
    refused(compounds(0x101201, 512), "the first pfn 0x101201 is not a multiple of the compound's 512 pages");
    refused(compounds(0x101200, 513), "513 pages are not a multiple of the compound's 512 pages");
}

#[test]
fn altmaps() {
    let altmap = |base_pfn, reserve, free| {
        common::with(range(0x1000, 0x200), |config| config.pgmap.altmap = Some(Altmap { base_pfn, reserve, free }))
    };
    let init = MemmapInit::new(altmap(0x1000, 2, 0x1fd)).unwrap();
    assert_eq!((init.first_pfn(), init.pages(), init.buffer_len()), (0x11ff, 1, 0x8000));
    refused(
        altmap(0x1000, 2, 0x1fe),
        "the altmap's 2 reserved and 510 free pages from pfn 0x1000 on do not end inside the range 0x1000 to 0x1200",
    );
    // 512 struct pages of 64 bytes are 8 pages.
    let first = MemmapInit::new(altmap(0x1000, 2, 8)).unwrap().first_pfn();
    assert_eq!(first, 0x100a);
    assert_eq!(MemmapInit::new(altmap(0x1000, 2, 7)).unwrap_err(), ConfigError::AltmapTooSmall { free: 7, need: 8 });
    refused(altmap(0x1000, 2, 0), "the altmap has 0 free pages, and the memmap of the range needs 8");
    let large = common::with(Preset::X86_64_DISTRO.kconfig, |kconfig| kconfig.kmsan = true);
    let error = MemmapInit::with_kconfig(altmap(0x1000, 2, 9), large).unwrap_err();
    assert_eq!(error, ConfigError::AltmapTooSmall { free: 9, need: 10 });
    assert!(MemmapInit::with_kconfig(altmap(0x1000, 2, 10), large).is_ok());
    let pages_of_64k = common::with(large, |kconfig| kconfig.page_size = PageSize::Size64K);
    let error = MemmapInit::with_kconfig(altmap(0x1000, 2, 0), pages_of_64k).unwrap_err();
    assert_eq!(error, ConfigError::AltmapTooSmall { free: 0, need: 1 });
    for config in [altmap(0xf00, 2, 8), altmap(u64::MAX, 1, 0), altmap(0, u64::MAX, 1), altmap(0, 0, u64::MAX)] {
        let error = MemmapInit::new(config).unwrap_err();
        assert!(matches!(error, ConfigError::AltmapOutsideRange { .. }), "{error}");
    }
}

#[test]
fn vmemmaps() {
    let vmemmap = |base| common::with(CONFIG, |config| config.address_model = AddressModel::Vmemmap { base });
    refused(vmemmap(8), "the vmemmap base 0x8 is not a multiple of 16");
    refused(
        vmemmap(u64::MAX - 15),
        "the memmap's last byte, 0x404807f from the vmemmap base 0xfffffffffffffff0 on, is beyond 0xffffffffffffffff",
    );
    // The last struct page may end where the address space does.
    MemmapInit::new(vmemmap(u64::MAX - 0x404807f)).unwrap();

    // Single pages have no mask, and so may be anywhere that a struct page may.
    MemmapInit::new(vmemmap(16)).unwrap();

    let mut config = common::with(vmemmap(0x4000), |config| config.range = PfnRange { start_pfn: 0, nr_pages: 512 });
    config.pgmap.vmemmap_shift = 9;
    refused(config, "the first head's struct page is at 0x4000, which is not a multiple of 0x8000");
    config.kernel = Kernel::V6_12;
    MemmapInit::new(config).unwrap();
}

#[test]
fn kconfigs() {
    let refused = |change: fn(&mut Kconfig), config: Config, message: &str| {
        let kconfig = common::with(Preset::X86_64_DISTRO.kconfig, change);
        assert_eq!(MemmapInit::with_kconfig(config, kconfig).unwrap_err().to_string(), message);
    };
    refused(|k| k.last_cpupid_width = 33, CONFIG, "_last_cpupid has 32 bits, and 33 are asked for");
    refused(
        |k| k.last_cpupid_width = 21,
        CONFIG,
        "the last cpu and pid are in _last_cpupid (21 bits) or in the flag word (21 bits), not in both",
    );
    refused(|k| k.pageblock_order = 19, CONFIG, "the pageblock order 19 is larger than 18");
    let largest = common::with(Preset::X86_64_DISTRO.kconfig, |k| k.pageblock_order = 18);
    MemmapInit::with_kconfig(CONFIG, largest).unwrap();
    refused(
        |k| k.page_virtual = true,
        range(1 << 51, 1),
        "the last page's linear address, 0x8000000000000000 from 0xff11000000000000 on, is beyond 0xffffffffffffffff",
    );
    refused(
        |k| k.page_size = PageSize::Size64K,
        range((1 << 48) - 1, 2),
        "2 pages from pfn 0xffffffffffff on end beyond pfn 0x1000000000000",
    );
    let error = Preset::X86_64_DISTRO.with_struct_page_size(100).unwrap_err();
    assert_eq!(error.to_string(), "a struct page has 56, 64, 72, 80, 88 or 96 bytes, not 100");
}

#[test]
fn buffers() {
    let init = MemmapInit::new(CONFIG).unwrap();
    let streamer = common::streamers()[0];
    for &strategy in Strategy::ALL {
        let mut short = Memory::new(127, 64, 0, 5);
        let error = init.run(short.uninit(), strategy, streamer).unwrap_err();
        assert_eq!(error.to_string(), "the buffer has 127 bytes, and the memmap needs 128");
        short.assert_untouched_outside(0..0);

        let mut misaligned = Memory::new(128, 64, 8, 5);
        let error = init.run(misaligned.uninit(), strategy, streamer).unwrap_err();
        assert!(error.to_string().ends_with("8 is not a multiple of 16"), "{error}");
        misaligned.assert_untouched_outside(0..0);
    }
}

/// A configuration of any numbers at all, of which some are plausible.
#[derive(Clone, Debug)]
struct Anything(Config);

/// A number at or near a power of two, or any one.
fn number(g: &mut Gen) -> u64 {
    let any = u64::arbitrary(g);
    let near = *g.choose(&[1, 4, 512, 1 << 24, 1 << 52, u64::MAX]).unwrap();
    match any % 4 {
        0 => u64::arbitrary(g),
        1 => near - 1,
        _ => near,
    }
}

fn small_number(g: &mut Gen) -> u32 {
    if bool::arbitrary(g) { u32::arbitrary(g) % 24 } else { number(g) as u32 }
}

impl Arbitrary for Anything {
    fn arbitrary(g: &mut Gen) -> Anything {
        let mut flags = FlagsLayout::X86_64_DISTRO;
        for width in [
            &mut flags.section_width,
            &mut flags.node_width,
            &mut flags.zone_width,
            &mut flags.last_cpupid_width,
            &mut flags.kasan_tag_width,
            &mut flags.pfn_section_shift,
            &mut flags.zone_device,
        ] {
            if u8::arbitrary(g) < 60 {
                *width = small_number(g);
            }
        }
        let index = if bool::arbitrary(g) { flags.zone_device } else { small_number(g) };
        let mut pgmap = Pgmap::new(number(g), MemoryType::Private);
        pgmap.vmemmap_shift = small_number(g);
        pgmap.altmap = bool::arbitrary(g).then(|| Altmap { base_pfn: number(g), reserve: number(g), free: number(g) });
        let range = PfnRange { start_pfn: number(g), nr_pages: number(g) };
        let address_model = match bool::arbitrary(g) {
            true => AddressModel::Buffer,
            false => AddressModel::Vmemmap { base: number(g) },
        };
        let mut config = Config::new(*g.choose(Kernel::ALL).unwrap(), pgmap, range, address_model);
        config.flags = flags;
        config.zone = Zone { index, nid: small_number(g) };
        Anything(config)
    }
}

properties! {
    /// Debug builds panic on overflow: this looks for one.
    fn no_configuration_panics(config: Anything) -> bool {
        let _name = NameOnPanic(&config);
        match MemmapInit::new(config.0) {
            Err(error) => !error.to_string().is_empty(),
            Ok(init) => {
                let mut memory = Memory::new(256, 64, 0, 6);
                let result = init.run(memory.uninit(), Strategy::Stamped, common::streamers()[0]);
                assert_eq!(result.is_ok(), init.buffer_len() <= 256);
                memory.assert_untouched_outside(0..if result.is_ok() { 256 } else { 0 });
                init.pages() > 0 && init.compounds() <= init.pages() && init.first_pfn() + init.pages() <= 1 << 52
            }
        }
    }
}
