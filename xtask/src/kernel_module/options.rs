//! The options of `cargo xtask kernel-module`.

use clap::{ArgMatches, Args, Command, FromArgMatches, value_parser};
use memmap_template::namespace::Mode;

use crate::failure::Failure;

const LONG_ABOUT: &str = "Builds memcpy-streaming/examples/kernel-module, with the C ABI and memmap-template in it, against the headers of a stock Debian kernel of x86_64, and loads it into that kernel in an \
    emulated machine (qemu, without KVM) with an NVDIMM. There it runs all sizes and alignments by each backend, and compares a memmap by each strategy, page by page, with the one that the running \
    kernel has written for the NVDIMM. objtool and modpost have to be silent, and no vector register may be used.\n\n\
    apt fetches the packages into a folder below cargo's target directory, where they stay. Two minutes, most of them for Rust's core, which is built with the kernel's flags.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask kernel-module                                                     Debian's newest 6.1\n  \
    cargo xtask kernel-module --kernel-package linux-image-6.1.0-56-amd64 --mode devdax\n  \
    cargo xtask kernel-module --panic                                             and what becomes of a panic";

#[derive(Args)]
pub(crate) struct Options {
    /// Debian's package of the kernel, of any suite; its headers have to be built with a gcc that is here [default: the newest 6.1]
    #[arg(long = "kernel-package", value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// What the NVDIMM is used as: fsdax (single pages) or devdax (compounds of 2 MiB)
    #[arg(long, default_value = "fsdax", value_parser = str::parse::<Mode>)]
    pub(crate) mode: Mode,
    /// Have it panic afterwards, and show what the kernel reports
    #[arg(long = "panic")]
    pub(crate) panics: bool,
    /// How long the boot may take; the last lines of its console are shown if it takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = value_parser!(u32).range(1..),
        allow_negative_numbers = true)]
    pub(crate) limit: u32,
}

pub(crate) fn command() -> Command {
    let about = "Builds the crates into a kernel module, and runs it in a stock Debian kernel";
    Options::augment_args(Command::new("kernel-module").about(about).long_about(LONG_ABOUT).after_help(EXAMPLES))
}

impl Options {
    pub(crate) fn new(matches: ArgMatches) -> Result<Self, Failure> {
        Ok(Self::from_arg_matches(&matches).expect("clap has checked them"))
    }
}
