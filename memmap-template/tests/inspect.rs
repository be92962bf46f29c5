//! Memmaps read back: those of real kernels, ours, and bytes of any kind.

mod common;

use common::NameOnPanic;
use common::case::Case;
use common::seeded::properties;
use memmap_template::inspect::Reader;
use memmap_template::{Config, Kconfig, Kernel, Strategy};
#[cfg(target_endian = "little")]
use memmap_template::{
    Preset, StructPageAlign,
    inspect::{Info, Kind},
};

/// What little-endian kernels wrote.
#[cfg(target_endian = "little")]
fn golden(gz: &[u8]) -> Vec<u8> {
    let mut memmap = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(gz), &mut memmap).unwrap();
    memmap
}

#[test]
#[cfg(target_endian = "little")]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn kernels_memmaps_break_no_invariant() {
    let (new, old) = (Kernel::V7_1, Kernel::V6_12);
    for (gz, kernel, kind, refcount) in [
        (&include_bytes!("golden/linux-7.3.4-devdax-2m.memmap.gz")[..], new, Kind::Head, 1),
        (include_bytes!("golden/linux-7.3.4-fsdax.memmap.gz"), new, Kind::Single, 0),
        (include_bytes!("golden/linux-6.12.107-devdax-2m.memmap.gz"), old, Kind::Head, 1),
        (include_bytes!("golden/linux-6.12.107-fsdax.memmap.gz"), old, Kind::Single, 1),
    ] {
        let memmap = golden(gz);
        let reader = common::with(Reader::default(), |reader| reader.kernel = kernel);
        assert_eq!((reader.first_violation(&memmap), reader.pages(&memmap)), (None, 257_536));
        let page = reader.page(&memmap, 0).unwrap();
        assert_eq!((page.kind, page.zone, page.nid, page.refcount, page.mapcount), (kind, 4, 0, refcount, -1));
        assert_eq!(page.order, Some(if kind == Kind::Head { 9 } else { 0 }));
        if kind == Kind::Head {
            let tail = reader.page(&memmap, 513).unwrap();
            let head = 0xffd4_0000_0404_8000 + 64 * 512;
            let info = if kernel == new { Info::Mask(9) } else { Info::Pointer(head) };
            assert_eq!((tail.kind, tail.order, tail.info), (Kind::Tail, Some(9), info));
            // Only the mask says it behind the first tail.
            assert_eq!(reader.page(&memmap, 515).unwrap().order, (kernel == new).then_some(9));
            let other = common::with(reader, |reader| reader.kernel = if kernel == new { old } else { new });
            assert!(other.first_violation(&memmap).is_some());
        }
    }
}

#[test]
#[cfg(target_endian = "little")]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn arm64s_memmaps_break_no_invariant() {
    let (new, old) = (Kernel::V7_2, Kernel::V6_12);
    for (gz, kernel, preset, order, pages) in [
        (
            &include_bytes!("golden/linux-6.12.107-arm64-16k-devdax-32m.memmap.gz")[..],
            old,
            Preset::ARM64_16K,
            11,
            14_336,
        ),
        (include_bytes!("golden/linux-6.12.107-arm64-16k-fsdax.memmap.gz"), old, Preset::ARM64_16K, 0, 16_256),
        (include_bytes!("golden/linux-7.2.13-arm64-16k-devdax-32m.memmap.gz"), new, Preset::ARM64_16K, 11, 14_336),
        (include_bytes!("golden/linux-6.12.107-arm64-devdax-2m.memmap.gz"), old, Preset::ARM64_4K, 9, 64_000),
        (include_bytes!("golden/linux-7.2.13-arm64-fsdax.memmap.gz"), new, Preset::ARM64_4K, 0, 64_000),
    ] {
        let memmap = golden(gz);
        let reader = common::with(Reader::default(), |reader| {
            (reader.kernel, reader.kconfig, reader.flags) = (kernel, preset.kconfig, preset.flags);
            reader.nid = Some(0);
        });
        assert_eq!((reader.first_violation(&memmap), reader.violations(&memmap)), (None, 0));
        assert_eq!(reader.pages(&memmap), pages);
        let page = reader.page(&memmap, 0).unwrap();
        assert_eq!((page.zone, page.nid, page.order), (4, 0, Some(order)));
        // As an x86_64 kernel's it is in no zone of devices.
        let other = common::with(Reader::default(), |reader| reader.kernel = kernel);
        assert_eq!(other.first_violation(&memmap).unwrap().what, "its zone is not ZONE_DEVICE");
        assert_eq!(other.violations(&memmap), pages);
    }
}

#[test]
#[cfg(target_endian = "little")]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn a_head_has_its_order_from_the_tail_behind_it() {
    let memmap = golden(include_bytes!("golden/linux-7.3.4-devdax-2m.memmap.gz"));
    let reader = Reader::default();
    let (mut headless, mut halved) = (memmap.clone(), memmap.clone());
    headless.copy_within(..64, 64);
    assert_eq!(reader.page(&headless, 0).unwrap().order, None, "a head before a head");
    // What is no tail holds no order, whatever its flag word is.
    halved[64 + 8] ^= 1;
    assert_eq!((halved[64], reader.page(&halved, 0).unwrap().order), (9, None));
    assert_eq!(reader.page(&memmap[..64], 0).unwrap().order, None, "a head alone");
    assert!(reader.page(&[], 0).is_none() && reader.page(&memmap[..63], 0).is_none());
    assert!(reader.page(&memmap, 257_536).is_none() && reader.page(&memmap, u64::MAX).is_none());
}

#[test]
#[cfg(target_endian = "little")]
fn a_reader_that_is_no_kernels_is_named() {
    // A single page, as 7.1 leaves it.
    let page = [0x0027_ffff_c000_2000_u64, 0x1000, 0, 0, 0, 0, u32::MAX.into(), 0].map(u64::to_le_bytes).concat();
    assert_eq!(Reader::default().first_violation(&page), None);
    let says = |change: fn(&mut Reader)| {
        let violation = common::with(Reader::default(), change).first_violation(&page).expect("a violation");
        assert_eq!((violation.page, violation.invariant, violation.words), (0, 1, None));
        violation.what
    };
    let kconfig = "no kernel is built as the reader's kconfig says";
    assert_eq!(says(|reader| reader.kconfig.pageblock_order = 19), kconfig);
    let flags = "no kernel has the reader's layout of the flag word";
    assert_eq!(says(|reader| reader.flags.section_width = 10), flags);
    let ragged = "the reader's struct pages are no whole words";
    let by_4 = |reader: &mut Reader| {
        reader.kconfig.struct_page_align = StructPageAlign::Bytes4;
        (reader.kconfig.last_cpupid_width, reader.flags.last_cpupid_width) = (21, 0);
    };
    assert_eq!(says(by_4), ragged);
}

/// Who reads a memmap of this configuration.
fn reader(config: &Config, kconfig: Kconfig, first_pfn: u64) -> Reader {
    common::with(Reader::default(), |reader| {
        (reader.kernel, reader.kconfig) = (config.kernel, kconfig);
        (reader.flags, reader.first_pfn) = (config.flags, first_pfn);
    })
}

properties! {
    fn what_is_written_breaks_no_invariant(case: Case) -> bool {
        // Without shared pages, and as whole words. Who reads it need not know the former.
        let kconfig = case.kconfig;
        let case = case.without_dedup();
        let _name = NameOnPanic(&case);
        let init = case.init();
        if !init.struct_page_size().is_multiple_of(8) {
            return true;
        }
        let mut memory = case.memory(&init);
        common::run(&init, &mut memory, Strategy::Stamped, common::streamers()[0]);
        let skipped = (init.first_pfn() - case.config.range.start_pfn) * init.struct_page_size();
        let reader = reader(&case.config, kconfig, init.first_pfn());
        let found = reader.first_violation(&memory.bytes()[skipped as usize..]);
        assert_eq!(found, None);
        true
    }

    fn any_bytes_are_read(bytes: Vec<u8>, first_pfn: u64, case: Case) -> bool {
        let (kernel, reader) = (case.config.kernel, reader(&case.config, case.kconfig, first_pfn));
        let page: Vec<u8> = bytes.iter().copied().cycle().take(if bytes.is_empty() { 0 } else { 1000 }).collect();
        let _ = reader.page(&page, 0);
        // Heads before heads, and tails without heads.
        let heads = [0x0027_ffff_c000_2040_u64, 0x1000, 0, 0, 0, 0, 0x1_ffff_ffff, 0].map(u64::to_ne_bytes).concat().repeat(50);
        assert!(common::with(Reader::default(), |reader| reader.kernel = kernel).first_violation(&heads).is_some() || kernel == Kernel::V6_1);
        reader.first_violation(&page).is_none_or(|violation| !violation.to_string().is_empty())
    }
}
