//! The options of `cargo xtask golden`.

use std::path::PathBuf;

use clap::value_parser;
use memmap_template::namespace::{Align, Mode};

use crate::arch::Arch;
use crate::args;
use crate::number::size;

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
    pub(crate) arch: Arch,
    /// Debian's package of the kernel, of any suite, such as linux-image-6.12.107+deb13-arm64-16k
    #[arg(long = "kernel-package", value_name = "NAME")]
    pub(crate) package: String,
    /// fsdax (single pages) or devdax (compounds of --align)
    #[arg(long)]
    pub(crate) mode: Mode,
    #[arg(long, value_name = "SIZE", help = args::ALIGN)]
    pub(crate) align: Option<Align>,
    /// Size of the NVDIMM: a number with K, M, G, T (powers of 1024) or KB, MB, GB, TB
    #[arg(long, default_value = "1GiB", value_parser = size)]
    pub(crate) size: u64,
    // qemu has up to eight of them.
    /// NUMA node of the NVDIMM, up to 7; on arm64 there is node 0 only
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u32).range(..8))]
    pub(crate) node: u32,
    /// Output file; replaced only once the whole memmap is there
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write the same memmap by all four strategies, and compare every byte
    #[arg(long)]
    pub(crate) compare: bool,
    /// How long the boot may take; the last lines of its console are shown if it takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}
