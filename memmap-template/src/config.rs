//! The input of an initialisation.

use crate::flags::FlagsLayout;
use crate::kernel::Kernel;
use crate::pgmap::Pgmap;
use crate::zone::Zone;

/// The largest order of a compound: 18, a 1 GiB page of 4 KiB pages.
pub const MAX_ORDER: u32 = 18;

/// Where struct pages are said to live, for the addresses that they contain.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressModel {
    /// At the address of the buffer that they are written to.
    Buffer,
    /// In a virtual memmap: the struct page of pfn P is at `base + size * P`, where size is that of a struct page, whatever the
    /// address of the buffer is. The bytes written are then the same in every run.
    Vmemmap {
        /// Address of the struct page of pfn 0; a multiple of what struct pages are aligned to.
        base: u64,
    },
}

/// State of the kernel that closes the way to the fast strategies, sampled once per range. A third gate is the size of a struct page: one
/// that is no whole words closes it.
///
/// None is closed by [`default`](Default::default).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Gates {
    /// The `page_ref_set` tracepoint is live, for somebody else: [`Hooks`](crate::Hooks) has one of your own.
    pub page_ref_set_live: bool,
    /// KASAN or KMSAN is on.
    pub sanitizer: bool,
}

/// Pages as they are passed to `memmap_init_zone_device`: before an altmap moves their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PfnRange {
    /// First page frame number.
    pub start_pfn: u64,
    /// Number of pages.
    pub nr_pages: u64,
}

/// What is to be initialised, and by which kernel. How that kernel was built is a [`Kconfig`](crate::Kconfig).
///
/// ```
/// use memmap_template::{AddressModel, Config, Kernel, MemoryType, PfnRange, Pgmap};
///
/// let mut config = Config::new(
///     Kernel::V7_1,
///     Pgmap::new(0xff11_0000_05ec_5180, MemoryType::FsDax),
///     PfnRange { start_pfn: 0x101200, nr_pages: 512 },
///     AddressModel::Buffer,
/// );
/// config.zone.nid = 3;
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Which kernel's memmap it is.
    pub kernel: Kernel,
    /// Where the fields of the flag word are.
    pub flags: FlagsLayout,
    /// Zone and node of the pages.
    pub zone: Zone,
    /// What the driver says about them.
    pub pgmap: Pgmap,
    /// Which pages they are.
    pub range: PfnRange,
    /// Where their struct pages are said to live.
    pub address_model: AddressModel,
    /// What forbids the fast strategies.
    pub gates: Gates,
}

impl Config {
    /// Pages of node 0 in a kernel with [`FlagsLayout::X86_64_DISTRO`], with no gate closed. All of it can be changed.
    #[must_use]
    pub const fn new(kernel: Kernel, pgmap: Pgmap, range: PfnRange, address_model: AddressModel) -> Config {
        Config {
            kernel,
            flags: FlagsLayout::X86_64_DISTRO,
            zone: Zone::device(0),
            pgmap,
            range,
            address_model,
            gates: Gates { page_ref_set_live: false, sanitizer: false },
        }
    }
}
