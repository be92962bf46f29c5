//! The strategies of memmap-template against each other: `slow` writes field by field and by ordinary stores.

use core::mem::MaybeUninit;

use memcpy_streaming::{Backend, Streamer};
use memmap_template::{
    AddressModel, Config, FlagsLayout, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, Preset, Strategy, Zone,
};

/// 1024 struct pages of the largest size.
#[repr(align(128))]
struct Memmap([MaybeUninit<u8>; 1024 * 96]);

impl Memmap {
    fn written(init: &MemmapInit, strategy: Strategy, streamer: Streamer) -> Memmap {
        let mut memmap = Memmap([MaybeUninit::new(0x11); 1024 * 96]);
        let report = init.run(&mut memmap.0, strategy, streamer).expect("it fits");
        assert_eq!((report.ran, report.backend), (strategy, streamer.backend()));
        memmap
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: all of them were initialised by `written`; the library writes initialised bytes only.
        unsafe { core::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len()) }
    }
}

/// Two compounds of each order, for each kernel, by each strategy.
pub(crate) fn check(streamer: Streamer) {
    let portable = Streamer::with_backend(Backend::Portable).expect("it is everywhere");
    for size in [56, 64, 80, 96] {
        let preset = Preset::X86_64_DISTRO.with_struct_page_size(size).expect("a size of struct page");
        for (&kernel, order) in Kernel::ALL.iter().flat_map(|kernel| [0, 1, 3, 9].map(|order| (kernel, order))) {
            let init = MemmapInit::with_kconfig(config(kernel, order, preset.flags), preset.kconfig)
                .expect("a valid configuration");
            let right = Memmap::written(&init, Strategy::Slow, portable);
            for &strategy in Strategy::ALL {
                let memmap = Memmap::written(&init, strategy, streamer);
                let wrong = right.bytes().iter().zip(memmap.bytes()).position(|(right, byte)| right != byte);
                assert!(
                    wrong.is_none(),
                    "{strategy}, {kernel}, order {order}, struct pages of {size} bytes: byte {wrong:?} is not slow's"
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
