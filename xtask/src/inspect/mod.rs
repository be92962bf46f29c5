//! `cargo xtask memmap inspect`: a raw memmap, ours or a kernel's, in words for people.

mod listing;
pub(crate) mod options;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use memmap_template::Kernel;
use memmap_template::inspect::{Reader, Violation};

use crate::arch::Arch;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::memory;
use options::Options;

/// Bytes read between two looks at whether the person wants to stop.
const CHUNK: u64 = 64 << 20;

/// Prints what the file holds; fails if it is not what initialisation leaves.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let memmap = read(&options.file, interrupt)?;
    let (text, violation) = describe(options, &memmap, interrupt)?;
    write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error))?;
    match violation {
        Some(violation) if options.page.is_none() => Err(Failure::run(violation)),
        _ => Ok(()),
    }
}

/// What there is to say about the bytes of a file, and the first page that is not as initialisation leaves it.
pub(crate) fn describe(
    options: &Options,
    memmap: &[u8],
    interrupt: &Interrupt,
) -> Result<(String, Option<Violation>), Failure> {
    // The same for all of them: it was asked for.
    let size = options.readers[0].1.kconfig.struct_page_size();
    if memmap.is_empty() || !(memmap.len() as u64).is_multiple_of(size) {
        return Err(Failure::input(format_args!(
            "`{}` has {} bytes, which is no whole number of struct pages of {size} bytes; name a raw memmap, or its --struct-page",
            options.file.display(),
            memmap.len()
        )));
    }
    let kernels = options.kernel.as_slice();
    let judged = judge(&options.readers, if kernels.is_empty() { Kernel::ALL } else { kernels }, memmap, interrupt)?;
    let text = match options.page {
        Some(page) => listing::one(&judged.reader, memmap, page)?,
        None => listing::all(&judged, memmap, options.lines, interrupt)?,
    };
    Ok((text, judged.violation))
}

/// What the memmap is best read as.
struct Judged {
    arch: Arch,
    reader: Reader,
    /// Kernels that may have written all of it; the one that it is read as, if none did.
    kernels: Vec<Kernel>,
    violation: Option<Violation>,
}

/// Reads it as each kernel's of each architecture. If none has written it as it is, the one wins that the fewest pages differ from; of
/// equals the one that gets farthest, and then the newer one.
fn judge(
    readers: &[(Arch, Reader)],
    kernels: &[Kernel],
    memmap: &[u8],
    interrupt: &Interrupt,
) -> Result<Judged, Failure> {
    let mut broken = Vec::new();
    for &(arch, reader) in readers {
        let mut fitting: Option<Judged> = None;
        for &kernel in kernels {
            interrupt.check()?;
            let reader = as_kernels(reader, kernel);
            let violation = reader.first_violation(memmap);
            match &mut fitting {
                _ if violation.is_some() => broken.push(Judged { arch, reader, kernels: vec![kernel], violation }),
                Some(fitting) => {
                    fitting.kernels.push(kernel);
                    fitting.reader = reader;
                }
                None => fitting = Some(Judged { arch, reader, kernels: vec![kernel], violation }),
            }
        }
        if let Some(fitting) = fitting {
            return Ok(fitting);
        }
    }
    let mut best: Option<(u64, Judged)> = None;
    for judged in broken {
        interrupt.check()?;
        let violations = judged.reader.violations(memmap);
        let reach = |judged: &Judged| judged.violation.map_or(u64::MAX, |violation| violation.page);
        let is_better = best.as_ref().is_none_or(|(fewest, best)| {
            let newer = judged.arch == best.arch;
            (violations, u64::MAX - reach(&judged), !newer) < (*fewest, u64::MAX - reach(best), true)
        });
        if is_better {
            best = Some((violations, judged));
        }
    }
    Ok(best.expect("there is at least one kernel").1)
}

fn as_kernels(mut reader: Reader, kernel: Kernel) -> Reader {
    reader.kernel = kernel;
    reader
}

/// The whole file.
fn read(path: &Path, interrupt: &Interrupt) -> Result<Vec<u8>, Failure> {
    let cannot = |error: io::Error| {
        Failure::input(format_args!("cannot read `{}`: {error}; name a file with a raw memmap", path.display()))
    };
    let mut file = File::open(path).map_err(cannot)?;
    let found = file.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err(cannot(io::Error::other("it is no regular file")));
    }
    memory::require(found.len(), "reading the memmap")?;
    let mut memmap = Vec::new();
    while Read::by_ref(&mut file).take(CHUNK).read_to_end(&mut memmap).map_err(cannot)? > 0 {
        interrupt.check()?;
    }
    Ok(memmap)
}
