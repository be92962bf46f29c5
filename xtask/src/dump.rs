//! `cargo xtask memmap-dump`: a memmap as raw bytes, to be compared with a kernel's.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use bench_runner::memory::Mapping;
use clap::{ArgMatches, Command, CommandFactory};
use memmap_template::namespace::Mode;
use memmap_template::{MemmapInit, MemoryType, PfnRange, Pgmap, STRUCT_PAGE_SIZE, Strategy};

use crate::arch::Distro;
use crate::failure::Failure;
use crate::interrupt;
use crate::number::number;
use crate::output::Output;
use crate::progress::Progress;
use crate::{args, backend, memmap, memory};

/// Pages initialised at a time: a multiple of the largest compound (2^18), so that a dump of any size takes 64 MiB of memory.
const CHUNK: u64 = 1 << 20;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask memmap-dump --mode devdax --align 2M --start-pfn 0x101200 --nr-pages 257536 \\\n      \
    --vmemmap-base 0xffd4000000000000 --pgmap 0xff11000005ec5180 --out devdax.memmap      a devdax namespace of 1 GiB\n  \
    cargo xtask memmap-dump --mode fsdax --kernel 6.12 --start-pfn 0x101200 --nr-pages 4096 \\\n      \
    --vmemmap-base 0xffd4000000000000 --pgmap 0xff11000005ec5180 --out fsdax.memmap       as Linux 6.12 writes it\n  \
    cargo xtask memmap-dump --arch arm64 --page-size 16K --mode devdax --align 32M --kernel 6.12 --start-pfn 0x30800 \\\n      \
    --nr-pages 63488 --vmemmap-base 0xfffff03fc0000000 --pgmap 0xfff00000bc0e1800 --out 16k.memmap      arm64 with pages of 16 KiB";

/// Writes the memmap of a ZONE_DEVICE range to a file, byte for byte a kernel's
///
/// There are 64 bytes for a page. The flag word is that of a distribution kernel with five zones (ZONE_DEVICE = 4) and NUMA_BALANCING: on x86_64
/// NODES_SHIFT 10 and NR_CPUS 8192, on arm64 NODES_SHIFT 4 and NR_CPUS 512.
#[derive(clap::Parser)]
#[command(name = "memmap-dump", after_help = EXAMPLES, allow_negative_numbers = true)]
struct Options {
    #[command(flatten)]
    distro: Distro,
    /// fsdax (single pages) or devdax (compounds)
    #[arg(long)]
    mode: Mode,
    /// First initialised pfn, after the altmap; decimal or 0x
    #[arg(long, value_name = "PFN", value_parser = number)]
    start_pfn: u64,
    /// Number of pages from there on; whole compounds
    #[arg(long, value_name = "N", value_parser = number)]
    nr_pages: u64,
    /// Where the kernel has the struct page of pfn 0
    #[arg(long, value_name = "ADDRESS", value_parser = number)]
    vmemmap_base: u64,
    /// Kernel address of the dev_pagemap, word 1 of every head
    #[arg(long, value_name = "ADDRESS", value_parser = number)]
    pgmap: u64,
    /// NUMA node of the pages
    #[arg(long, value_name = "NODE", default_value_t = 0)]
    nid: u32,
    /// How to write them: slow, template, streaming or stamped (the bytes are the same)
    #[arg(long, value_name = "NAME", default_value = "stamped")]
    strategy: Strategy,
    /// Output file; replaced only once the whole memmap is written
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn command() -> Command {
    Options::command()
}

impl Options {
    /// Pages of the range, as the kernel would initialise them; refuses what no kernel would.
    fn init(&self, range: PfnRange) -> Result<MemmapInit, Failure> {
        let &Distro { arch, page_size, kernel, align } = &self.distro;
        let mut profile = memmap::profile(kernel, arch.preset(page_size)?, Some(self.nid));
        // Every struct page is written: a dump has no shared ones.
        profile.kconfig.optimize_dax_vmemmap = false;
        let memory_type = if self.mode == Mode::Fsdax { MemoryType::FsDax } else { MemoryType::Generic };
        let mut pgmap = Pgmap::new(self.pgmap, memory_type);
        pgmap.vmemmap_shift = args::order(self.mode, page_size, args::align(page_size, align)?);
        memmap::init(&profile, pgmap, range, self.vmemmap_base).map_err(Failure::input)
    }
}

/// Writes the file, or nothing.
pub(crate) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let options: Options = args::options(matches);
    let &Options { start_pfn, nr_pages, strategy, .. } = &options;
    options.init(PfnRange { start_pfn, nr_pages })?;
    let streamer = backend::streamer()?;
    let chunk_len = CHUNK.min(nr_pages) * STRUCT_PAGE_SIZE;
    memory::require(Mapping::cost(chunk_len), "a part of the memmap")?;
    let mut mapping = memmap::map(chunk_len, true)?;
    let mut output = Output::create(&options.out)?;
    output.reserve(nr_pages * STRUCT_PAGE_SIZE)?;
    let progress = Progress::new(nr_pages.div_ceil(CHUNK));
    for done in (0..nr_pages).step_by(CHUNK as usize) {
        interrupt::check()?;
        progress.start("parts of 64 MiB");
        let init = options.init(PfnRange { start_pfn: start_pfn + done, nr_pages: CHUNK.min(nr_pages - done) })?;
        let len = init.buffer_len() as usize;
        memmap::write(&init, &mut mapping.memory()[..len], strategy, streamer, NonZeroUsize::MIN)?;
        output.write_all(&mapping.bytes()[..len])?;
        progress.done();
    }
    interrupt::check()?;
    output.finish()
}
