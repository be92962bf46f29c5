//! The options of `cargo xtask memmap inspect`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use memmap_template::Kernel;
use memmap_template::inspect::Reader;

use crate::args::{self, list, take};
use crate::failure::Failure;
use crate::knobs::{self, Knob};
use crate::number::number;

const ABOUT: &str = "Looks into raw memmaps";

const INSPECT: &str =
    "Decodes a raw memmap, ours or a kernel's, and finds the first page that is not as initialisation leaves it";

const LONG_INSPECT: &str = "Decodes a raw memmap, ours or a kernel's: kind, order, zone, node, reference count and encoding of each page, equal neighbours on one line. \
    Then every page is compared with what the first ones say that it should be; the first one that breaks an invariant of a freshly initialised memmap ends the command with the \
    reason and exit code 1. Flag words are read as those of an x86_64 distribution kernel.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask memmap inspect devdax.memmap\n  \
    cargo xtask memmap inspect devdax.memmap --kernel 6.12 --lines 1000\n  \
    cargo xtask memmap inspect devdax.memmap --page 513";

const OUTER_EXAMPLES: &str = "Examples:\n  \
    cargo xtask memmap inspect devdax.memmap      what is in it, and the first page that is not as it should be\n  \
    cargo xtask memmap inspect --help             all of it";

/// What to read, and how.
pub(crate) struct Options {
    pub(crate) file: PathBuf,
    /// The kernel that it is to be read as; None to find out.
    pub(crate) kernel: Option<Kernel>,
    pub(crate) reader: Reader,
    pub(crate) page: Option<u64>,
    pub(crate) lines: u64,
}

/// The definition for the command line.
pub(crate) fn command() -> Command {
    let inspect = Command::new("inspect").about(INSPECT).long_about(LONG_INSPECT).after_help(EXAMPLES).args([
        Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf)).help("The raw memmap"),
        args::kernel_arg().help("Whose memmap [default: the one that fits best]"),
        args::struct_page_arg(),
        args::with_arg(),
        args::number_arg("start-pfn", "PFN")
            .default_value("0")
            .value_parser(number)
            .help("The first page's pfn, for section numbers"),
        args::number_arg("page", "INDEX").value_parser(number).help("Show this page only, with its words"),
        args::number_arg("lines", "N").default_value("20").value_parser(number).help("Lines of pages to print at most"),
    ]);
    Command::new("memmap")
        .about(ABOUT)
        .after_help(OUTER_EXAMPLES)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(inspect)
}

impl Options {
    /// Takes the options out of clap's hands.
    pub(crate) fn new(mut matches: ArgMatches) -> Result<Self, Failure> {
        let (_, mut matches) = matches.remove_subcommand().expect("clap requires a subcommand, and knows one");
        let preset = knobs::preset(take(&mut matches, "struct-page"), &list::<Knob>(&mut matches, "with"))?;
        let kernel: Option<Kernel> = matches.remove_one("kernel");
        let mut reader = Reader::default();
        (reader.kconfig, reader.flags) = (preset.kconfig, preset.flags);
        reader.first_pfn = take(&mut matches, "start-pfn");
        Ok(Self {
            file: take(&mut matches, "file"),
            kernel,
            reader,
            page: matches.remove_one("page"),
            lines: take(&mut matches, "lines"),
        })
    }
}
