//! `cargo xtask golden`: the memmap that a running kernel writes, and whether ours is the same.

mod device;
mod profile;
mod types;

use std::fs::File;
use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use bench_runner::memory::Mapping;
use clap::{ArgMatches, Command, CommandFactory, value_parser};
use memmap_template::inspect::Reader;
use memmap_template::namespace::{Align, Layout, Mode, Namespace, PageMap};
use memmap_template::{PageSize, PfnRange, Strategy};
use memmap2::Mmap;

use crate::arch::Arch;
use crate::failure::{Failure, cannot};
use crate::guest::{self, Apt, Guest, KernelPackage};
use crate::number::size;
use crate::output::Output;
use crate::{args, backend, interrupt, memmap, memory};
use device::Device;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask golden --arch x86_64 --kernel-package linux-image-6.12-amd64 --mode devdax --out 6.12.memmap --compare\n  \
    cargo xtask golden --arch x86_64 --kernel-package linux-image-amd64 --mode fsdax --align 1G --size 4GiB --node 1 --out fsdax.memmap\n  \
    cargo xtask golden --arch arm64 --kernel-package linux-image-6.12-arm64-16k --mode devdax --align 32M --out 16k.memmap --compare";

/// Captures the memmap that a stock Debian kernel writes, and compares it with ours
///
/// Boots a stock Debian kernel in an emulated machine (qemu, without KVM) with an emulated NVDIMM, has it bind a namespace with its memmap on the device,
/// and takes the struct pages out of the device's file once the machine is off. They are raw, as memmap-dump writes them.
///
/// With --compare the kernel's profile is worked out from its own configuration and types (BTF), the memmap is written by all four strategies, and every
/// byte is compared: "identical", or the first word that differs, as `memmap inspect` says it, and exit code 1.
///
/// apt fetches the kernel's packages, and a static busybox, into a folder below cargo's target directory, where they stay; nothing is installed but qemu,
/// where it is missing and we are root on Debian. Ten to sixty seconds, once the packages are there.
#[derive(clap::Parser)]
#[command(name = "golden", after_help = EXAMPLES, allow_negative_numbers = true)]
pub(crate) struct Options {
    /// Whose kernel: x86_64 or arm64
    #[arg(long)]
    arch: Arch,
    /// Debian's package of the kernel, of any suite, such as linux-image-6.12.107+deb13-arm64-16k
    #[arg(long = "kernel-package", value_name = "NAME")]
    package: String,
    /// fsdax (single pages) or devdax (compounds of --align)
    #[arg(long)]
    mode: Mode,
    #[arg(long, value_name = "SIZE", help = args::ALIGN)]
    align: Option<Align>,
    /// Size of the NVDIMM: a number with K, M, G, T (powers of 1024) or KB, MB, GB, TB
    #[arg(long, default_value = "1GiB", value_parser = size)]
    size: u64,
    // qemu has up to eight of them.
    /// NUMA node of the NVDIMM, up to 7; on arm64 there is node 0 only
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u32).range(..8))]
    node: u32,
    /// Output file; replaced only once the whole memmap is there
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write the same memmap by all four strategies, and compare every byte
    #[arg(long)]
    compare: bool,
    /// How long the boot may take; the last lines of its console are shown if it takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = value_parser!(u32).range(1..))]
    limit: u32,
}

/// Where the emulated machines have their NVDIMM, as long as RAM is 2 GiB: what a namespace of that size can be is then known before the boot.
const fn resource(arch: Arch) -> u64 {
    match arch {
        Arch::X86_64 => 0x1_0000_0000,
        Arch::Arm64 => 0xc000_0000,
    }
}

pub(crate) fn command() -> Command {
    Options::command()
}

pub(crate) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let options: Options = args::options(matches);
    possible(&options)?;
    let output = Output::create(&options.out)?;
    guest::require(|| guest::needs(options.arch))?;
    args::say(&capture(&options, output)?)
}

/// Refuses what no kernel of this architecture can have, before anything is fetched.
fn possible(options: &Options) -> Result<(), Failure> {
    let Options { arch, node, .. } = *options;
    if arch == Arch::Arm64 && node > 0 {
        let why = "the firmware of arm64's machine tells of node 0 only; leave --node out";
        return Err(Failure::input(format_args!("--node {node}: {why}")));
    }
    let page_sizes = PageSize::ALL.iter().copied().filter(|&page_size| arch.preset(page_size).is_ok());
    // None if one of them can be.
    let refused: Option<Vec<_>> =
        page_sizes.map(|page_size| namespace(options, page_size, PageMap::Bytes64, resource(arch)).err()).collect();
    refused.into_iter().flatten().next().map_or(Ok(()), Err)
}

/// The same, but for what is missing: that has been asked for.
pub(crate) fn capture(options: &Options, mut output: Output) -> Result<String, Failure> {
    let Options { arch, size, node, mode, limit, .. } = *options;
    let apt = Apt::open(&guest::folder()?, arch, guest::KERNELS)?;
    let kernel = &KernelPackage::fetch(&apt, &options.package)?;
    profile::check(kernel)?;
    let page_size = profile::page_size(kernel);
    // That of 6.1 is as in 6.1.12, which is older than any package of it that is still there.
    let page_map = if kernel.has("NVDIMM_KMSAN") { PageMap::Overridden } else { PageMap::Bytes64 };
    let namespace = |at| namespace(options, page_size, page_map, at);
    namespace(resource(arch))?;
    let align = args::align(page_size, options.align)?;

    let work = apt.kept.work()?;
    let (mode, align_bytes, extra) = (mode.name(), align.bytes(), Vec::new());
    let guest = Guest { arch, kernel, size, node, mode, align_bytes, extra, limit_seconds: limit };
    let console = guest::boot(&guest, &apt, work.path())?;
    let bytes = map(&work.path().join(guest::TYPES))?;
    let types = types::read(&bytes);
    if bytes.starts_with(&types::MAGIC) && types.is_none() {
        return Err(Failure::run("the kernel's types (BTF) are not as they were known to be"));
    }
    let mut profile = profile::of(arch, kernel, types.as_ref())?;
    let struct_page = profile.kconfig.struct_page_size();
    let bytes = map(&work.path().join(guest::NVDIMM))?;
    let device = device::read(&bytes, struct_page);
    let Device { data_offset, end_trunc, memmap, address } = device.ok_or_else(|| {
        Failure::run(
            "the device holds no description of a namespace with its memmap on it; of a part of a section it is in RAM",
        )
    })?;
    let pages = memmap.len() as u64 / struct_page;
    // The kernel's own "initialised N pages".
    let counted = console.all("log").find_map(|line| line.split_once("initialised ")?.1.split(' ').next());
    if let Some(counted) = counted.filter(|&counted| counted != pages.to_string()) {
        let why = format_args!("the kernel has initialised {counted} pages, and {pages} are there");
        return Err(Failure::run(why));
    }
    let said = console.said("resource").and_then(|text| u64::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok());
    let resource = said.ok_or_else(|| Failure::run("the guest has not said where its NVDIMM is"))?;
    let first_pfn = (resource + data_offset) / page_size.bytes();
    (profile.first_pfn, profile.nid) = (first_pfn, Some(node));
    // It stays, whatever the comparison says: there is then something to look at.
    output.write_all(memmap)?;
    output.finish()?;

    // What was captured, and the command that writes the same.
    let word = |at: usize| memmap.as_chunks().0.get(at).map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let (flags, pgmap, base) = (word(0), word(1), address.wrapping_sub(first_pfn * struct_page));
    let hash: String = hmac_sha256::Hash::hash(memmap).iter().map(|byte| format!("{byte:02x}")).collect();
    let read_by = if types.is_some() { "configuration and types" } else { "configuration" };
    let (release, version) = (&kernel.release, profile.kernel);
    let mut text = format!(
        "kernel            {release} ({arch}, pages of {page_size}; read by its {read_by})\n\
         namespace         {mode}, alignment {align}, {size} bytes, {end_trunc} of them cut off; data offset {data_offset:#x}\n\
         struct pages      {pages} of {struct_page} bytes, from pfn {first_pfn:#x} on\n\
         vmemmap base      {base:#x}\n\
         pgmap             {pgmap:#x}\n\
         flag word         {flags:#018x}\n\
         sha256            {hash}\n\
         the same by us    cargo xtask memmap-dump --arch {arch} --page-size {page_size} --kernel {version} --mode {mode} --align {align} --nid {node} \
         --start-pfn {first_pfn:#x} --nr-pages {pages} --vmemmap-base {base:#x} --pgmap {pgmap:#x} --out FILE\n"
    );
    if options.compare {
        text += &compare(&profile, &namespace(resource)?, memmap, base, pgmap)?;
    }
    Ok(text)
}

/// The namespace that is asked for, at this place; refuses what this kernel cannot have, or would put into RAM.
fn namespace(options: &Options, page_size: PageSize, page_map: PageMap, resource: u64) -> Result<Layout, Failure> {
    let Options { size, mode, align, .. } = *options;
    let mut namespace = Namespace::new(size, resource / page_size.bytes(), mode);
    (namespace.page_size, namespace.align) = (page_size, args::align(page_size, align)?);
    namespace.page_map = page_map;
    let wrong = |error| Failure::input(format_args!("no {mode} namespace has --size {size}: {error}"));
    let layout = namespace.layout().map_err(wrong)?;
    let section = if page_size == PageSize::Size64K { 512 << 20 } else { 128 << 20 };
    let bytes = layout.range.nr_pages * page_size.bytes();
    if bytes.is_multiple_of(section) {
        return Ok(layout);
    }
    Err(Failure::input(format_args!(
        "--size {size}: {bytes} bytes remain once its end is cut to the alignment, which is no multiple of a section, {section}; of a part of one the memmap is in RAM"
    )))
}

fn map(path: &Path) -> Result<Mmap, Failure> {
    let file = File::open(path).map_err(cannot("open", path))?;
    // SAFETY: the file is in a folder of our own, and qemu, the only other program that had it, has ended: nobody changes or cuts it.
    unsafe { Mmap::map(&file) }.map_err(cannot("map", path))
}

/// Writes the memmap by every strategy, and says that all of them are identical with the kernel's. All that we tell ours is from the
/// kernel's profile and from what was asked for, but for two addresses: the memmap's and the pgmap's.
fn compare(profile: &Reader, layout: &Layout, memmap: &[u8], base: u64, pgmap: u64) -> Result<String, Failure> {
    let (start_pfn, nr_pages, len) = (layout.first_pfn(), layout.pages(), memmap.len() as u64);
    let (first_pfn, pages) = (profile.first_pfn, profile.pages(memmap));
    if (start_pfn, nr_pages) != (first_pfn, pages) {
        return Err(Failure::run(format_args!(
            "the kernel starts at pfn {first_pfn:#x} with {pages} pages, and we at pfn {start_pfn:#x} with {nr_pages}"
        )));
    }
    let mut pgmap = layout.pgmap(pgmap);
    // The range begins behind it.
    pgmap.altmap = None;
    let init = memmap::init(profile, pgmap, PfnRange { start_pfn, nr_pages }, base).map_err(Failure::run)?;
    let streamer = backend::streamer()?;
    memory::require(Mapping::cost(len), "our memmap beside the kernel's")?;
    let (mut ours, mut text) = (memmap::map(len, true)?, String::new());
    for &strategy in Strategy::ALL {
        interrupt::check()?;
        // What the last one left must not pass for the work of this one.
        ours.memory().fill(MaybeUninit::new(0xa5));
        memmap::write(&init, ours.memory(), strategy, streamer, NonZeroUsize::MIN)?;
        if let Some(difference) = profile.difference(memmap, ours.bytes(), layout.vmemmap_shift) {
            let why = format_args!("the kernel's memmap is not that of {strategy}: {difference}");
            return Err(Failure::run(why));
        }
        text += &format!("{strategy:<17} identical\n");
    }
    Ok(text)
}
