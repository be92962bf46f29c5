//! What the options of several commands have in common: kernels, modes, alignments, lists and files for figures.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgMatches, FromArgMatches};
use memmap_template::namespace::{Align, Mode};
use memmap_template::{Kernel, PageSize};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::Output;

pub(crate) const ALIGN: &str = "Alignment of the namespace, and of devdax its compounds: 4K, 2M or 1G; 16K or 32M with pages of 16K, 64K or 512M with pages of 64K \
    [default: 2M, 32M or 512M]";

pub(crate) fn options<T: FromArgMatches>(matches: &ArgMatches) -> T {
    T::from_arg_matches(matches).expect("clap has checked them against the same definition")
}

/// The alignment of a namespace with pages of this size: what the person asked for, if they did.
pub(crate) fn align(page_size: PageSize, asked: Option<Align>) -> Result<Align, Failure> {
    let known = page_size.alignments();
    match asked {
        None => Ok(page_size.default_align()),
        Some(align) if known.contains(&align) => Ok(align),
        Some(align) => {
            let known: Vec<_> = known.iter().map(|align| align.name()).collect();
            Err(Failure::input(format_args!(
                "--align {align}: pages of {page_size} have alignments of {}; use one of them, or another --page-size",
                known.join(", ")
            )))
        }
    }
}

pub(crate) fn order(mode: Mode, page_size: PageSize, align: Align) -> u32 {
    if mode == Mode::Fsdax { 0 } else { align.order(page_size) }
}

/// Reads `--kernel`, and tells shells what there is.
pub(crate) fn kernels() -> impl TypedValueParser<Value = Kernel> {
    let names = PossibleValuesParser::new(Kernel::ALL.iter().map(|kernel| kernel.name()));
    names.map(|name| name.parse().expect("it is one of these names"))
}

/// Reads an option that is switched on or off.
pub(crate) fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("known are yes, no"),
    }
}

/// Each value once, in the order in which they were named.
pub(crate) fn once<T: PartialEq>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut known = Vec::new();
    for value in values {
        if !known.contains(&value) {
            known.push(value);
        }
    }
    known
}

/// `--json`, and what becomes of a run's figures.
#[derive(clap::Args)]
pub(crate) struct Json {
    /// Also write all figures to this file; replaced only once the run is over
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Json {
    /// Opens the file before the run, so that one that cannot be written is found then.
    pub(crate) fn create(&self) -> Result<Option<Output>, Failure> {
        self.json.as_deref().map(Output::create).transpose()
    }
}

/// Writes the figures, and says them even if the disk is full: what was measured is then not lost.
pub(crate) fn write_and_say(output: Option<Output>, figures: &impl Serialize, text: &str) -> Result<(), Failure> {
    let json = || format!("{:#}\n", serde_json::json!(figures));
    let written = output.map_or(Ok(()), |output| output.finish_with(json().as_bytes()));
    written.and(say(text))
}

pub(crate) fn say(text: &str) -> Result<(), Failure> {
    write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error))
}
