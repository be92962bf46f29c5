//! Memmaps as the commands write them: by a kernel's profile, into memory of our own, by the strategy that was asked for and no other.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::time::Instant;

use bench_runner::memory::Mapping;
use memcpy_streaming::Streamer;
use memmap_template::inspect::Reader;
use memmap_template::{
    AddressModel, Config, ConfigError, Hooks, Kernel, MemmapInit, PfnRange, Pgmap, Preset, Strategy, Zone,
};

use crate::failure::Failure;

/// A kernel that is built so, and the node of its pages.
pub(crate) fn profile(kernel: Kernel, Preset { kconfig, flags, .. }: Preset, nid: Option<u32>) -> Reader {
    let mut profile = Reader::default();
    (profile.kernel, profile.kconfig, profile.flags, profile.nid) = (kernel, kconfig, flags, nid);
    profile
}

/// As such a kernel initialises these pages, with the struct page of pfn 0 at `base`.
pub(crate) fn init(profile: &Reader, pgmap: Pgmap, range: PfnRange, base: u64) -> Result<MemmapInit, ConfigError> {
    let mut config = Config::new(profile.kernel, pgmap, range, AddressModel::Vmemmap { base });
    config.flags = profile.flags;
    config.zone = Zone { index: profile.flags.zone_device, nid: profile.nid.unwrap_or(0) };
    MemmapInit::with_kconfig(config, profile.kconfig)
}

pub(crate) fn map(len: u64, huge_pages: bool) -> Result<Mapping, Failure> {
    let mapping = usize::try_from(len).map_err(std::io::Error::other).and_then(|len| Mapping::new(len, huge_pages));
    mapping.map_err(|error| Failure::input(format_args!("cannot map {len} bytes for the memmap: {error}")))
}

/// Writes one, and gives the milliseconds that it took; fails if anything but what was asked for ran.
pub(crate) fn write(
    init: &MemmapInit,
    memory: &mut [MaybeUninit<u8>],
    strategy: Strategy,
    streamer: Streamer,
    threads: NonZeroUsize,
) -> Result<f64, Failure> {
    let start = Instant::now();
    let report = init.run_parallel(memory, strategy, streamer, threads, Hooks::default());
    let took = milliseconds(start);
    let report = report.map_err(Failure::run)?;
    let asked = (strategy, streamer.backend(), init.pages(), init.struct_pages());
    let ran = (report.ran, report.backend, report.pages, report.struct_pages);
    if ran != asked {
        let what = "strategy, backend, pages, and those that are written";
        return Err(Failure::run(format_args!("{asked:?} was asked for, and {ran:?} ran: {what}")));
    }
    Ok(took)
}

pub(crate) fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
