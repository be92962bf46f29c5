//! The options of `cargo xtask memmap-dump`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use memmap_template::namespace::Mode;
use memmap_template::{AddressModel, Config, Kconfig, MemmapInit, MemoryType, PfnRange, Pgmap, Preset, Strategy, Zone};

use crate::arch;
use crate::args::{self, take};
use crate::failure::Failure;
use crate::number::number;

const ABOUT: &str = "Writes the memmap of a ZONE_DEVICE range to a file, byte for byte a kernel's";

const LONG_ABOUT: &str = "Writes the memmap of a ZONE_DEVICE range to a file, as a kernel would: 64 bytes a page, byte for byte.\n\n\
    The flag word is that of a distribution kernel with five zones (ZONE_DEVICE = 4) and NUMA_BALANCING: on x86_64 NODES_SHIFT 10 and NR_CPUS 8192, on arm64 \
    NODES_SHIFT 4 and NR_CPUS 512.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask memmap-dump --mode devdax --align 2M --start-pfn 0x101200 --nr-pages 257536 \\\n      \
    --vmemmap-base 0xffd4000000000000 --pgmap 0xff11000005ec5180 --out devdax.memmap      a devdax namespace of 1 GiB\n  \
    cargo xtask memmap-dump --mode fsdax --kernel 6.12 --start-pfn 0x101200 --nr-pages 4096 \\\n      \
    --vmemmap-base 0xffd4000000000000 --pgmap 0xff11000005ec5180 --out fsdax.memmap       as Linux 6.12 writes it\n  \
    cargo xtask memmap-dump --arch arm64 --page-size 16K --mode devdax --align 32M --kernel 6.12 --start-pfn 0x30800 \\\n      \
    --nr-pages 63488 --vmemmap-base 0xfffff03fc0000000 --pgmap 0xfff00000bc0e1800 --out 16k.memmap      arm64 with pages of 16 KiB";

/// What to write, and where.
pub(crate) struct Options {
    pub(crate) config: Config,
    /// Every struct page is written: a dump has no shared ones.
    pub(crate) kconfig: Kconfig,
    pub(crate) strategy: Strategy,
    pub(crate) out: PathBuf,
}

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("memmap-dump")
        .about(ABOUT)
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .args(arch::default_args())
        .args([
            args::default_kernel_arg(),
            args::mode_arg().required(true).help("fsdax (single pages) or devdax (compounds)"),
            args::align_arg(),
            args::number_arg("start-pfn", "PFN")
                .required(true)
                .value_parser(number)
                .help("First initialised pfn, after the altmap; decimal or 0x"),
            args::number_arg("nr-pages", "N")
                .required(true)
                .value_parser(number)
                .help("Number of pages from there on; whole compounds"),
            args::number_arg("vmemmap-base", "ADDRESS")
                .required(true)
                .value_parser(number)
                .help("Where the kernel has the struct page of pfn 0"),
            args::number_arg("pgmap", "ADDRESS")
                .required(true)
                .value_parser(number)
                .help("Kernel address of the dev_pagemap, word 1 of every head"),
            args::number_arg("nid", "NODE")
                .default_value("0")
                .value_parser(value_parser!(u32))
                .help("NUMA node of the pages"),
            args::strategy_arg()
                .default_value("stamped")
                .help("How to write them: slow, template, streaming or stamped (the bytes are the same)"),
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("Output file; replaced only once the whole memmap is written"),
        ])
}

impl Options {
    /// Takes the options out of clap's hands; refuses what no kernel would initialise.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Self, Failure> {
        let mode: Mode = take(&mut matches, "mode");
        let (_, Preset { mut kconfig, flags, .. }) = arch::preset(&mut matches)?;
        kconfig.optimize_dax_vmemmap = false;
        let align = args::align(kconfig.page_size, matches.remove_one("align"))?;
        let mut pgmap = Pgmap::new(take(&mut matches, "pgmap"), memory_type(mode));
        pgmap.vmemmap_shift = args::order(mode, kconfig.page_size, align);
        let range = PfnRange { start_pfn: take(&mut matches, "start-pfn"), nr_pages: take(&mut matches, "nr-pages") };
        let vmemmap = AddressModel::Vmemmap { base: take(&mut matches, "vmemmap-base") };
        let mut config = Config::new(take(&mut matches, "kernel"), pgmap, range, vmemmap);
        config.flags = flags;
        config.zone = Zone { index: flags.zone_device, nid: take(&mut matches, "nid") };
        MemmapInit::with_kconfig(config, kconfig).map_err(Failure::input)?;
        Ok(Self { config, kconfig, strategy: take(&mut matches, "strategy"), out: take(&mut matches, "out") })
    }
}

fn memory_type(mode: Mode) -> MemoryType {
    match mode {
        Mode::Fsdax => MemoryType::FsDax,
        _ => MemoryType::Generic,
    }
}
