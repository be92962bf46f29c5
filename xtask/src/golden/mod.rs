//! `cargo xtask golden`: the memmap that a running kernel writes, and whether ours is the same.

mod compare;
mod device;
pub(crate) mod options;
pub(crate) mod profile;
mod types;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use memmap_template::namespace::{Layout, Namespace, NamespaceError, PageMap};
use memmap_template::{Kernel, PageSize, STRUCT_PAGE_SIZE};
use memmap2::Mmap;
use sha2::{Digest, Sha256};

use crate::arch::Arch;
use crate::args;
use crate::failure::Failure;
use crate::guest::{self, Apt, Console, Guest, KernelPackage, Nvdimm};
use crate::interrupt::Interrupt;
use crate::output::Output;
use device::Device;
use options::Options;
use profile::Profile;

/// Where the emulated machines have their NVDIMM, as long as RAM is 2 GiB: what a namespace of that size can be is then known before the boot.
const fn resource(arch: Arch) -> u64 {
    match arch {
        Arch::X86_64 => 0x1_0000_0000,
        Arch::Arm64 => 0xc000_0000,
    }
}

/// A memmap that a kernel has written.
pub(crate) struct Capture<'a> {
    package: &'a KernelPackage,
    device: &'a Device,
    /// The raw struct pages.
    memmap: &'a [u8],
    first_pfn: u64,
    profile: &'a Profile,
}

impl Capture<'_> {
    /// A word of the first page.
    fn word(&self, word: usize) -> u64 {
        let bytes = self.memmap.get(8 * word..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// The address of the struct page of pfn 0.
    fn vmemmap_base(&self) -> u64 {
        self.device.address.wrapping_sub(self.first_pfn * self.profile.kconfig.struct_page_size())
    }
}

/// Captures, writes the file, and compares.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    possible(options)?;
    let output = Output::create(&options.out)?;
    guest::require(&guest::needs(options.arch), interrupt)?;
    let text = capture(options, output, interrupt)?;
    write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error))
}

/// Refuses what no kernel of this architecture can have, before anything is fetched.
fn possible(options: &Options) -> Result<(), Failure> {
    let page_sizes = PageSize::ALL.iter().filter(|&&page_size| options.arch.preset(page_size).is_ok());
    let tried: Vec<_> = page_sizes
        .map(|&page_size| namespace(options, page_size, PageMap::Bytes64, resource(options.arch)).map(drop))
        .collect();
    if tried.iter().any(Result::is_ok) { Ok(()) } else { tried.into_iter().next().unwrap_or(Ok(())) }
}

/// The same, but for what is missing: that has been asked for.
pub(crate) fn check(options: &Options, interrupt: &Interrupt) -> Result<String, Failure> {
    capture(options, Output::create(&options.out)?, interrupt)
}

fn capture(options: &Options, mut output: Output, interrupt: &Interrupt) -> Result<String, Failure> {
    let folder = guest::folder(interrupt)?;
    let apt = Apt::open(&folder, options.arch, guest::KERNELS, interrupt)?;
    let package = KernelPackage::fetch(&apt, &options.package, interrupt)?;
    profile::check(&package)?;
    profile::kernel(&package)?;
    let (page_size, page_map) = (profile::page_size(&package), profile::page_map(&package));
    let namespace = namespace(options, page_size, page_map, resource(options.arch))?;
    let busybox = apt.busybox(interrupt)?;

    let work = apt.work()?;
    let machine = Guest {
        arch: options.arch,
        kernel: &package,
        busybox: &busybox,
        nvdimm: Nvdimm { size: options.size, node: options.node },
        mode: options.mode.name(),
        align: namespace.align.bytes(),
        extra: Vec::new(),
        limit: options.limit,
    };
    let console = guest::boot(&machine, work.path(), interrupt)?;
    let types = console.types.as_deref().and_then(types::read);
    let size = types.as_ref().map_or(STRUCT_PAGE_SIZE, |types| types.struct_page);
    let device = open(&work.path().join(guest::NVDIMM))?;
    let found = device::read(&device, size)?;
    let memmap = &device[found.memmap_at as usize..][..(found.pages * size) as usize];
    said_by_kernel(&console, found.pages)?;
    let resource = resource_of(&console)?;
    let profile = profile::of(options.arch, &package, types.as_ref())?;
    // It stays, whatever the comparison says: there is then something to look at.
    output.write_all(memmap)?;
    output.finish()?;
    let first_pfn = (resource + found.data_offset) / found.page_size;
    let capture = Capture { package: &package, device: &found, memmap, first_pfn, profile: &profile };
    let mut text = describe(options, &capture, types.is_some());
    if options.compare {
        laid_out_alike(&self::namespace(options, page_size, page_map, resource)?, &capture)?;
        text += &compare::with_ours(options, &capture, interrupt)?;
    }
    Ok(text)
}

/// The namespace that is asked for, at this place; refuses what this kernel cannot have, or would put into RAM.
fn namespace(options: &Options, page_size: PageSize, page_map: PageMap, resource: u64) -> Result<Namespace, Failure> {
    let mut namespace = Namespace::new(options.size, resource / page_size.bytes(), options.mode);
    (namespace.page_size, namespace.align) = (page_size, args::align(page_size, options.align)?);
    namespace.page_map = page_map;
    let layout = layout(options, &namespace)?;
    let section = if page_size == PageSize::Size64K { 512 << 20 } else { 128 << 20 };
    let bytes = layout.range.nr_pages * page_size.bytes();
    if !bytes.is_multiple_of(section) {
        return Err(Failure::input(format_args!(
            "--size {}: {bytes} bytes remain once its end is cut to the alignment, which is no multiple of a section, {section}; of a part of one the memmap is in RAM",
            options.size
        )));
    }
    Ok(namespace)
}

fn layout(options: &Options, namespace: &Namespace) -> Result<Layout, Failure> {
    let wrong = |error: NamespaceError| {
        Failure::input(format_args!("no {} namespace has --size {}: {error}", options.mode, options.size))
    };
    namespace.layout().map_err(wrong)
}

fn open(file: &Path) -> Result<Mmap, Failure> {
    let file = File::open(file).map_err(Failure::run)?;
    // SAFETY: the file is in a folder of our own, and qemu, the only other program that had it, has ended: nobody changes or cuts it.
    unsafe { Mmap::map(&file) }.map_err(|error| Failure::run(format_args!("cannot map the device's file: {error}")))
}

/// The device's address by the guest's word.
fn resource_of(console: &Console) -> Result<u64, Failure> {
    let said = console.said("resource").and_then(|text| u64::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok());
    said.ok_or_else(|| Failure::run("the guest has not said where its NVDIMM is"))
}

/// The kernel's own "initialised N pages".
fn said_by_kernel(console: &Console, pages: u64) -> Result<(), Failure> {
    let said =
        console.all("log").find_map(|line| line.split_once("initialised ")?.1.split(' ').next()?.parse::<u64>().ok());
    match said {
        Some(said) if said != pages => {
            Err(Failure::run(format_args!("the kernel has initialised {said} pages, and {pages} are there")))
        }
        _ => Ok(()),
    }
}

/// Whether the kernel has laid the namespace out as the library does.
fn laid_out_alike(namespace: &Namespace, capture: &Capture<'_>) -> Result<(), Failure> {
    let layout = namespace.layout().map_err(Failure::run)?;
    let (ours, kernels) = ((layout.first_pfn(), layout.pages()), (capture.first_pfn, capture.device.pages));
    if ours == kernels {
        return Ok(());
    }
    Err(Failure::run(format_args!(
        "the kernel starts at pfn {:#x} with {} pages, and we at pfn {:#x} with {}",
        kernels.0, kernels.1, ours.0, ours.1
    )))
}

/// What was captured, and the command that writes the same.
fn describe(options: &Options, capture: &Capture<'_>, has_types: bool) -> String {
    let Options { arch, mode, .. } = options;
    let page_size = capture.profile.kconfig.page_size;
    let kernel: Kernel = capture.profile.kernel;
    let hash: String = Sha256::digest(capture.memmap).iter().map(|byte| format!("{byte:02x}")).collect();
    let align = args::align(page_size, options.align).map_or("", |align| align.name());
    format!(
        "kernel            {} ({arch}, pages of {page_size}; read by its {})\n\
         namespace         {mode}, alignment {align}, {} bytes, {} of them cut off; data offset {:#x}\n\
         struct pages      {} of {} bytes, from pfn {:#x} on\n\
         vmemmap base      {:#x}\n\
         pgmap             {:#x}\n\
         flag word         {:#018x}\n\
         sha256            {hash}\n\
         the same by us    cargo xtask memmap-dump --arch {arch} --page-size {page_size} --kernel {kernel} --mode {mode} --align {align} --nid {} \
         --start-pfn {:#x} --nr-pages {} --vmemmap-base {:#x} --pgmap {:#x} --out FILE\n",
        capture.package.release,
        if has_types { "configuration and types" } else { "configuration" },
        options.size,
        capture.device.end_trunc,
        capture.device.data_offset,
        capture.device.pages,
        capture.profile.kconfig.struct_page_size(),
        capture.first_pfn,
        capture.vmemmap_base(),
        capture.word(1),
        capture.word(0),
        options.node,
        capture.first_pfn,
        capture.device.pages,
        capture.vmemmap_base(),
        capture.word(1),
    )
}
