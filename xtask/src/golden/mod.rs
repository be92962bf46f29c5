//! `cargo xtask golden`: the memmap that a running kernel writes, and whether ours is the same.

mod device;
pub(crate) mod options;
mod profile;
mod types;

use std::fs::File;
use std::io::{self, Write};
use std::mem::MaybeUninit;
use std::path::Path;

use bench_runner::memory::Mapping;
use memmap_template::inspect::Reader;
use memmap_template::namespace::{Align, Layout, Namespace, PageMap};
use memmap_template::{AddressModel, Config, MemmapInit, PageSize, PfnRange, STRUCT_PAGE_SIZE, Strategy, Zone};
use memmap2::Mmap;
use sha2::{Digest, Sha256};

use crate::arch::Arch;
use crate::failure::{Failure, cannot};
use crate::guest::{self, Apt, Guest, KernelPackage};
use crate::interrupt;
use crate::output::Output;
use crate::{args, backend, memory};
use device::Device;
use options::Options;

/// Where the emulated machines have their NVDIMM, as long as RAM is 2 GiB: what a namespace of that size can be is then known before the boot.
const fn resource(arch: Arch) -> u64 {
    match arch {
        Arch::X86_64 => 0x1_0000_0000,
        Arch::Arm64 => 0xc000_0000,
    }
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    possible(options)?;
    let output = Output::create(&options.out)?;
    guest::require(|| guest::needs(options.arch))?;
    let text = capture(options, output)?;
    write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error))
}

/// Refuses what no kernel of this architecture can have, before anything is fetched.
fn possible(options: &Options) -> Result<(), Failure> {
    let Options { arch, .. } = *options;
    let page_sizes = PageSize::ALL.iter().copied().filter(|&page_size| arch.preset(page_size).is_ok());
    let mut tried = page_sizes.map(|page_size| namespace(options, page_size, PageMap::Bytes64, resource(arch)));
    let first = tried.next().map_or(Ok(()), |first| first.map(drop));
    if tried.any(|other| other.is_ok()) { Ok(()) } else { first }
}

/// The same, but for what is missing: that has been asked for.
pub(crate) fn capture(options: &Options, mut output: Output) -> Result<String, Failure> {
    let Options { arch, size, node, mode, limit, .. } = *options;
    let apt = Apt::open(&guest::folder()?, arch, guest::KERNELS)?;
    let package = KernelPackage::fetch(&apt, &options.package)?;
    profile::check(&package)?;
    let namespace = |at| namespace(options, profile::page_size(&package), profile::page_map(&package), at);
    let (align, _) = namespace(resource(arch))?;

    let work = apt.kept.work()?;
    let (kernel, mode, align_bytes, extra) = (&package, mode.name(), align.bytes(), Vec::new());
    let guest = Guest { arch, kernel, size, node, mode, align_bytes, extra, limit_seconds: limit };
    let console = guest::boot(&guest, &apt, work.path())?;
    let types = types::read(&map(&work.path().join(guest::TYPES))?);
    let struct_page = types.as_ref().map_or(STRUCT_PAGE_SIZE, |types| types.struct_page);
    let bytes = map(&work.path().join(guest::NVDIMM))?;
    let device = Device::read(&bytes, struct_page)?;
    // The kernel's own "initialised N pages".
    let counted = console.all("log").find_map(|line| line.split_once("initialised ")?.1.split(' ').next());
    if let Some(counted) = counted.filter(|&counted| counted != device.pages.to_string()) {
        let why = format_args!("the kernel has initialised {counted} pages, and {} are there", device.pages);
        return Err(Failure::run(why));
    }
    let said = console.said("resource").and_then(|text| u64::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok());
    let resource = said.ok_or_else(|| Failure::run("the guest has not said where its NVDIMM is"))?;
    let mut profile = profile::of(arch, &package, types.as_ref())?;
    profile.first_pfn = (resource + device.data_offset) / device.page_size;
    let memmap = &bytes[device.memmap_at as usize..][..(device.pages * struct_page) as usize];
    // It stays, whatever the comparison says: there is then something to look at.
    output.write_all(memmap)?;
    output.finish()?;
    let capture = Capture { device, memmap, profile };
    let read_by = if types.is_some() { "configuration and types" } else { "configuration" };
    let mut text = capture.describe(options, align, &package.release, read_by);
    if options.compare {
        text += &capture.compare(node, &namespace(resource)?.1)?;
    }
    Ok(text)
}

/// The namespace that is asked for, at this place; refuses what this kernel cannot have, or would put into RAM.
fn namespace(
    options: &Options,
    page_size: PageSize,
    page_map: PageMap,
    resource: u64,
) -> Result<(Align, Layout), Failure> {
    let Options { size, mode, .. } = *options;
    let mut namespace = Namespace::new(size, resource / page_size.bytes(), mode);
    (namespace.page_size, namespace.align) = (page_size, args::align(page_size, options.align)?);
    namespace.page_map = page_map;
    let wrong = |error| Failure::input(format_args!("no {mode} namespace has --size {size}: {error}"));
    let layout = namespace.layout().map_err(wrong)?;
    let section = if page_size == PageSize::Size64K { 512 << 20 } else { 128 << 20 };
    let bytes = layout.range.nr_pages * page_size.bytes();
    if bytes.is_multiple_of(section) {
        return Ok((namespace.align, layout));
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

struct Capture<'a> {
    device: Device,
    memmap: &'a [u8],
    /// The kernel's profile, and the first pfn.
    profile: Reader,
}

impl Capture<'_> {
    /// A word of the first page.
    fn word(&self, word: usize) -> u64 {
        let bytes = self.memmap.get(8 * word..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// The address of the struct page of pfn 0.
    fn vmemmap_base(&self) -> u64 {
        self.device.address.wrapping_sub(self.profile.first_pfn * self.profile.kconfig.struct_page_size())
    }

    /// What was captured, and the command that writes the same.
    fn describe(&self, options: &Options, align: Align, release: &str, read_by: &str) -> String {
        let Options { arch, mode, size, node, .. } = options;
        let Reader { kernel, kconfig, first_pfn, .. } = &self.profile;
        let Device { end_trunc, data_offset, pages, .. } = self.device;
        let (page_size, struct_page) = (kconfig.page_size, kconfig.struct_page_size());
        let (base, flags, pgmap) = (self.vmemmap_base(), self.word(0), self.word(1));
        let hash: String = Sha256::digest(self.memmap).iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "kernel            {release} ({arch}, pages of {page_size}; read by its {read_by})\n\
             namespace         {mode}, alignment {align}, {size} bytes, {end_trunc} of them cut off; data offset {data_offset:#x}\n\
             struct pages      {pages} of {struct_page} bytes, from pfn {first_pfn:#x} on\n\
             vmemmap base      {base:#x}\n\
             pgmap             {pgmap:#x}\n\
             flag word         {flags:#018x}\n\
             sha256            {hash}\n\
             the same by us    cargo xtask memmap-dump --arch {arch} --page-size {page_size} --kernel {kernel} --mode {mode} --align {align} --nid {node} \
             --start-pfn {first_pfn:#x} --nr-pages {pages} --vmemmap-base {base:#x} --pgmap {pgmap:#x} --out FILE\n"
        )
    }

    /// Writes the memmap by every strategy, and says that all of them are identical with the kernel's. All that we tell ours is from the
    /// kernel's profile and from what was asked for, but for two addresses: the memmap's and the pgmap's.
    fn compare(&self, nid: u32, layout: &Layout) -> Result<String, Failure> {
        let Capture { profile, memmap, device } = self;
        let (start_pfn, nr_pages, len) = (layout.first_pfn(), layout.pages(), memmap.len());
        if (start_pfn, nr_pages) != (profile.first_pfn, device.pages) {
            return Err(Failure::run(format_args!(
                "the kernel starts at pfn {:#x} with {} pages, and we at pfn {start_pfn:#x} with {nr_pages}",
                profile.first_pfn, device.pages
            )));
        }
        let mut pgmap = layout.pgmap(self.word(1));
        // The range begins behind it.
        pgmap.altmap = None;
        let vmemmap = AddressModel::Vmemmap { base: self.vmemmap_base() };
        let mut config = Config::new(profile.kernel, pgmap, PfnRange { start_pfn, nr_pages }, vmemmap);
        config.flags = profile.flags;
        config.zone = Zone { index: profile.flags.zone_device, nid };
        let init = MemmapInit::with_kconfig(config, profile.kconfig).map_err(Failure::run)?;

        let streamer = backend::streamer()?;
        memory::require(Mapping::cost(len as u64), "our memmap beside the kernel's")?;
        let mapping = Mapping::new(len, true);
        let mut ours = mapping.map_err(|error| Failure::run(format_args!("cannot map {len} bytes: {error}")))?;
        let mut text = String::new();
        for &strategy in Strategy::ALL {
            interrupt::check()?;
            // What the last one left must not pass for the work of this one.
            ours.memory().fill(MaybeUninit::new(0xa5));
            let ran = init.run(ours.memory(), strategy, streamer).map_err(Failure::run)?.ran;
            if ran != strategy {
                return Err(Failure::run(format_args!("{ran} ran, and not {strategy}")));
            }
            if let Some(difference) = profile.difference(memmap, ours.bytes(), layout.vmemmap_shift) {
                let why = format_args!("the kernel's memmap is not that of {strategy}: {difference}");
                return Err(Failure::run(why));
            }
            text += &format!("{strategy:<17} identical\n");
        }
        Ok(text)
    }
}
