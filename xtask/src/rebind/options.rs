//! The options of `cargo xtask rebind`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use memmap_template::namespace::{Align, MapMode, Mode, Namespace, NamespaceError, PageMap};
use memmap_template::{AddressModel, Config, Kernel, MemmapInit, Preset, STRUCT_PAGE_SIZE, Strategy};

use crate::arch::{self, Arch};
use crate::args::{self, list, take};
use crate::failure::Failure;
use crate::knobs;
use crate::number::size;
use crate::rebind::prefault::Prefault;

const ABOUT: &str = "Repeats the kernel series' experiment: times memmap initialisation by each strategy";

const LONG_ABOUT: &str = "Repeats the experiment of the kernel series in user space: initialises the memmap of a namespace as binding its driver does, on fresh memory \
    (first binding) and again on the same memory (rebinds), with each strategy, and compares the times with each other and with the machine's write limit.\n\n\
    Every strategy's memmap is compared with that of slow at the end; if a byte differs, the run fails.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask rebind                               all of it: 100 GiB, both modes, 30 rebinds\n  \
    cargo xtask rebind --size 10GiB --rebinds 5      a quick look\n  \
    cargo xtask rebind --mode devdax --align 1G --strategy slow,stamped --json out.json\n  \
    cargo xtask rebind --strategy stamped --threads 1,2 --prefault touch\n  \
    cargo xtask rebind --mode devdax --map mem --dedup yes,no\n  \
    cargo xtask rebind --struct-page 80 --with virtual --map mem\n  \
    cargo xtask rebind --arch arm64 --page-size 16K --align 32M";

const MAP: &str = "Where the memmap lives: dev (on the device: an altmap, so that the pages that hold it are not initialised) or mem (in RAM: all pages are \
    initialised; see --dedup)";

const DEDUP: &str = "With --map mem and compounds: yes writes the struct pages that the kernel does, which maps the pages of the memmap that hold equal tails to one \
    (128 of 512 at 2M), no writes all, as without that optimisation; both, separated by a comma, to compare";

const PREFAULT: &str = "Back the memory by page frames before the first binding: no (the binding faults them in), touch (one store to each page, on as many threads) or populate \
    (the kernel does, in one call)";

const THREADS: &str = "Threads that share each binding, at borders of sections or compounds; several numbers, separated by commas, to compare";

const NVDIMM_KMSAN: &str = "Whether the kernel has CONFIG_NVDIMM_KMSAN, and so lets struct pages of more than 64 bytes onto a device. Without it kernels refuse \
    them with --map dev, but for Linux 6.1 to 6.1.11, which sets 128 bytes aside (--kernel 6.1)";

/// Where the namespace starts, in bytes: 4 GiB, which every alignment divides.
const BASE: u64 = 4 << 30;
/// Where the kernel is said to have the struct page of pfn 0: x86_64 with five-level paging, without KASLR. Fixed, so that every
/// run writes the same bytes wherever the memory is mapped.
const VMEMMAP_BASE: u64 = 0xffd4_0000_0000_0000;
/// Where the kernel is said to have the dev_pagemap: any address in its linear mapping.
const PGMAP: u64 = 0xff11_0000_05ec_5180;

/// What to run.
pub(crate) struct Options {
    pub(crate) size: u64,
    pub(crate) modes: Vec<Mode>,
    pub(crate) map: MapMode,
    pub(crate) align: Option<Align>,
    pub(crate) rebinds: u32,
    pub(crate) kernel: Kernel,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) arch: Arch,
    pub(crate) preset: Preset,
    pub(crate) nvdimm_kmsan: bool,
    pub(crate) dedup: Vec<bool>,
    pub(crate) threads: Vec<NonZeroUsize>,
    pub(crate) huge_pages: bool,
    pub(crate) prefault: Prefault,
    pub(crate) json: Option<PathBuf>,
    pub(crate) verbose: bool,
}

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("rebind").about(ABOUT).long_about(LONG_ABOUT).after_help(EXAMPLES).args(arch::default_args()).args([
        args::number_arg("size", "SIZE")
            .default_value("100GiB")
            .value_parser(size)
            .help("Size of the namespace: a number with K, M, G, T (KiB, ...: powers of 1024) or KB, MB, GB, TB; what is behind the last multiple of the alignment is cut off"),
        args::mode_arg()
            .value_delimiter(',')
            .default_value("fsdax,devdax")
            .help("fsdax (single pages), devdax (compounds of --align) or both, separated by a comma"),
        Arg::new("map")
            .long("map")
            .value_name("WHERE")
            .default_value("dev")
            .value_parser(str::parse::<MapMode>)
            .help(MAP),
        args::align_arg(),
        args::number_arg("rebinds", "N")
            .default_value("30")
            .value_parser(value_parser!(u32).range(1..))
            .help("How often each strategy initialises the same memory again after the first binding"),
        args::default_kernel_arg(),
        args::strategy_arg()
            .value_delimiter(',')
            .default_value("slow,template,streaming,stamped")
            .help("Strategies to time, separated by commas; without slow, nothing is compared with its time, but memmaps still are with its memmap"),
        args::yes_or_no_arg("dedup", "yes").value_delimiter(',').help(DEDUP),
        args::number_arg("threads", "N")
            .default_value("1")
            .value_delimiter(',')
            .value_parser(value_parser!(u16).range(1..))
            .help(THREADS),
        args::struct_page_arg(),
        args::with_arg(),
        args::yes_or_no_arg("nvdimm-kmsan", "no").help(NVDIMM_KMSAN),
        Arg::new("prefault")
            .long("prefault")
            .value_name("HOW")
            .default_value("no")
            .value_parser(str::parse::<Prefault>)
            .help(PREFAULT),
        args::yes_or_no_arg("hugepages", "yes")
            .help("Ask for transparent huge pages under the memmap (madvise), or against them"),
        Arg::new("json")
            .long("json")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("Also write all figures to this file; replaced only once the run is over"),
        Arg::new("verbose")
            .long("verbose")
            .action(ArgAction::SetTrue)
            .help("Print the kernel's line for each binding: initialised N pages in M ms"),
    ])
}

impl Options {
    /// Takes the options out of clap's hands; refuses pairs that contradict each other.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Self, Failure> {
        let (arch, preset) = arch::preset(&mut matches)?;
        let preset = knobs::preset(preset, take(&mut matches, "struct-page"), &list(&mut matches, "with"))?;
        let options = Self {
            arch,
            preset,
            nvdimm_kmsan: take(&mut matches, "nvdimm-kmsan"),
            dedup: list(&mut matches, "dedup"),
            threads: threads(&list(&mut matches, "threads")),
            prefault: take(&mut matches, "prefault"),
            size: take(&mut matches, "size"),
            modes: list(&mut matches, "mode"),
            map: take(&mut matches, "map"),
            align: matches.remove_one("align"),
            rebinds: take(&mut matches, "rebinds"),
            kernel: take(&mut matches, "kernel"),
            strategies: list(&mut matches, "strategy"),
            huge_pages: take(&mut matches, "hugepages"),
            json: matches.remove_one("json"),
            verbose: matches.get_flag("verbose"),
        };
        args::align(options.preset.kconfig.page_size, options.align)?;
        Ok(options)
    }

    /// The memmaps of the namespace in `mode`: more than one if dedup makes a difference that is asked for.
    pub(crate) fn memmaps(&self, mode: Mode) -> Result<Vec<MemmapInit>, Failure> {
        let mut memmaps: Vec<MemmapInit> = Vec::new();
        for &dedup in &self.dedup {
            let memmap = self.memmap(mode, dedup)?;
            if memmaps.iter().all(|known| known.struct_pages() != memmap.struct_pages()) {
                memmaps.push(memmap);
            }
        }
        Ok(memmaps)
    }

    /// How the kernel sets space aside for a memmap on the device. That of 6.1 is the last one, 6.1.12 or later, unless only an earlier one would
    /// take such struct pages.
    fn page_map(&self) -> PageMap {
        match self.kernel {
            _ if self.nvdimm_kmsan => PageMap::Overridden,
            Kernel::V6_1 if self.preset.kconfig.struct_page_size() > STRUCT_PAGE_SIZE => PageMap::Bytes128,
            _ => PageMap::Bytes64,
        }
    }

    fn memmap(&self, mode: Mode, dedup: bool) -> Result<MemmapInit, Failure> {
        let mut kconfig = self.preset.kconfig;
        let page_size = kconfig.page_size;
        let mut namespace = Namespace::new(self.size, BASE / page_size.bytes(), mode);
        namespace.map = self.map;
        (namespace.page_size, namespace.align) = (page_size, args::align(page_size, self.align)?);
        (namespace.struct_page_size, namespace.page_map) = (kconfig.struct_page_size(), self.page_map());
        let layout = namespace.layout().map_err(|error| match error {
            NamespaceError::StructPageTooLarge { struct_page_size, .. } => Failure::input(format_args!(
                "no {mode} namespace has --struct-page {struct_page_size} with --map dev: {error}; use --map mem, --nvdimm-kmsan yes or --kernel 6.1"
            )),
            error => Failure::input(format_args!("no {mode} namespace has --size {}: {error}", self.size)),
        })?;
        kconfig.optimize_dax_vmemmap &= dedup;
        let vmemmap = AddressModel::Vmemmap { base: VMEMMAP_BASE };
        let mut config = Config::new(self.kernel, layout.pgmap(PGMAP), layout.range, vmemmap);
        config.flags = self.preset.flags;
        MemmapInit::with_kconfig(config, kconfig).map_err(|error| {
            Failure::input(format_args!("--size {} does not fit the kernel's vmemmap: {error}", self.size))
        })
    }
}

fn threads(numbers: &[u16]) -> Vec<NonZeroUsize> {
    numbers.iter().filter_map(|&number| NonZeroUsize::new(number.into())).collect()
}
