//! What an inspector says of a page that is not as initialisation leaves it, word for word.
#![cfg(target_endian = "little")]

mod common;

use common::{CONFIG, Memory};
use memmap_template::inspect::{Reader, Violation};
use memmap_template::{FlagsLayout, Kconfig, Kernel, MemmapInit, PfnRange, Preset, Strategy, StructPageAlign};

const ORDER: u32 = 3;

/// Two compounds of 8 pages, and who reads them.
struct Memmap {
    bytes: Vec<u8>,
    size: usize,
    reader: Reader,
}

impl Memmap {
    fn new(kernel: Kernel, order: u32, kconfig: Kconfig, flags: FlagsLayout) -> Memmap {
        let range = PfnRange { start_pfn: 0x101200, nr_pages: 16 };
        let config = common::with(CONFIG, |config| {
            config.kernel = kernel;
            config.flags = flags;
            config.pgmap.vmemmap_shift = order;
            config.range = range;
        });
        // Every struct page is there, and expected to be, even where a kernel would share some.
        let whole = common::with(kconfig, |kconfig| kconfig.optimize_dax_vmemmap = false);
        let init = MemmapInit::with_kconfig(config, whole).unwrap();
        let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
        common::run(&init, &mut memory, Strategy::Slow, common::streamers()[0]);
        let reader = common::with(Reader::default(), |reader| {
            (reader.kernel, reader.kconfig) = (kernel, kconfig);
            (reader.flags, reader.first_pfn) = (flags, range.start_pfn);
        });
        let memmap = Memmap { bytes: memory.bytes().to_vec(), size: init.struct_page_size() as usize, reader };
        assert_eq!(memmap.reader.first_violation(&memmap.bytes), None);
        memmap
    }

    /// 7.1 on a stock distribution.
    fn distro(order: u32) -> Memmap {
        Memmap::new(Kernel::V7_1, order, Preset::X86_64_DISTRO.kconfig, CONFIG.flags)
    }

    fn word(&self, page: usize, word: usize) -> u64 {
        u64::from_le_bytes(self.bytes[self.size * page + 8 * word..][..8].try_into().unwrap())
    }

    /// What is said once a word is changed.
    fn with_word(&self, page: usize, word: usize, value: u64) -> Violation {
        let mut bytes = self.bytes.clone();
        bytes[self.size * page + 8 * word..][..8].copy_from_slice(&value.to_le_bytes());
        self.reader.first_violation(&bytes).expect("it is broken")
    }

    /// Turns over one bit of a word, and checks the whole of what is said about it.
    #[track_caller]
    fn breaks(&self, page: usize, word: usize, bit: u32, invariant: u32, what: &str) {
        let (expected, found) = (self.word(page, word), self.word(page, word) ^ 1 << bit);
        let violation = self.with_word(page, word, found);
        assert_eq!((violation.page, violation.invariant, violation.what), (page as u64, invariant, what));
        // A word of two counters: the one that differs.
        let counter = |word: u64| if bit < 32 { word & 0xffff_ffff } else { word >> 32 };
        let (expected, found) = if word == 6 { (counter(expected), counter(found)) } else { (expected, found) };
        assert_eq!(violation.words, Some((expected, found)));
        let line = format!("page {page} breaks invariant {invariant}: {what} is {found:#x}, not {expected:#x}");
        assert_eq!(violation.to_string(), line);
    }
}

#[test]
fn each_word_has_its_reason() {
    let memmap = Memmap::distro(ORDER);
    let (list, count) = ("the deferred list", "a word of the folio's counts");
    for (page, word, bit, invariant, what) in [
        (8, 1, 8, 19, "the pgmap"),
        (8, 2, 0, 20, "zone_device_data"),
        (8, 3, 0, 20, "mapping"),
        (8, 4, 0, 15, "index"),
        (8, 5, 0, 15, "private"),
        (8, 6, 0, 13, "_mapcount"),
        (8, 6, 32, 21, "_refcount"),
        (8, 7, 0, 14, "the memcg word"),
        (9, 1, 0, 23, "it should be a tail, and the word that leads to its head"),
        (9, 1, 12, 23, "the word that leads to its head"),
        (9, 2, 0, 30, count),
        (9, 3, 0, 30, count),
        (9, 4, 0, 30, count),
        (9, 5, 0, 30, count),
        (9, 6, 32, 26, "_refcount"),
        (9, 7, 0, 14, "the memcg word"),
        (10, 2, 0, 31, list),
        (10, 3, 0, 31, list),
        (10, 4, 0, 15, "index"),
        (11, 2, 0, 27, "zone_device_data of a tail"),
        (11, 3, 0, 27, "mapping"),
        (11, 4, 0, 15, "index"),
        (11, 5, 0, 15, "private"),
        (11, 6, 32, 26, "_refcount"),
    ] {
        memmap.breaks(page, word, bit, invariant, what);
    }
}

#[test]
fn each_flag_has_its_reason() {
    let memmap = Memmap::distro(ORDER);
    let (flag, order) = ("a flag, and so the flag word,", "the order in the flag word");
    let (head, reserved) = ("PG_head, and so the flag word,", "PG_reserved, and so the flag word,");
    for (page, bit, invariant, what) in [
        (8, 0, 10, flag),
        (8, 6, 22, head),
        (8, 13, 10, reserved),
        (8, 14, 10, flag),
        (9, 0, 29, order),
        (9, 6, 29, order),
        (9, 7, 29, order),
        (9, 8, 10, flag),
        (9, 13, 10, reserved),
        (10, 6, 28, head),
        (11, 7, 10, flag),
        (11, 13, 10, reserved),
    ] {
        memmap.breaks(page, 0, bit, invariant, what);
    }
    // Where PG_head is above the order's byte.
    let old = Memmap::new(Kernel::V6_1, ORDER, Preset::X86_64_DISTRO.kconfig, CONFIG.flags);
    old.breaks(8, 0, 16, 22, head);
    old.breaks(9, 0, 16, 28, head);
    old.breaks(9, 0, 12, 10, reserved);
}

#[test]
fn each_field_of_the_flag_word_has_its_reason_from_its_first_bit_to_its_last() {
    let flags = common::with(CONFIG.flags, |flags| {
        (flags.section_width, flags.pfn_section_shift, flags.node_width) = (6, 15, 4);
        (flags.last_cpupid_width, flags.kasan_tag_width, flags.lru_gen_width) = (8, 8, 3);
    });
    let memmap = Memmap::new(Kernel::V7_1, ORDER, Preset::X86_64_DISTRO.kconfig, flags);
    for (bits, invariant, what) in [
        (58..=63, 18, "the section in the flag word"),
        (54..=57, 9, "the node in the flag word"),
        (51..=53, 9, "the zone in the flag word"),
        (43..=50, 11, "the last cpu and pid in the flag word"),
        (35..=42, 12, "the KASAN tag in the flag word"),
        (32..=34, 12, "the LRU generation in the flag word"),
        (14..=31, 10, "a flag, and so the flag word,"),
    ] {
        for bit in bits {
            memmap.breaks(8, 0, bit, invariant, what);
        }
    }
    // Of several, the highest one.
    let several = memmap.with_word(8, 0, !memmap.word(8, 0));
    assert_eq!((several.invariant, several.what), (18, "the section in the flag word"));
}

#[test]
fn words_behind_the_counters_have_their_reasons() {
    let mut flags = CONFIG.flags;
    flags.last_cpupid_width = 0;
    let all = common::with(Preset::X86_64_DISTRO.kconfig, |kconfig| {
        (kconfig.page_virtual, kconfig.kmsan, kconfig.last_cpupid_width) = (true, true, 21);
    });
    assert_eq!(all.struct_page_size(), 96);
    let memmap = Memmap::new(Kernel::V7_1, ORDER, all, flags);
    for page in [8, 9, 11] {
        memmap.breaks(page, 7, 0, 14, "the memcg word");
        memmap.breaks(page, 8, 12, 17, "virtual");
        memmap.breaks(page, 9, 0, 11, "_last_cpupid");
        memmap.breaks(page, 10, 0, 16, "a word of KMSAN's or of padding");
        memmap.breaks(page, 11, 0, 16, "a word of KMSAN's or of padding");
    }
    let small = Memmap::new(Kernel::V7_1, ORDER, Preset::X86_64_SMALL.kconfig, Preset::X86_64_SMALL.flags);
    small.breaks(8, 7, 0, 16, "a word of KMSAN's or of padding");
}

/// The first pages say what all others have to be: if they say what cannot be, that is what is said.
#[test]
fn what_the_first_page_may_not_be() {
    let (single, compound) = (Memmap::distro(0), Memmap::distro(ORDER));
    let said = |violation: Violation| (violation.page, violation.invariant, violation.what, violation.words);
    let blank = compound.reader.first_violation(&[0; 640]).unwrap();
    assert_eq!(said(blank), (0, 10, "it is not initialised: all bytes are zero", None));
    let short = compound.reader.first_violation(&compound.bytes[..63]).unwrap();
    assert_eq!(said(short), (0, 1, "there is no whole struct page", None));
    let lone = compound.reader.first_violation(&compound.bytes[..64]).unwrap();
    assert_eq!(said(lone), (0, 33, "it is a head without tails", None));
    let half = compound.reader.first_violation(&compound.bytes[..64 * 12]).unwrap();
    assert_eq!(said(half), (8, 33, "its compound is not whole", None));
    let tail = compound.reader.first_violation(&compound.bytes[64..]).unwrap();
    assert_eq!(said(tail), (0, 33, "it is a tail, and there is no head before it", None));
    assert_eq!(compound.reader.first_violation(&compound.bytes[..64 * 8]), None);

    let refcount = |memmap: &Memmap, count: u64| memmap.with_word(0, 6, count << 32 | 0xffff_ffff);
    assert_eq!(said(refcount(&single, 2)), (0, 21, "refcount", Some((1, 2))));
    assert_eq!(said(refcount(&compound, 3)), (0, 21, "refcount", Some((1, 3))));
    // A type that drops its reference is one, too; but the other pages are of the type that does not.
    let dropped = refcount(&single, u64::from(single.word(0, 6) >> 32 == 0));
    assert_eq!((dropped.page, dropped.invariant), (0, 21));

    // Where the mask says the order, it is the order's byte that is wrong.
    let order = compound.with_word(1, 0, compound.word(1, 0) & !0xff);
    assert_eq!((order.page, order.invariant, order.what), (1, 29, "the order in the flag word"));
    let old = Memmap::new(Kernel::V6_12, ORDER, Preset::X86_64_DISTRO.kconfig, CONFIG.flags);
    let order = old.with_word(1, 0, old.word(1, 0) & !0xff);
    assert_eq!(said(order), (1, 29, "the first tail holds no order from 1 to 18", None));
    for pointer in [old.word(1, 1) + 8, (u64::MAX - 63) | 1] {
        // The other tails know better where the head is. If all of them are wrong, it is nowhere.
        let alone = (1, 23, "the word that leads to its head", Some((old.word(1, 1), pointer)));
        assert_eq!(said(old.with_word(1, 1, pointer)), alone);
        let nowhere = "the tails say that the head is at no address of one";
        let mut bytes = old.bytes.clone();
        for page in (1..8).chain(9..16) {
            let to_its_head = pointer.wrapping_add(64 * (page & 8));
            bytes[64 * page as usize + 8..][..8].copy_from_slice(&to_its_head.to_le_bytes());
        }
        assert_eq!(said(old.reader.first_violation(&bytes).unwrap()), (0, 25, nowhere, None));
    }
    for (word, value, invariant, what) in [
        (1, 0, 19, "the pgmap is no address of one"),
        (1, 0xff11_0000_0000_0004, 19, "the pgmap is no address of one"),
        (0, single.word(0, 0) ^ 1 << 51, 9, "its zone is not ZONE_DEVICE"),
    ] {
        assert_eq!(said(single.with_word(0, word, value)), (0, invariant, what, None));
    }
}

/// The first pages are those of a memmap, but not of one that this reader's kernel has at this place.
#[test]
fn what_no_kernel_would_have_written() {
    let memmap = Memmap::distro(ORDER);
    let said = |violation: Violation| {
        assert_eq!((violation.page, violation.words), (0, None));
        (violation.invariant, violation.what)
    };
    let unaligned = "the compound's head is not aligned as the tails' mask needs it";
    // The second tails' lists are the only words that say where the memmap is.
    let mut bytes = memmap.bytes.clone();
    for (page, word) in [(2, 2), (2, 3), (10, 2), (10, 3)] {
        let moved = memmap.word(page, word) + 64;
        bytes[64 * page + 8 * word..][..8].copy_from_slice(&moved.to_le_bytes());
    }
    assert_eq!(said(memmap.reader.first_violation(&bytes).unwrap()), (25, unaligned));
    let short = memmap.reader.first_violation(&memmap.bytes[..64 * 3]).unwrap();
    assert_eq!(said(short), (33, "its compound is not whole"));
    for first_pfn in [0x101201, u64::MAX - 7, 1 << 52] {
        let reader = common::with(memmap.reader, |reader| reader.first_pfn = first_pfn);
        let violation = reader.first_violation(&memmap.bytes).unwrap();
        assert_eq!(said(violation), (18, "the first pfn is none of this memmap's"));
    }

    let flags = common::with(CONFIG.flags, |flags| (flags.section_width, flags.node_width) = (6, 4));
    let memmap = Memmap::new(Kernel::V7_1, ORDER, Preset::X86_64_DISTRO.kconfig, flags);
    let reader = common::with(memmap.reader, |reader| reader.first_pfn = 64 << 15);
    let violation = reader.first_violation(&memmap.bytes).unwrap();
    assert_eq!(said(violation), (18, "the first pfn is none of this memmap's"));

    let kconfig = common::with(Preset::X86_64_DISTRO.kconfig, |kconfig| kconfig.page_virtual = true);
    let memmap = Memmap::new(Kernel::V7_1, ORDER, kconfig, CONFIG.flags);
    let beyond = memmap.with_word(0, memmap.size / 8 - 2, u64::MAX - 0xfff);
    assert_eq!(said(beyond), (17, "virtual is beyond the address space"));
}

/// A page that is wrong is the one that is named, also where it is one of those that the others are compared with.
#[test]
#[cfg_attr(miri, ignore = "ten thousand memmaps take Miri hours")]
fn whichever_bit_is_wrong_its_page_is_named() {
    let three = |kernel, order, preset: Preset| {
        let mut memmap = Memmap::new(kernel, order, preset.kconfig, preset.flags);
        // A third compound, or more single pages, for the first to be outvoted.
        let config = common::with(CONFIG, |config| {
            config.kernel = kernel;
            config.flags = preset.flags;
            config.zone.nid = 5;
            config.pgmap.vmemmap_shift = order;
            config.range = PfnRange { start_pfn: 0x101200, nr_pages: 24 };
        });
        let whole = common::with(preset.kconfig, |kconfig| kconfig.optimize_dax_vmemmap = false);
        let init = MemmapInit::with_kconfig(config, whole).unwrap();
        let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
        common::run(&init, &mut memory, Strategy::Slow, common::streamers()[0]);
        memmap.bytes = memory.bytes().to_vec();
        memmap
    };
    let with_virtual = common::with(Preset::X86_64_DISTRO, |preset| preset.kconfig.page_virtual = true);
    for &kernel in Kernel::ALL {
        for preset in [Preset::X86_64_DISTRO, Preset::ARM64_16K, with_virtual] {
            for order in [0, 1, 3] {
                let memmap = three(kernel, order, preset);
                let reader = memmap.reader;
                assert_eq!((reader.first_violation(&memmap.bytes), reader.violations(&memmap.bytes)), (None, 0));
                let mut bytes = memmap.bytes.clone();
                // All of the first compound, and the head and the first tail of the next; every bit of them once.
                let step =
                    if preset.name == Preset::X86_64_DISTRO.name && !preset.kconfig.page_virtual { 1 } else { 7 };
                for bit in (0..8 * memmap.size * 10).step_by(step) {
                    bytes[bit / 8] ^= 1 << (bit % 8);
                    let (page, name) = ((bit / 8 / memmap.size) as u64, preset.name);
                    let violation = reader.first_violation(&bytes).unwrap_or_else(|| panic!("{kernel} {name} {bit}"));
                    assert_eq!(violation.page, page, "{kernel} {name}, order {order}, bit {bit}: {violation}");
                    bytes[bit / 8] ^= 1 << (bit % 8);
                }
            }
        }
    }
}

#[test]
fn a_node_that_is_asked_for_has_to_be_the_pages() {
    let memmap = Memmap::distro(ORDER);
    let of = |nid| common::with(memmap.reader, |reader| reader.nid = nid);
    assert_eq!(of(Some(0)).first_violation(&memmap.bytes), None);
    let violation = of(Some(1)).first_violation(&memmap.bytes).unwrap();
    assert_eq!((violation.page, violation.invariant, violation.what), (0, 9, "the node in the flag word"));
    let beyond = of(Some(1024)).first_violation(&memmap.bytes).unwrap();
    assert_eq!((beyond.page, beyond.invariant), (0, 9));
}

#[test]
fn two_memmaps_differ_in_their_first_word_that_does() {
    let memmap = Memmap::distro(ORDER);
    let (reader, ours) = (memmap.reader, memmap.bytes.clone());
    assert_eq!(reader.difference(&ours, &memmap.bytes, ORDER), None);
    let mut other = ours.clone();
    // The second compound's first tail, and a word behind it.
    (other[64 * 9 + 16], other[64 * 10 + 8]) = (1, 0);
    let difference = reader.difference(&other, &ours, ORDER).unwrap();
    assert_eq!((difference.page, difference.invariant, difference.what), (9, 30, "a word of the folio's counts"));
    assert_eq!(difference.words, Some((0xffff_ffff, 0xffff_ff01)));
    // As single pages they have no first tails.
    assert_eq!(reader.difference(&other, &ours, 0).unwrap().what, "zone_device_data");
    for (shorter, page, what) in [
        (64 * 15, 15, "only one of them has this page"),
        (64 * 15 + 8, 15, "it is no whole struct page of whole words"),
        (0, 0, "only one of them has this page"),
    ] {
        for (a, b) in [(&ours[..shorter], &ours[..]), (&ours[..], &ours[..shorter])] {
            let difference = reader.difference(a, b, ORDER).unwrap();
            assert_eq!((difference.page, difference.invariant, difference.what), (page, 1, what));
        }
    }
    let by_4 = common::with(reader, |reader| {
        reader.kconfig.struct_page_align = StructPageAlign::Bytes4;
        reader.kconfig.last_cpupid_width = 21;
    });
    assert_eq!(by_4.difference(&[1; 68], &[0; 68], 0).unwrap().invariant, 1);
}
