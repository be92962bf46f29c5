//! The options of `cargo xtask golden`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use memmap_template::namespace::{Align, Mode};

use crate::arch::{self, Arch};
use crate::args::{self, take};
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

/// How many nodes qemu's RAM is split among at most: eight.
const NODES: i64 = 8;

/// What to capture.
pub(crate) struct Options {
    pub(crate) arch: Arch,
    pub(crate) package: String,
    pub(crate) mode: Mode,
    pub(crate) align: Option<Align>,
    pub(crate) size: u64,
    pub(crate) node: u32,
    pub(crate) out: PathBuf,
    pub(crate) compare: bool,
    pub(crate) limit: Duration,
}

/// How long the boot may take, in seconds.
pub(crate) fn limit_arg() -> Arg {
    args::number_arg("limit", "SECONDS")
        .default_value("300")
        .value_parser(value_parser!(u32).range(1..))
        .help("How long the boot may take; the last lines of its console are shown if it takes longer")
}

/// `--kernel-package`
pub(crate) fn package_arg() -> Arg {
    Arg::new("kernel-package").long("kernel-package").value_name("NAME")
}

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("golden").about(ABOUT).long_about(LONG_ABOUT).after_help(EXAMPLES).args([
        arch::arch_arg().required(true).help("Whose kernel: x86_64 or arm64"),
        package_arg()
            .required(true)
            .help("Debian's package of the kernel, of any suite, such as linux-image-6.12.107+deb13-arm64-16k"),
        args::mode_arg().required(true).help("fsdax (single pages) or devdax (compounds of --align)"),
        args::align_arg(),
        args::number_arg("size", "SIZE")
            .default_value("1GiB")
            .value_parser(size)
            .help("Size of the NVDIMM: a number with K, M, G, T (powers of 1024) or KB, MB, GB, TB"),
        args::number_arg("node", "NODE")
            .default_value("0")
            .value_parser(value_parser!(u32).range(..NODES))
            .help("NUMA node of the NVDIMM, up to 7; on arm64 there is node 0 only"),
        Arg::new("out")
            .long("out")
            .value_name("FILE")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help("Output file; replaced only once the whole memmap is there"),
        Arg::new("compare")
            .long("compare")
            .action(ArgAction::SetTrue)
            .help("Write the same memmap by all four strategies, and compare every byte"),
        limit_arg(),
    ])
}

impl Options {
    /// Takes the options out of clap's hands.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Self, Failure> {
        let options = Self {
            arch: take(&mut matches, "arch"),
            package: take(&mut matches, "kernel-package"),
            mode: take(&mut matches, "mode"),
            align: matches.remove_one("align"),
            size: take(&mut matches, "size"),
            node: take(&mut matches, "node"),
            out: take(&mut matches, "out"),
            compare: matches.get_flag("compare"),
            limit: Duration::from_secs(take::<u32>(&mut matches, "limit").into()),
        };
        if options.arch == Arch::Arm64 && options.node > 0 {
            return Err(Failure::input(format_args!(
                "--node {}: the firmware of arm64's machine tells of node 0 only; leave --node out",
                options.node
            )));
        }
        Ok(options)
    }
}
