//! Namespaces as kernels lay them out: what is cut off, pages of other sizes, struct pages of other sizes.

mod common;

use memmap_template::namespace::{Align, MapMode, Mode, Namespace, NamespaceError, PageMap};
use memmap_template::{AddressModel, Config, Kernel, MemmapInit, PageSize, Preset};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

fn namespace(mode: Mode, size_bytes: u64, base_pfn: u64, align: Align) -> Namespace {
    common::with(Namespace::new(size_bytes, base_pfn, mode), |namespace| {
        let of = |page_size: &&PageSize| page_size.alignments().contains(&align);
        (namespace.align, namespace.page_size) = (align, *PageSize::ALL.iter().find(of).unwrap());
    })
}

#[track_caller]
fn first_and_pages(namespace: Namespace) -> (u64, u64) {
    let layout = namespace.layout().unwrap();
    (layout.first_pfn(), layout.pages())
}

#[test]
fn the_end_is_cut_to_the_alignment() {
    let of = |mode, size, align| first_and_pages(namespace(mode, size, 0x10_0000, align));
    assert_eq!(of(Mode::Devdax, 2308 * MIB, Align::Size1G), (0x14_0000, 262_144));
    assert_eq!(of(Mode::Fsdax, 4 * GIB, Align::Size1G), (0x14_0000, 786_432));
    assert_eq!(of(Mode::Fsdax, GIB, Align::Size2M), (0x10_1200, 257_536));
    assert_eq!(of(Mode::Fsdax, GIB, Align::Size4K), (0x10_1200, 257_536));
    // Even of a namespace of single pages: to a subsection, 2 MiB.
    for size in [GIB + 1, GIB + 4096, GIB + 2 * MIB - 1] {
        assert_eq!(of(Mode::Fsdax, size, Align::Size4K), (0x10_1200, 257_536));
    }
    let (mut fsdax, devdax) =
        (Namespace::new(GIB, 0x10_0000, Mode::Fsdax), Namespace::new(GIB, 0x10_0000, Mode::Devdax));
    assert_eq!((fsdax.align, devdax.align), (Align::Size2M, Align::Size2M), "ndctl's default");
    assert_eq!(fsdax.layout().unwrap().vmemmap_shift, 0);
    // Single pages may start anywhere that a namespace may.
    (fsdax.map, fsdax.align, fsdax.base_pfn, fsdax.size_bytes) = (MapMode::Mem, Align::Size1G, 0x10_0200, 3 * GIB);
    let layout = fsdax.layout().unwrap();
    assert_eq!((layout.first_pfn(), layout.pages(), layout.data_offset), (0x10_0200, 0xbfe00, GIB - 2 * MIB));
}

#[test]
fn pages_of_other_sizes() {
    let layout = namespace(Mode::Devdax, GIB, 0x3_0000, Align::Size32M).layout().unwrap();
    let altmap = layout.altmap.unwrap();
    assert_eq!((altmap.reserve, altmap.free), (1, 0x7ff), "8 KiB are a page");
    assert_eq!((layout.first_pfn(), layout.pages(), layout.vmemmap_shift), (0x3_0800, 63_488, 11));
    let of = |mode, size, pfn, align| first_and_pages(namespace(mode, size, pfn, align));
    assert_eq!(of(Mode::Fsdax, GIB, 0x3_0000, Align::Size32M), (0x3_0800, 63_488));
    // 65,535 pages of 16 KiB take 4 MiB less 64 bytes, and 8 KiB are before them.
    assert_eq!(of(Mode::Devdax, GIB, 0x3_0000, Align::Size16K), (0x3_0180, 65_152));
    // 64 KiB: 512 MiB is order 13.
    let layout = namespace(Mode::Devdax, 4 * GIB, 0x1_0000, Align::Size512M).layout().unwrap();
    assert_eq!((layout.first_pfn(), layout.compounds(), layout.vmemmap_shift), (0x1_2000, 7, 13));
    // 65,535 pages take 4 MiB less 64 bytes; 2 MiB are 32 pages.
    assert_eq!(of(Mode::Devdax, 4 * GIB, 0x1_0000, Align::Size64K), (0x1_0060, 65_440));
}

#[test]
fn each_page_size_has_its_alignments() {
    for &page_size in PageSize::ALL {
        for &align in Align::ALL {
            let mut namespace = Namespace::new(4 * GIB, 1 << 20, Mode::Devdax);
            (namespace.page_size, namespace.align) = (page_size, align);
            let known = page_size.alignments().contains(&align);
            match namespace.layout() {
                Ok(layout) => assert_eq!((known, align.bytes()), (true, page_size.bytes() << layout.vmemmap_shift)),
                Err(error) => {
                    assert_eq!((known, error), (false, NamespaceError::AlignUnsupported { align, page_size }));
                    assert!(
                        error
                            .to_string()
                            .starts_with(&format!("pages of {page_size} have no alignment of {align}: known are "))
                    );
                }
            }
        }
    }
    let error = common::with(Namespace::new(GIB, 0, Mode::Fsdax), |namespace| namespace.align = Align::Size32M);
    let error = error.layout().unwrap_err().to_string();
    assert_eq!(error, "pages of 4K have no alignment of 32M: known are 4K, 2M, 1G");
}

#[test]
fn struct_pages_of_debugging_kernels() {
    let of = |page_map, struct_page_size| {
        common::with(Namespace::new(GIB, 0x10_0000, Mode::Fsdax), |namespace| {
            (namespace.page_map, namespace.struct_page_size) = (page_map, struct_page_size);
        })
    };
    // Up to 64 bytes, 64 are set aside.
    for page_map in [PageMap::Bytes64, PageMap::Overridden] {
        for size in [56, 64] {
            assert_eq!(first_and_pages(of(page_map, size)), (0x10_1200, 257_536));
        }
    }
    for size in [72, 80, 96] {
        let error = of(PageMap::Bytes64, size).layout().unwrap_err();
        assert_eq!(error, NamespaceError::StructPageTooLarge { struct_page_size: size, limit: 64 });
        let (text, numbers) = (error.to_string(), format!("a struct page has {size} bytes, and 64 are set aside"));
        assert!(text.contains("memory debug options") && text.contains(&numbers), "{text}");
        // In RAM there is room for any.
        let in_ram = common::with(of(PageMap::Bytes64, size), |namespace| namespace.map = MapMode::Mem);
        assert_eq!(first_and_pages(in_ram), (0x10_0000, 262_144));
    }
    // 262,142 pages of 80 bytes are 20 MiB, of 128 bytes 32 MiB: 8 KiB more, in blocks of 2 MiB.
    assert_eq!(first_and_pages(of(PageMap::Overridden, 80)), (0x10_1600, 256_512));
    for size in [56, 64, 80, 128] {
        assert_eq!(first_and_pages(of(PageMap::Bytes128, size)), (0x10_2200, 253_440));
    }
    let error = of(PageMap::Bytes128, 129).layout().unwrap_err();
    assert_eq!(error, NamespaceError::StructPageTooLarge { struct_page_size: 129, limit: 128 });
    assert!(of(PageMap::Overridden, u64::MAX).layout().is_err());
    // A memmap that is larger than what this kernel set aside cannot be described by mistake either.
    let layout = of(PageMap::Bytes64, 64).layout().unwrap();
    let debugging = Preset::X86_64_DISTRO.with_struct_page_size(80).unwrap();
    let mut config = Config::new(Kernel::V7_1, layout.pgmap(0x1000), layout.range, AddressModel::Buffer);
    config.flags = debugging.flags;
    let error = MemmapInit::with_kconfig(config, debugging.kconfig).unwrap_err().to_string();
    assert_eq!(error, "the altmap has 4606 free pages, and the memmap of the range needs 5120");
}

/// `nd_pfn_init` counts 8 KiB for the description of the namespace, and `__nvdimm_setup_pfn` takes a whole page for it.
#[test]
fn a_large_page_for_the_description_can_be_what_is_missing() {
    // 32640 pages of 16 KiB and half a page.
    let exact = namespace(Mode::Fsdax, 32_640 * (16 << 10) + 8192, 0x3_0000, Align::Size16K);
    assert_eq!(exact.layout(), Err(NamespaceError::AltmapTooSmall { free: 127, need: 128 }));
    let longer = common::with(exact, |namespace| namespace.size_bytes += 2 * MIB);
    assert!(longer.layout().is_ok());
}

#[test]
fn sizes_and_places_at_the_limits() {
    for &page_size in PageSize::ALL {
        for &align in page_size.alignments() {
            for map in [MapMode::Dev, MapMode::Mem] {
                for size_bytes in [0, 1, 8191, 8192, 8193, 2 * MIB, u64::MAX - 8192, u64::MAX] {
                    for base_pfn in [0, 1 << 13, u64::MAX >> page_size.shift() << 13, u64::MAX] {
                        let mut namespace = Namespace::new(size_bytes, base_pfn, Mode::Devdax);
                        (namespace.page_size, namespace.align, namespace.map) = (page_size, align, map);
                        for (page_map, size) in [(PageMap::Bytes128, 64), (PageMap::Overridden, 1024)] {
                            (namespace.page_map, namespace.struct_page_size) = (page_map, size);
                            match namespace.layout() {
                                Ok(layout) => assert!(layout.pages() > 0),
                                Err(error) => assert!(!error.to_string().is_empty()),
                            }
                        }
                    }
                }
            }
        }
    }
}
