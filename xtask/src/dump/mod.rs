//! `cargo xtask memmap-dump`: a memmap as raw bytes, to be compared with a kernel's.

pub(crate) mod options;

use bench_runner::memory::Mapping;
use memcpy_streaming::Streamer;
use memmap_template::{MemmapInit, PfnRange, STRUCT_PAGE_SIZE};

use crate::backend;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::memory;
use crate::output::Output;
use crate::progress::Progress;
use options::Options;

/// Pages initialised at a time: a multiple of the largest compound (2^18), so that a dump of any size takes 64 MiB of memory.
const CHUNK: u64 = 1 << 20;

/// Writes the file, or nothing.
pub(crate) fn run(options: &Options, interrupt: &Interrupt) -> Result<(), Failure> {
    let streamer = backend::streamer()?;
    let PfnRange { start_pfn, nr_pages } = options.config.range;
    let chunk_len = CHUNK.min(nr_pages) * STRUCT_PAGE_SIZE;
    memory::require(Mapping::cost(chunk_len), "a part of the memmap")?;
    let mut mapping = Mapping::new(chunk_len as usize, true)
        .map_err(|error| Failure::input(format_args!("cannot map {chunk_len} bytes: {error}")))?;
    let mut output = Output::create(&options.out)?;
    output.reserve(nr_pages * STRUCT_PAGE_SIZE)?;
    let progress = Progress::new(nr_pages.div_ceil(CHUNK));
    for done in (0..nr_pages).step_by(CHUNK as usize) {
        interrupt.check()?;
        progress.start("parts of 64 MiB");
        let part = PfnRange { start_pfn: start_pfn + done, nr_pages: CHUNK.min(nr_pages - done) };
        output.write_all(initialise(options, part, streamer, &mut mapping)?)?;
        progress.done();
    }
    interrupt.check()?;
    output.finish()
}

/// Initialises one part of the range, and gives its bytes.
fn initialise<'a>(
    options: &Options,
    range: PfnRange,
    streamer: Streamer,
    mapping: &'a mut Mapping,
) -> Result<&'a [u8], Failure> {
    let mut config = options.config;
    config.range = range;
    let init = MemmapInit::with_kconfig(config, options.kconfig).map_err(Failure::input)?;
    let len = init.buffer_len() as usize;
    let report = init.run(&mut mapping.memory()[..len], options.strategy, streamer).map_err(Failure::run)?;
    if (report.ran, report.struct_pages) != (options.strategy, range.nr_pages) {
        return Err(Failure::run(format_args!(
            "{} ran for {} of {} struct pages, not {}",
            report.ran, report.struct_pages, range.nr_pages, options.strategy
        )));
    }
    Ok(&mapping.bytes()[..len])
}
