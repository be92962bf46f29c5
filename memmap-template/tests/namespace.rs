//! The numbers of the kernel's messages, from sizes.

mod common;

use common::seeded::properties;
use memmap_template::namespace::{Align, Layout, MapMode, Mode, Namespace};
use memmap_template::{AddressModel, Altmap, Config, Kernel, MemmapInit, MemoryType, PageSize, Preset};

const GIB: u64 = 1 << 30;

fn devdax(size_bytes: u64, map: MapMode, align: Align) -> Namespace {
    common::with(Namespace::new(size_bytes, 0x100000, Mode::Devdax), |namespace| {
        (namespace.map, namespace.align) = (map, align);
    })
}

#[track_caller]
fn layout(namespace: Namespace, data_offset: u64, pages: u64, compounds: u64) -> Layout {
    let layout = namespace.layout().unwrap();
    assert_eq!((layout.data_offset, layout.pages(), layout.compounds()), (data_offset, pages, compounds));
    layout
}

#[test]
fn a_100_gib_namespace() {
    use Align::*;
    let of = |map, align| devdax(100 * GIB, map, align);
    layout(of(MapMode::Dev, Size2M), 1_679_818_752, 25_804_288, 50_399);
    layout(of(MapMode::Dev, Size1G), 2_147_483_648, 25_690_112, 98);
    layout(of(MapMode::Mem, Size2M), 2_097_152, 26_214_400, 51_200);
    layout(of(MapMode::Mem, Size1G), GIB, 26_214_400, 100);
    layout(of(MapMode::Dev, Size4K), 1_679_818_752, 25_804_288, 0);
}

#[test]
fn a_1_gib_namespace_as_kernels_initialised_it() {
    let dev = layout(devdax(GIB, MapMode::Dev, Align::Size2M), 0x1200 << 12, 257_536, 503);
    assert_eq!(dev.first_pfn(), 0x101200);
    assert_eq!(dev.altmap, Some(Altmap { base_pfn: 0x100000, reserve: 2, free: 0x11fe }));
    assert_eq!((dev.memory_type, dev.vmemmap_shift), (MemoryType::Generic, 9));

    let fsdax = common::with(devdax(GIB, MapMode::Dev, Align::Size4K), |namespace| namespace.mode = Mode::Fsdax);
    let fsdax = layout(fsdax, 0x1200 << 12, 257_536, 0);
    assert_eq!((fsdax.first_pfn(), fsdax.memory_type, fsdax.vmemmap_shift), (0x101200, MemoryType::FsDax, 0));

    let mem = layout(devdax(GIB, MapMode::Mem, Align::Size2M), 2 << 20, 262_144, 512);
    assert_eq!((mem.first_pfn(), mem.altmap), (0x100000, None));
}

#[test]
fn a_device_that_does_not_start_at_a_1_gib_boundary_loses_its_end() {
    let namespace =
        common::with(devdax(4 * GIB, MapMode::Dev, Align::Size1G), |namespace| namespace.base_pfn = 0x100200);
    let layout = layout(namespace, GIB - (2 << 20), 3 << 18, 3);
    assert_eq!(layout.first_pfn(), 0x140000);
    assert_eq!(layout.range.nr_pages, (4 << 18) - 0x200);
}

#[test]
fn refusals() {
    let refused = |namespace: Namespace, message: &str| {
        let error: Box<dyn std::error::Error> = Box::new(namespace.layout().unwrap_err());
        assert_eq!(error.to_string(), message);
    };
    let dev = |size| devdax(size, MapMode::Dev, Align::Size2M);
    refused(dev(0), "0 bytes leave no space for data behind the memmap: at least 4194304 are needed");
    refused(dev(2 << 20), "2097152 bytes leave no space for data behind the memmap: at least 4194304 are needed");
    refused(
        devdax(GIB, MapMode::Dev, Align::Size1G),
        "1073741824 bytes leave no space for data behind the memmap: at least 2147483648 are needed",
    );
    // 2 MiB behind a border, its data are as much nearer.
    refused(
        common::with(devdax(GIB, MapMode::Dev, Align::Size1G), |namespace| namespace.base_pfn = 0x100200),
        "1073741824 bytes leave no space for data behind the memmap: at least 2145386496 are needed",
    );
    let smallest =
        common::with(devdax(2145386496, MapMode::Dev, Align::Size1G), |namespace| namespace.base_pfn = 0x100200);
    assert_eq!(smallest.layout().unwrap().compounds(), 1);
    refused(
        common::with(dev(GIB), |namespace| namespace.base_pfn = 0x100001),
        "the base pfn 0x100001 is not a multiple of 512",
    );
    refused(
        common::with(devdax(4 * GIB, MapMode::Mem, Align::Size1G), |namespace| namespace.base_pfn = 0x100200),
        "the base pfn 0x100200 is not a multiple of 262144",
    );
    refused(
        common::with(dev(GIB), |namespace| namespace.base_pfn = u64::MAX - 511),
        "1073741824 bytes from pfn 0xfffffffffffffe00 on end beyond pfn 0x10000000000000",
    );
    // The last GiB below 2^64 bytes, and the first one above.
    let limit = 1 << 52;
    common::with(dev(GIB), |namespace| namespace.base_pfn = limit - (1 << 18)).layout().unwrap();
    for base_pfn in [limit - (1 << 18) + 512, limit] {
        let message = format!("1073741824 bytes from pfn {base_pfn:#x} on end beyond pfn 0x10000000000000");
        refused(common::with(dev(GIB), |namespace| namespace.base_pfn = base_pfn), &message);
    }
}

#[test]
fn names() {
    assert_eq!("1G".parse(), Ok(Align::Size1G));
    assert_eq!("mem".parse(), Ok(MapMode::Mem));
    assert_eq!("fsdax".parse(), Ok(Mode::Fsdax));
    let error = "3M".parse::<Align>().unwrap_err();
    assert_eq!(error.to_string(), "unknown alignment: known are 4K, 2M, 1G, 16K, 32M, 64K, 512M");
    assert_eq!((error.what(), error.known().len()), ("alignment", 7));
    for align in Align::ALL {
        assert_eq!(align.to_string().parse(), Ok(*align));
        assert_eq!(align.bytes(), 4096 << align.order(PageSize::Size4K));
    }
}

properties! {
    /// Whatever is accepted is accepted by `MemmapInit`, too; nothing overflows.
    fn layouts_are_valid_ranges(size: u64, base: u64, dev: bool, fsdax: bool, align: usize, small: bool) -> bool {
        let size_bytes = if small { size % (1 << 42) } else { size };
        let base_pfn = if small { (base % (1 << 36)) >> 9 << 9 } else { base };
        let mut namespace = Namespace::new(size_bytes, base_pfn, if fsdax { Mode::Fsdax } else { Mode::Devdax });
        namespace.map = if dev { MapMode::Dev } else { MapMode::Mem };
        namespace.page_size = PageSize::ALL[align / 3 % 3];
        let aligns = namespace.page_size.alignments();
        namespace.align = aligns[align % aligns.len()];
        match namespace.layout() {
            Err(error) => !error.to_string().is_empty(),
            Ok(layout) => {
                let config = Config::new(Kernel::V7_1, layout.pgmap(0x1000), layout.range, AddressModel::Buffer);
                let mut kconfig = Preset::X86_64_DISTRO.kconfig;
                kconfig.page_size = namespace.page_size;
                let init = MemmapInit::with_kconfig(config, kconfig).unwrap();
                init.pages() == layout.pages()
                    && init.first_pfn() == layout.first_pfn()
                    && init.compounds() == layout.compounds()
                    && layout.data_offset % (2 << 20) == 0
            }
        }
    }
}
