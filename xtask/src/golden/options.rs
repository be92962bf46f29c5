//! The options of `cargo xtask golden`.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches, value_parser};
use memmap_template::namespace::{Align, Mode};

use crate::arch::Arch;
use crate::failure::Failure;
use crate::number::size;

const ABOUT: &str = "Captures the memmap that a stock Debian kernel writes, and compares it with ours";

const LONG_ABOUT: &str = "Boots a stock Debian kernel in an emulated machine (qemu, without KVM) with an emulated NVDIMM, has it bind a namespace with its memmap on the device, and takes the \
    struct pages out of the device's file once the machine is off. They are raw, as memmap-dump writes them.\n\n\
    With --compare the kernel's profile is worked out from its own configuration and types (BTF), the memmap is written by all four strategies, and every byte is compared: \"identical\", or \
    the first word that differs, as `memmap inspect` says it, and exit code 1.\n\n\
    apt fetches the kernel's packages, and a static busybox, into a folder below cargo's target directory, where they stay; nothing is installed but qemu, where it is missing and we are root on \
    Debian. Ten to sixty seconds, once the packages are there.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask golden --arch x86_64 --kernel-package linux-image-6.12-amd64 --mode devdax --out 6.12.memmap --compare\n  \
    cargo xtask golden --arch x86_64 --kernel-package linux-image-amd64 --mode fsdax --align 1G --size 4GiB --node 1 --out fsdax.memmap\n  \
    cargo xtask golden --arch arm64 --kernel-package linux-image-6.12-arm64-16k --mode devdax --align 32M --out 16k.memmap --compare";

#[derive(Args)]
pub(crate) struct Options {
    /// Whose kernel: x86_64 or arm64
    #[arg(long)]
    pub(crate) arch: Arch,
    /// Debian's package of the kernel, of any suite, such as linux-image-6.12.107+deb13-arm64-16k
    #[arg(long = "kernel-package", value_name = "NAME")]
    pub(crate) package: String,
    /// fsdax (single pages) or devdax (compounds of --align)
    #[arg(long, value_parser = str::parse::<Mode>)]
    pub(crate) mode: Mode,
    /// Alignment of the namespace, and of devdax its compounds: 4K, 2M or 1G; 16K or 32M with pages of 16K, 64K or 512M with pages of 64K
    /// [default: 2M, 32M or 512M]
    #[arg(long, value_name = "SIZE", value_parser = str::parse::<Align>)]
    pub(crate) align: Option<Align>,
    /// Size of the NVDIMM: a number with K, M, G, T (powers of 1024) or KB, MB, GB, TB
    #[arg(long, default_value = "1GiB", value_parser = size, allow_negative_numbers = true)]
    pub(crate) size: u64,
    // qemu has up to eight of them.
    /// NUMA node of the NVDIMM, up to 7; on arm64 there is node 0 only
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u32).range(..8), allow_negative_numbers = true)]
    pub(crate) node: u32,
    /// Output file; replaced only once the whole memmap is there
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write the same memmap by all four strategies, and compare every byte
    #[arg(long)]
    pub(crate) compare: bool,
    /// How long the boot may take; the last lines of its console are shown if it takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = value_parser!(u32).range(1..),
        allow_negative_numbers = true)]
    pub(crate) limit: u32,
}

pub(crate) fn command() -> Command {
    Options::augment_args(Command::new("golden").about(ABOUT).long_about(LONG_ABOUT).after_help(EXAMPLES))
}

impl Options {
    pub(crate) fn new(matches: ArgMatches) -> Result<Self, Failure> {
        let options = Self::from_arg_matches(&matches).expect("clap has checked them");
        match (options.arch, options.node) {
            (Arch::X86_64, _) | (Arch::Arm64, 0) => Ok(options),
            (Arch::Arm64, node) => Err(Failure::input(format_args!(
                "--node {node}: the firmware of arm64's machine tells of node 0 only; leave --node out"
            ))),
        }
    }
}
