//! A memmap, initialised by each strategy.

use std::num::NonZeroUsize;
use std::slice;

use bench_runner::places::{Arena, Block};
use bench_runner::protocol::{Entrant, Kind, LIMIT_FILL};
use bench_runner::{Cache, Ends, Point, Reread};
use memcpy_streaming::{Backend, memcpy_streaming_drain};
use memmap_template::{
    AddressModel, Config, Hooks, InitReport, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, STRUCT_PAGE_SIZE,
    Strategy,
};

use super::bytes::BYTE;
use super::{Field, Race, entrant, limit, streamer};

/// The range starts at 4 GiB, which every order divides.
const FIRST_PFN: u64 = 0x10_0000;
/// Where the kernel is said to have the struct page of pfn 0, and the dev_pagemap.
const VMEMMAP_BASE: u64 = 0xffd4_0000_0000_0000;
const PGMAP: u64 = 0xff11_0000_05ec_5180;

pub(super) fn race(point: &Point, order: u32, field: &Field<'_>, arena: &mut Arena) -> Result<Race, String> {
    if point.ends != Ends::Aligned || point.cache != Cache::ColdSequential || point.reread != Reread::No {
        return Err("a memmap is aligned, not in the cache, and not read".to_string());
    }
    let len = usize::try_from(point.size).map_err(|_| "a memmap of more bytes than addresses")?;
    let init = MemmapInit::new(config(point.size / STRUCT_PAGE_SIZE, order)).map_err(|error| error.to_string())?;
    let part = arena.part(0, 1);
    // A piece for each strategy, and for the fill.
    let most = part.len / (Strategy::ALL.len() + 1);
    if init.buffer_len() != point.size || len > most {
        return Err(format!("memmaps of {len} bytes do not fit: each is to have {most} at most"));
    }
    let piece = |index| Block { dst: part.dst.wrapping_add(index * most / 4096 * 4096), src: part.src, len };
    let threads = NonZeroUsize::new(point.threads).ok_or("no threads")?;
    let mut race = Race::empty(len);
    // The strategies use what is best, or the one backend that was asked for.
    let streamer = streamer(field.backends.first().copied().unwrap_or_else(Backend::active))?;
    for (index, &strategy) in Strategy::ALL.iter().enumerate() {
        let block = piece(index);
        let run = move || {
            let block = block;
            // SAFETY: a piece of the arena, which only this entrant uses, one lap at a time; MaybeUninit has the layout of u8.
            let memory = unsafe { slice::from_raw_parts_mut(block.dst.cast(), len) };
            init.run_parallel(memory, strategy, streamer, threads, Hooks::default())
        };
        // SAFETY: as above.
        unsafe { block.dst.write_bytes(BYTE, len) };
        let report = run().map_err(|error| format!("{strategy}: {error}"))?;
        if report.ran != strategy || report.backend != streamer.backend() || report.pages != init.pages() {
            return Err(format!("{strategy}: {} ran with {} over {} pages", report.ran, report.backend, report.pages));
        }
        // SAFETY: two pieces of the arena that nobody writes now; the first strategy is the one to compare with.
        let same = unsafe { slice::from_raw_parts(block.dst, len) == slice::from_raw_parts(part.dst, len) };
        if Strategy::ALL[0] != Strategy::Slow || !same {
            return Err(format!("{strategy} is not what slow writes"));
        }
        race.enter(
            named(strategy, &report),
            vec![Box::new(move || {
                run().expect("it was verified");
            })],
        );
    }
    if field.limit && point.threads == 1 {
        let block = piece(Strategy::ALL.len());
        let fill = move || {
            let block = block;
            // SAFETY: all of the piece; drained.
            unsafe { streamer.memset_streaming(block.dst, BYTE, len) };
            memcpy_streaming_drain();
        };
        race.enter(limit(LIMIT_FILL, streamer.backend().name()), vec![Box::new(fill)]);
    }
    Ok(race)
}

fn named(strategy: Strategy, report: &InitReport) -> Entrant {
    let kind = if strategy == Strategy::Slow { Kind::Peer } else { Kind::Ours };
    match report.streamed_copies {
        0 => entrant(strategy.name(), kind, "", "no"),
        _ => entrant(strategy.name(), kind, report.backend.name(), "yes"),
    }
}

/// The memmap of `pages` pages in compounds of an order, on a device of its own (devdax), or of single ones (fsdax).
fn config(pages: u64, order: u32) -> Config {
    let memory_type = if order == 0 { MemoryType::FsDax } else { MemoryType::Generic };
    let mut pgmap = Pgmap::new(PGMAP, memory_type);
    pgmap.vmemmap_shift = order;
    let range = PfnRange { start_pfn: FIRST_PFN, nr_pages: pages };
    Config::new(Kernel::V7_1, pgmap, range, AddressModel::Vmemmap { base: VMEMMAP_BASE })
}
