//! The strategies of memmap-template against each other: `slow` writes field by field and by ordinary stores.

use memcpy_streaming::{Backend, Streamer};
use memmap_template::{
    AddressModel, Config, FlagsLayout, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, Preset, Strategy, Zone,
};
use test_operations::uninit;

use crate::arena::Arena;

/// Two compounds of each order, for each kernel, by each strategy.
pub(crate) fn check(streamer: Streamer) {
    let portable = Streamer::with_backend(Backend::Portable).expect("it is everywhere");
    let mut arena = Arena::new();
    for size in [56, 64, 80, 96] {
        let preset = Preset::X86_64_DISTRO.with_struct_page_size(size).expect("a size of struct page");
        for (&kernel, order) in Kernel::ALL.iter().flat_map(|kernel| [0, 1, 3, 9].map(|order| (kernel, order))) {
            let init = MemmapInit::with_kconfig(config(kernel, order, preset.flags), preset.kconfig)
                .expect("a valid configuration");
            let write = |memmap: &mut [u8], strategy, streamer: Streamer| {
                // SAFETY: the library writes initialised bytes only.
                let report = init.run(unsafe { uninit(memmap) }, strategy, streamer).expect("it fits");
                assert_eq!((report.ran, report.backend), (strategy, streamer.backend()));
            };
            for &strategy in Strategy::ALL {
                arena.check(
                    (0, init.buffer_len() as usize),
                    |memmap| write(memmap, strategy, streamer),
                    |memmap| write(memmap, Strategy::Slow, portable),
                    format_args!("{strategy}, {kernel}, order {order}, struct pages of {size} bytes"),
                );
            }
        }
    }
}

fn config(kernel: Kernel, order: u32, flags: FlagsLayout) -> Config {
    let mut pgmap = Pgmap::new(0xff11_0000_05ec_5180, MemoryType::Generic);
    pgmap.vmemmap_shift = order;
    // Across the border of a section of 2^15 pages.
    let range = PfnRange { start_pfn: (4 << 15) - (1 << order), nr_pages: 2 << order };
    let mut config = Config::new(kernel, pgmap, range, AddressModel::Vmemmap { base: 0xffd4_0000_0000_0000 });
    config.flags = flags;
    config.zone = Zone::device(1);
    config
}
