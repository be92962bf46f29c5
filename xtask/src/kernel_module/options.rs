//! The options of `cargo xtask kernel-module`.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use memmap_template::namespace::Mode;

use crate::args::{self, take};
use crate::failure::Failure;
use crate::golden::options::{limit_arg, package_arg};

const LONG_ABOUT: &str = "Builds memcpy-streaming/examples/kernel-module, with the C ABI and memmap-template in it, against the headers of a stock Debian kernel of x86_64, and loads it into that kernel in an \
    emulated machine (qemu, without KVM) with an NVDIMM. There it runs all sizes and alignments by each backend, and compares a memmap by each strategy, page by page, with the one that the running \
    kernel has written for the NVDIMM. objtool and modpost have to be silent, and no vector register may be used.\n\n\
    apt fetches the packages into a folder below cargo's target directory, where they stay. Two minutes, most of them for Rust's core, which is built with the kernel's flags.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask kernel-module                                                     Debian's newest 6.1\n  \
    cargo xtask kernel-module --kernel-package linux-image-6.1.0-56-amd64 --mode devdax\n  \
    cargo xtask kernel-module --panic                                             and what becomes of a panic";

/// What to build and run.
pub(crate) struct Options {
    /// The kernel's package; None for the newest 6.1.
    pub(crate) package: Option<String>,
    pub(crate) mode: Mode,
    pub(crate) panics: bool,
    pub(crate) limit: Duration,
}

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("kernel-module")
        .about("Builds the crates into a kernel module, and runs it in a stock Debian kernel")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .args([
            package_arg().help("Debian's package of the kernel, of any suite; its headers have to be built with a gcc that is here [default: the newest 6.1]"),
            args::mode_arg().default_value("fsdax").help("What the NVDIMM is used as: fsdax (single pages) or devdax (compounds of 2 MiB)"),
            Arg::new("panic").long("panic").action(ArgAction::SetTrue).help("Have it panic afterwards, and show what the kernel reports"),
            limit_arg(),
        ])
}

impl Options {
    /// Takes the options out of clap's hands.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Self, Failure> {
        Ok(Self {
            package: matches.remove_one("kernel-package"),
            mode: take(&mut matches, "mode"),
            panics: matches.get_flag("panic"),
            limit: Duration::from_secs(take::<u32>(&mut matches, "limit").into()),
        })
    }
}
