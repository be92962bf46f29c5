//! Memmaps read back: those of real kernels, ours, and bytes of any kind.

mod common;

use std::io::Read;

use common::case::Case;
use common::seeded::properties;
use common::{CONFIG, NameOnPanic};
use memmap_template::inspect::{Info, Kind, Reader};
use memmap_template::{Config, Kernel, MemmapInit, PfnRange, Pgmap, Strategy};

fn golden(gz: &[u8]) -> Vec<u8> {
    let mut memmap = Vec::new();
    flate2::read::GzDecoder::new(gz).read_to_end(&mut memmap).unwrap();
    memmap
}

#[test]
#[cfg(target_endian = "little")]
fn kernels_memmaps_break_no_invariant() {
    let (new, old) = (Kernel::V7_1, Kernel::V6_12);
    for (gz, kernel, kind, refcount) in [
        (&include_bytes!("golden/linux-7.3.4-devdax-2m.memmap.gz")[..], new, Kind::Head, 1),
        (include_bytes!("golden/linux-7.3.4-fsdax.memmap.gz"), new, Kind::Single, 0),
        (include_bytes!("golden/linux-6.12.107-devdax-2m.memmap.gz"), old, Kind::Head, 1),
        (include_bytes!("golden/linux-6.12.107-fsdax.memmap.gz"), old, Kind::Single, 1),
    ] {
        let memmap = golden(gz);
        let reader = Reader { kernel, ..Reader::default() };
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
            let other = Reader { kernel: if kernel == new { old } else { new }, ..reader };
            assert!(other.first_violation(&memmap).is_some());
        }
    }
}

/// Which invariant a page breaks once a word of it is changed.
#[test]
#[cfg(target_endian = "little")]
fn each_word_has_its_reason() {
    let init = MemmapInit::new(Config {
        pgmap: Pgmap { vmemmap_shift: 3, ..CONFIG.pgmap },
        range: PfnRange { start_pfn: 0x101200, nr_pages: 16 },
        ..CONFIG
    })
    .unwrap();
    let mut memory = common::Memory::new(init.buffer_len() as usize, 64, 0, 0);
    common::run(&init, &mut memory, Strategy::Slow, common::streamers()[0]);
    for (page, byte, bit, invariant) in [
        (8, 7, 0x40, 9),    // node
        (8, 6, 0x08, 9),    // zone
        (8, 3, 0x40, 11),   // cpupid
        (8, 3, 0x20, 12),   // LRU generation
        (8, 1, 0x20, 10),   // PG_reserved
        (8, 0, 0x01, 10),   // PG_locked
        (8, 0, 0x40, 22),   // PG_head
        (8, 9, 0x01, 19),   // pgmap
        (8, 16, 0x01, 20),  // zone_device_data
        (8, 24, 0x01, 20),  // mapping
        (8, 32, 0x01, 15),  // index
        (8, 40, 0x01, 15),  // private
        (8, 48, 0x01, 13),  // mapcount
        (8, 52, 0x01, 21),  // refcount
        (8, 56, 0x01, 14),  // memcg
        (9, 0, 0x01, 29),   // order
        (9, 8, 0x01, 23),   // no tail
        (9, 9, 0x10, 23),   // the mask
        (9, 16, 0x01, 30),  // large_mapcount
        (9, 56, 0x01, 14),  // nr_pages
        (10, 16, 0x01, 31), // deferred list
        (11, 24, 0x01, 27), // TAIL_MAPPING
        (11, 52, 0x01, 26), // refcount
        (11, 0, 0x40, 28),  // PG_head
        (0, 8, 0x01, 33),   // the first page is a tail
        (0, 52, 0x02, 21),  // a refcount that no type has
    ] {
        let mut memmap = memory.bytes().to_vec();
        memmap[64 * page + byte] ^= bit;
        let violation = Reader::default().first_violation(&memmap).expect("it is broken");
        assert_eq!((violation.page, violation.invariant), (page as u64, invariant), "{violation}");
        assert!(violation.to_string().starts_with(&format!("page {page} breaks invariant {invariant}: ")));
    }
    let whole = memory.bytes();
    let reader = Reader::default();
    assert_eq!(reader.page(whole, 8).unwrap().order, Some(3));
    let (mut headless, mut halved) = (whole.to_vec(), whole.to_vec());
    headless.copy_within(64 * 8..64 * 9, 64 * 9);
    assert_eq!(reader.page(&headless, 8).unwrap().order, None, "a head before a head");
    // What is no tail holds no order, whatever its flag word is.
    halved[64 * 9 + 8] ^= 1;
    assert_eq!((halved[64 * 9], reader.page(&halved, 8).unwrap().order), (3, None));
    assert_eq!(reader.first_violation(&whole[..64 * 12]).map(|violation| violation.page), Some(8), "half a compound");
    assert_eq!(reader.first_violation(&[0; 640]).map(|violation| violation.invariant), Some(10));
    assert!(reader.first_violation(&[]).is_some() && reader.page(&[], 0).is_none());
    assert!(reader.page(whole, u64::MAX).is_none());
}

properties! {
    fn what_is_written_breaks_no_invariant(case: Case) -> bool {
        // Without shared pages, and as whole words.
        let case = case.without_dedup();
        let _name = NameOnPanic(&case);
        let init = case.init();
        if !init.struct_page_size().is_multiple_of(8) {
            return true;
        }
        let mut memory = case.memory(&init, 0);
        common::run(&init, &mut memory, Strategy::Stamped, common::streamers()[0]);
        let skipped = (init.first_pfn() - case.config.range.start_pfn) * init.struct_page_size();
        let reader = Reader {
            kernel: case.config.kernel,
            kconfig: case.kconfig,
            flags: case.config.flags,
            first_pfn: init.first_pfn(),
        };
        let found = reader.first_violation(&memory.bytes()[skipped as usize..]);
        assert_eq!(found, None);
        true
    }

    fn any_bytes_are_read(bytes: Vec<u8>, first_pfn: u64, case: Case) -> bool {
        let (kernel, kconfig, flags) = (case.config.kernel, case.kconfig, case.config.flags);
        let reader = Reader { kernel, kconfig, flags, first_pfn };
        let page: Vec<u8> = bytes.iter().copied().cycle().take(if bytes.is_empty() { 0 } else { 1000 }).collect();
        let _ = reader.page(&page, 0);
        // Heads before heads, and tails without heads.
        let heads = [0x0027_ffff_c000_2040_u64, 0x1000, 0, 0, 0, 0, 0x1_ffff_ffff, 0].map(u64::to_ne_bytes).concat().repeat(50);
        assert!(Reader { kernel, ..Reader::default() }.first_violation(&heads).is_some() || kernel == Kernel::V6_1);
        reader.first_violation(&page).is_none_or(|violation| !violation.to_string().is_empty())
    }
}
