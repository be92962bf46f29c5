//! The options of `cargo xtask rebind`, and the memmaps that they ask for.

use std::num::NonZeroUsize;

use clap::builder::TypedValueParser;
use clap::{ArgAction, value_parser};
use memmap_template::namespace::{MapMode, Mode, Namespace, NamespaceError, PageMap};
use memmap_template::{Kernel, MemmapInit, STRUCT_PAGE_SIZE, Strategy};

use super::measure::Prefault;
use crate::arch::{Distro, StructPages};
use crate::args::{self, Json, yes_or_no};
use crate::failure::Failure;
use crate::memmap;
use crate::number::size;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask rebind                               all of it: 100 GiB, both modes, 30 rebinds\n  \
    cargo xtask rebind --size 10GiB --rebinds 5      a quick look\n  \
    cargo xtask rebind --mode devdax --align 1G --strategy slow,stamped --json out.json\n  \
    cargo xtask rebind --strategy stamped --threads 1,2 --prefault touch\n  \
    cargo xtask rebind --mode devdax --map mem --dedup yes,no\n  \
    cargo xtask rebind --struct-page 80 --with virtual --map mem\n  \
    cargo xtask rebind --arch arm64 --page-size 16K --align 32M";

/// Where the namespace starts, in bytes: 4 GiB, which every alignment divides.
const BASE: u64 = 4 << 30;
/// Where the kernel is said to have the struct page of pfn 0: x86_64 with five-level paging, without KASLR. Fixed, so that every
/// run writes the same bytes wherever the memory is mapped.
const VMEMMAP_BASE: u64 = 0xffd4_0000_0000_0000;
/// Where the kernel is said to have the dev_pagemap: any address in its linear mapping.
const PGMAP: u64 = 0xff11_0000_05ec_5180;

/// Repeats the kernel series' experiment: times memmap initialisation by each strategy
///
/// It runs in user space: initialises the memmap of a namespace as binding its driver does, on fresh memory (first binding) and again on the same
/// memory (rebinds), with each strategy, and compares the times with each other and with the machine's write limit.
///
/// Every strategy's memmap is compared with that of slow at the end; if a byte differs, the run fails.
#[derive(clap::Parser)]
#[command(name = "rebind", after_help = EXAMPLES, allow_negative_numbers = true)]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) distro: Distro,
    /// Size of the namespace: a number with K, M, G, T (KiB, ...: powers of 1024) or KB, MB, GB, TB; what is behind the last multiple of the alignment is
    /// cut off
    #[arg(long, default_value = "100GiB", value_parser = size)]
    pub(super) size: u64,
    /// fsdax (single pages), devdax (compounds of --align) or both, separated by a comma
    #[arg(long, value_delimiter = ',', default_value = "fsdax,devdax")]
    pub(super) mode: Vec<Mode>,
    /// Where the memmap lives: dev (on the device: an altmap, so that the pages that hold it are not initialised) or mem (in RAM: all pages are
    /// initialised; see --dedup)
    #[arg(long, value_name = "WHERE", default_value = "dev")]
    pub(super) map: MapMode,
    /// How often each strategy initialises the same memory again after the first binding
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = value_parser!(u32).range(1..))]
    pub(super) rebinds: u32,
    /// Strategies to time, separated by commas; without slow, nothing is compared with its time, but memmaps still are with its memmap
    #[arg(long, value_name = "NAME", value_delimiter = ',', default_value = "slow,template,streaming,stamped")]
    pub(super) strategy: Vec<Strategy>,
    /// With --map mem and compounds: yes writes the struct pages that the kernel does, which maps the pages of the memmap that hold equal tails to one
    /// (128 of 512 at 2M), no writes all, as without that optimisation; both, separated by a comma, to compare
    #[arg(long, value_name = "yes|no", value_delimiter = ',', default_value = "yes", value_parser = yes_or_no)]
    pub(super) dedup: Vec<bool>,
    /// Threads that share each binding, at borders of sections or compounds; several numbers, separated by commas, to compare
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1")]
    #[arg(value_parser = value_parser!(u16).range(1..).try_map(|threads| NonZeroUsize::try_from(usize::from(threads))))]
    pub(super) threads: Vec<NonZeroUsize>,
    #[command(flatten)]
    struct_pages: StructPages,
    /// Whether the kernel has CONFIG_NVDIMM_KMSAN, and so lets struct pages of more than 64 bytes onto a device. Without it kernels refuse them with
    /// --map dev, but for Linux 6.1 to 6.1.11, which sets 128 bytes aside (--kernel 6.1)
    #[arg(long, value_name = "yes|no", default_value = "no", action = ArgAction::Set, value_parser = yes_or_no)]
    nvdimm_kmsan: bool,
    /// Back the memory by page frames before the first binding
    #[arg(long, value_name = "HOW", default_value = "no")]
    pub(super) prefault: Prefault,
    /// Ask for transparent huge pages under the memmap (madvise), or against them
    #[arg(long, value_name = "yes|no", default_value = "yes", action = ArgAction::Set, value_parser = yes_or_no)]
    pub(super) hugepages: bool,
    #[command(flatten)]
    pub(super) json: Json,
    /// Print the kernel's line for each binding: initialised N pages in M ms
    #[arg(long)]
    pub(super) verbose: bool,
}

impl Options {
    /// The memmaps of the namespace in `mode`: more than one if dedup makes a difference that is asked for.
    pub(super) fn memmaps(&self, mode: Mode) -> Result<Vec<MemmapInit>, Failure> {
        let memmaps = args::once(&self.dedup).into_iter().map(|&dedup| self.memmap(mode, dedup));
        let mut memmaps = memmaps.collect::<Result<Vec<_>, _>>()?;
        memmaps.dedup_by_key(|memmap| memmap.struct_pages());
        Ok(memmaps)
    }

    fn memmap(&self, mode: Mode, dedup: bool) -> Result<MemmapInit, Failure> {
        let Options { distro: Distro { arch, page_size, kernel, align }, size, struct_pages, .. } = self;
        let mut profile = memmap::profile(*kernel, struct_pages.preset(*arch, *page_size)?, None);
        profile.kconfig.optimize_dax_vmemmap &= dedup;
        let mut namespace = Namespace::new(*size, BASE / page_size.bytes(), mode);
        (namespace.map, namespace.page_size, namespace.align) =
            (self.map, *page_size, args::align(*page_size, *align)?);
        namespace.struct_page_size = struct_pages.struct_page;
        // How the kernel sets space aside for a memmap on the device. That of 6.1 is the last one, 6.1.12 or later, unless only an earlier one
        // would take such struct pages.
        namespace.page_map = match kernel {
            _ if self.nvdimm_kmsan => PageMap::Overridden,
            Kernel::V6_1 if struct_pages.struct_page > STRUCT_PAGE_SIZE => PageMap::Bytes128,
            _ => PageMap::Bytes64,
        };
        let layout = namespace.layout().map_err(|error| match error {
            NamespaceError::StructPageTooLarge { struct_page_size, .. } => Failure::input(format_args!(
                "no {mode} namespace has --struct-page {struct_page_size} with --map dev: {error}; use --map mem, --nvdimm-kmsan yes or --kernel 6.1"
            )),
            error => Failure::input(format_args!("no {mode} namespace has --size {size}: {error}")),
        })?;
        memmap::init(&profile, layout.pgmap(PGMAP), layout.range, VMEMMAP_BASE)
            .map_err(|error| Failure::input(format_args!("--size {size} does not fit the kernel's vmemmap: {error}")))
    }
}
