//! Our memmap beside the kernel's.

use bench_runner::memory::Mapping;
use memcpy_streaming::Streamer;
use memmap_template::inspect::Reader;
use memmap_template::namespace::Mode;
use memmap_template::{AddressModel, Config, MemmapInit, MemoryType, PfnRange, Pgmap, Strategy, Zone};

use super::Capture;
use super::options::Options;
use crate::args;
use crate::backend;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::memory;

/// Writes the memmap by every strategy, and says that all of them are identical with the kernel's.
pub(super) fn with_ours(options: &Options, capture: &Capture<'_>, interrupt: &Interrupt) -> Result<String, Failure> {
    let init = init(options, capture)?;
    let streamer = backend::streamer()?;
    let len = capture.memmap.len();
    memory::require(Mapping::cost(len as u64), "our memmap beside the kernel's")?;
    let mut ours =
        Mapping::new(len, true).map_err(|error| Failure::run(format_args!("cannot map {len} bytes: {error}")))?;
    let mut text = String::new();
    for &strategy in Strategy::ALL {
        interrupt.check()?;
        one(&init, strategy, streamer, &mut ours)?;
        if let Some(difference) =
            reader(capture).difference(capture.memmap, ours.bytes(), init.config().pgmap.vmemmap_shift)
        {
            return Err(Failure::run(format_args!("the kernel's memmap is not that of {strategy}: {difference}")));
        }
        text += &format!("{strategy:<17} identical\n");
    }
    Ok(text)
}

fn one(init: &MemmapInit, strategy: Strategy, streamer: Streamer, ours: &mut Mapping) -> Result<(), Failure> {
    // What the last one left must not pass for the work of this one.
    ours.memory().fill(std::mem::MaybeUninit::new(0xa5));
    let report = init.run(ours.memory(), strategy, streamer).map_err(Failure::run)?;
    if report.ran == strategy {
        return Ok(());
    }
    Err(Failure::run(format_args!("{} ran, and not {strategy}", report.ran)))
}

/// What the kernel was told: all but the pgmap's address is from its profile and from what was asked for.
fn init(options: &Options, capture: &Capture<'_>) -> Result<MemmapInit, Failure> {
    let profile = capture.profile;
    let page_size = profile.kconfig.page_size;
    let memory_type = if options.mode == Mode::Fsdax { MemoryType::FsDax } else { MemoryType::Generic };
    let mut pgmap = Pgmap::new(capture.word(1), memory_type);
    pgmap.vmemmap_shift = args::order(options.mode, page_size, args::align(page_size, options.align)?);
    let range = PfnRange { start_pfn: capture.first_pfn, nr_pages: capture.device.pages };
    let vmemmap = AddressModel::Vmemmap { base: capture.vmemmap_base() };
    let mut config = Config::new(profile.kernel, pgmap, range, vmemmap);
    config.flags = profile.flags;
    config.zone = Zone { index: profile.flags.zone_device, nid: options.node };
    MemmapInit::with_kconfig(config, profile.kconfig).map_err(Failure::run)
}

fn reader(capture: &Capture<'_>) -> Reader {
    let mut reader = Reader::default();
    (reader.kernel, reader.kconfig, reader.flags) =
        (capture.profile.kernel, capture.profile.kconfig, capture.profile.flags);
    reader.first_pfn = capture.first_pfn;
    reader
}
