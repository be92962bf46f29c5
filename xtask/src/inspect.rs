//! `cargo xtask memmap inspect`: a raw memmap, ours or a kernel's, in words for people.

use std::cmp::Reverse;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{ArgMatches, Command, CommandFactory};
use memmap_template::inspect::{Info, Kind, Page, Reader, Violation};
use memmap_template::{Kernel, PageSize};

use crate::arch::{Arch, StructPages};
use crate::failure::Failure;
use crate::interrupt;
use crate::number::number;
use crate::{args, memmap, memory};

/// Pages decoded between two looks at whether the person wants to stop.
const CHUNK: u64 = 1 << 20;

const OUTER_EXAMPLES: &str = "Examples:\n  \
    cargo xtask memmap inspect devdax.memmap      what is in it, and the first page that is not as it should be\n  \
    cargo xtask memmap inspect --help             all of it";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask memmap inspect devdax.memmap\n  \
    cargo xtask memmap inspect devdax.memmap --kernel 6.12 --lines 1000\n  \
    cargo xtask memmap inspect devdax.memmap --arch arm64 --page-size 16K --nid 1\n  \
    cargo xtask memmap inspect devdax.memmap --page 513";

/// Decodes a raw memmap, ours or a kernel's, and finds the first page that is not as initialisation leaves it
///
/// It prints kind, order, zone, node, reference count and encoding of each page, equal neighbours on one line. Then every page is compared with what
/// the first ones say that it should be; the first one that breaks an invariant of a freshly initialised memmap ends the command with the reason and
/// exit code 1. Flag words are read as those of a distribution kernel of --arch.
#[derive(clap::Parser)]
#[command(name = "inspect", after_help = EXAMPLES, allow_negative_numbers = true)]
pub(crate) struct Options {
    /// The raw memmap
    pub(crate) file: PathBuf,
    /// Whose memmap [default: the one that fits best]
    #[arg(long, value_name = "VERSION", value_parser = args::kernels())]
    pub(crate) kernel: Option<Kernel>,
    /// Whose distribution kernel [default: the one that fits best]
    #[arg(long)]
    pub(crate) arch: Option<Arch>,
    /// Size of a page: 4K or, on arm64, 16K or 64K [default: 4K]
    #[arg(long, value_name = "SIZE")]
    pub(crate) page_size: Option<PageSize>,
    /// NUMA node that all pages should be of [default: the one that most are of]
    #[arg(long, value_name = "NODE")]
    pub(crate) nid: Option<u32>,
    #[command(flatten)]
    pub(crate) struct_pages: StructPages,
    /// The first page's pfn, for section numbers
    #[arg(long, value_name = "PFN", default_value = "0", value_parser = number)]
    pub(crate) start_pfn: u64,
    /// Show this page only, with its words
    #[arg(long, value_name = "INDEX", value_parser = number)]
    pub(crate) page: Option<u64>,
    /// Lines of pages to print at most
    #[arg(long, value_name = "N", default_value = "20", value_parser = number)]
    pub(crate) lines: u64,
}

pub(crate) fn command() -> Command {
    Command::new("memmap")
        .about("Looks into raw memmaps")
        .after_help(OUTER_EXAMPLES)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(Options::command())
}

impl Options {
    /// What it may be read as: of each architecture all kernels, the newest first.
    pub(crate) fn readers(&self) -> Result<Vec<(Arch, Reader)>, Failure> {
        let page_size = self.page_size.unwrap_or(PageSize::Size4K);
        let arches = match self.arch {
            Some(arch) => vec![arch],
            None if page_size == PageSize::Size4K => Arch::ALL.to_vec(),
            None => vec![Arch::Arm64],
        };
        let kernels = self.kernel.as_ref().map_or(Kernel::ALL, std::slice::from_ref);
        let (mut readers, mut refused) = (Vec::new(), None);
        for arch in arches {
            let preset = self.struct_pages.preset(arch, page_size)?;
            // A node that only one of them has says which one it is.
            if let Some(nid) = self.nid.filter(|nid| nid >> preset.flags.node_width > 0) {
                let last = (1_u32 << preset.flags.node_width) - 1;
                let why = format!("--nid {nid}: the nodes of {arch} end at {last}");
                refused.get_or_insert(why);
                continue;
            }
            for &kernel in kernels.iter().rev() {
                let mut reader = memmap::profile(kernel, preset, self.nid);
                reader.first_pfn = self.start_pfn;
                readers.push((arch, reader));
            }
        }
        refused.filter(|_| readers.is_empty()).map_or(Ok(readers), |why| Err(Failure::Input(why)))
    }
}

pub(crate) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let options: Options = args::options(matches.subcommand().expect("clap requires one, and knows one").1);
    let readers = options.readers()?;
    let memmap = read(&options.file)?;
    let (text, violation) = describe(&options, &readers, &memmap)?;
    args::say(&text)?;
    match violation {
        Some(violation) if options.page.is_none() => Err(Failure::run(violation)),
        _ => Ok(()),
    }
}

/// What there is to say about the bytes of a file, and the first page that is not as initialisation leaves it.
pub(crate) fn describe(
    options: &Options,
    readers: &[(Arch, Reader)],
    memmap: &[u8],
) -> Result<(String, Option<Violation>), Failure> {
    let size = options.struct_pages.struct_page;
    if memmap.is_empty() || !(memmap.len() as u64).is_multiple_of(size) {
        return Err(Failure::input(format_args!(
            "`{}` has {} bytes, which is no whole number of struct pages of {size} bytes; name a raw memmap, or its --struct-page",
            options.file.display(),
            memmap.len()
        )));
    }
    let (reader, whose, violation) = judge(readers, memmap)?;
    let text = match options.page {
        Some(page) => one(&reader, memmap, page)?,
        None => all(&reader, &whose, memmap, options.lines)?,
    };
    Ok((text, violation))
}

/// Reads it as each kernel's of each architecture. If none has written it as it is, the one wins that the fewest pages differ from; of
/// equals the one that gets farthest, and then the newer one. With it come the names of all that may have written it.
fn judge(readers: &[(Arch, Reader)], memmap: &[u8]) -> Result<(Reader, String, Option<Violation>), Failure> {
    let (mut fitting, mut broken) = (Vec::new(), Vec::new());
    for &(arch, reader) in readers {
        interrupt::check()?;
        match reader.first_violation(memmap) {
            None => fitting.push((arch, reader)),
            Some(violation) => broken.push((arch, reader, violation)),
        }
    }
    if let Some(&(arch, reader)) = fitting.first() {
        let kernels = fitting.iter().rev().filter(|(other, _)| *other == arch).map(|(_, reader)| reader.kernel.name());
        let whose = format!("{} on {arch}", kernels.collect::<Vec<_>>().join(" or "));
        return Ok((reader, whose, None));
    }
    let mut ranked = Vec::new();
    for (arch, reader, violation) in broken {
        interrupt::check()?;
        ranked.push(((reader.violations(memmap), Reverse(violation.page)), arch, reader, violation));
    }
    // The first of equals: the newest kernel of the first architecture.
    let best = ranked.into_iter().min_by_key(|(rank, ..)| *rank);
    let (_, arch, reader, violation) = best.expect("there is at least one kernel");
    Ok((reader, format!("{} on {arch}", reader.kernel), Some(violation)))
}

/// All pages, equal neighbours on one line, at most `lines` lines of them.
fn all(reader: &Reader, whose: &str, memmap: &[u8], lines: u64) -> Result<String, Failure> {
    let (pages, size) = (reader.pages(memmap), reader.kconfig.struct_page_size());
    let mut text = format!("{pages} struct pages of {size} bytes, read as those of kernel {whose}\n");
    let (mut counts, mut runs, mut start) = ([0_u64; 4], 0, 0);
    let mut next = reader.page(memmap, 0);
    for end in 1..=pages {
        if end % CHUNK == 0 {
            interrupt::check()?;
        }
        let page = next.expect("there are so many");
        counts[page.kind as usize] += 1;
        // None behind the last one: the end of the last run of equal pages.
        next = reader.page(memmap, end);
        if next != Some(page) {
            if runs < lines {
                text += &line(start, end, &page);
            }
            (runs, start) = (runs + 1, end);
        }
    }
    if runs > lines {
        let _ = writeln!(text, "... {} more lines (--lines, or --page INDEX for one page)", runs - lines);
    }
    let [blank, single, head, tail] =
        [Kind::Blank, Kind::Single, Kind::Head, Kind::Tail].map(|kind| counts[kind as usize]);
    let _ = writeln!(text, "{single} single pages, {head} heads, {tail} tails, {blank} not initialised");
    Ok(text)
}

fn one(reader: &Reader, memmap: &[u8], index: u64) -> Result<String, Failure> {
    let last = reader.pages(memmap) - 1;
    let beyond = || Failure::input(format_args!("--page {index} is beyond the last page, {last}"));
    let mut text = line(index, index + 1, &reader.page(memmap, index).ok_or_else(beyond)?);
    let size = reader.kconfig.struct_page_size() as usize;
    for (word, bytes) in memmap[index as usize * size..][..size].as_chunks().0.iter().enumerate() {
        let value = u64::from_ne_bytes(*bytes);
        let _ = writeln!(text, "  word {word:2}: {value:016x}");
    }
    Ok(text)
}

/// Equal pages from `start` to `end`.
fn line(start: u64, end: u64, page: &Page) -> String {
    let range = if end - start > 1 { format!("{start}..{}", end - 1) } else { start.to_string() };
    if page.kind == Kind::Blank {
        return format!("{range:>17}  not initialised\n");
    }
    let kind = format!("{:?}", page.kind).to_lowercase();
    let info = match page.info {
        Info::Pgmap(address) => format!("pgmap {address:#x}"),
        Info::Pointer(address) => format!("head at {address:#x}"),
        Info::Mask(order) => format!("mask for order {order}"),
        other => format!("{other:?}"),
    };
    let order = page.order.map_or("".to_string(), |order| format!("order {order}"));
    format!(
        "{range:>17}  {kind:<6} {order:<8}  zone {} node {} refcount {} mapcount {} flags {:016x}  {info}\n",
        page.zone, page.nid, page.refcount, page.mapcount, page.flags
    )
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let cannot = |error| Failure::input(format_args!("cannot read `{shown}`: {error}; name a file with a raw memmap"));
    let found = fs::metadata(path).map_err(cannot)?;
    if !found.is_file() {
        return Err(cannot(io::Error::other("it is no regular file")));
    }
    memory::require(found.len(), "reading the memmap")?;
    fs::read(path).map_err(cannot)
}
