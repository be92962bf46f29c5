//! A memmap, initialised by each strategy.

use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::slice;

use bench_runner::fills::{self, FILL};
use bench_runner::places::Block;
use bench_runner::protocol::{Kind, LIMIT_FILL};
use memcpy_streaming::Backend;
use memmap_template::{
    AddressModel, Config, Hooks, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, STRUCT_PAGE_SIZE, Strategy,
};

use super::{Start, entrant, streamer};

/// The range starts at 4 GiB, which every order divides.
const FIRST_PFN: u64 = 0x10_0000;
/// Where the kernel is said to have the struct page of pfn 0, and the dev_pagemap.
const VMEMMAP_BASE: u64 = 0xffd4_0000_0000_0000;
const PGMAP: u64 = 0xff11_0000_05ec_5180;

impl Start<'_> {
    pub(super) fn memmap(&mut self, order: u32) -> Result<(), String> {
        let point = self.point;
        let len = usize::try_from(point.size).map_err(|_| "a memmap of more bytes than addresses")?;
        // Compounds on a device of its own (devdax), or single pages (fsdax).
        let mut pgmap = Pgmap::new(PGMAP, if order == 0 { MemoryType::FsDax } else { MemoryType::Generic });
        pgmap.vmemmap_shift = order;
        let range = PfnRange { start_pfn: FIRST_PFN, nr_pages: point.size / STRUCT_PAGE_SIZE };
        let config = Config::new(Kernel::V7_1, pgmap, range, AddressModel::Vmemmap { base: VMEMMAP_BASE });
        let init = MemmapInit::new(config).map_err(|error| error.to_string())?;
        let part = self.arena.part(0, 1);
        // A piece for each strategy, and for the fill.
        let most = part.len / (Strategy::ALL.len() + 1);
        if init.buffer_len() != point.size || len > most {
            return Err(format!("memmaps of {len} bytes do not fit: each is to have {most} at most"));
        }
        let piece = |index| Block { dst: part.dst.wrapping_add(index * most / 4096 * 4096), src: part.src, len };
        let threads = NonZeroUsize::new(point.threads).ok_or("no threads")?;
        self.race.bytes = point.size;
        // The strategies use what is best, or the one backend that was asked for.
        let streamer = streamer(self.backends.first().copied().unwrap_or_else(Backend::active))?;
        for (index, &strategy) in Strategy::ALL.iter().enumerate() {
            let block = piece(index);
            // SAFETY: a piece of its own, and one lap at a time.
            let run =
                move || init.run_parallel(unsafe { memory(block) }, strategy, streamer, threads, Hooks::default());
            // SAFETY: as above.
            unsafe { memory(block) }.fill(MaybeUninit::new(FILL));
            let report = run().map_err(|error| format!("{strategy}: {error}"))?;
            if report.ran != strategy || report.backend != streamer.backend() || report.pages != init.pages() {
                return Err(format!("{strategy}: {report:?} is of something else"));
            }
            // SAFETY: two pieces of the arena that nobody writes now; the first strategy is the one to compare with.
            let same = unsafe { slice::from_raw_parts(block.dst, len) == slice::from_raw_parts(part.dst, len) };
            if Strategy::ALL[0] != Strategy::Slow || !same {
                return Err(format!("{strategy} is not what slow writes"));
            }
            let kind = if strategy == Strategy::Slow { Kind::Peer } else { Kind::Ours };
            let (backend, streamed) =
                if report.streamed_copies > 0 { (report.backend.name(), "yes") } else { ("", "no") };
            let lap = move || assert!(run().is_ok(), "it was verified");
            self.race.enter(entrant(strategy.name(), kind, backend, streamed), vec![Box::new(lap)]);
        }
        if self.limit && point.threads == 1 {
            let block = piece(Strategy::ALL.len());
            // SAFETY: as for the strategies.
            let fill = move || fills::streamed(streamer, unsafe { memory(block) });
            self.race.enter(entrant(LIMIT_FILL, Kind::Limit, streamer.backend().name(), "yes"), vec![Box::new(fill)]);
        }
        Ok(())
    }
}

/// # Safety
/// It is a piece of the arena, and nobody else uses it while the slice lives.
unsafe fn memory<'a>(piece: Block) -> &'a mut [MaybeUninit<u8>] {
    // SAFETY: the caller's.
    unsafe { slice::from_raw_parts_mut(piece.dst.cast(), piece.len) }
}
