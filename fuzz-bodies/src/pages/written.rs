//! A memmap, written by every strategy.

use std::ops::Range;

use memcpy_streaming::Streamer;
use memmap_template::{ConfigError, Hooks, MIGRATE_MOVABLE, MemmapInit, Strategy, Usemap};

use super::is_in_buffer;
use crate::arena::as_uninit;

/// Bytes around the memmap that nobody may touch.
const GUARD: usize = 256;

/// A memmap as all strategies have written it.
pub(super) struct Written {
    memmap: Vec<u8>,
    skipped: usize,
}

impl Written {
    /// Writes it, into the same memory each time, and asserts that all that should be written is the same, and all that should
    /// not be untouched.
    ///
    /// # Errors
    /// If the memory is not aligned as it has to be; then asserts that nothing at all was written.
    pub(super) fn new(
        init: &MemmapInit,
        offset: usize,
        streamer: Streamer,
        usemap: &mut Usemap<'_>,
    ) -> Result<Written, ConfigError> {
        let len = init.buffer_len() as usize;
        let skipped = ((init.first_pfn() - init.config().range.start_pfn) * init.struct_page_size()) as usize;
        // Mostly one that a head can have; more, and it would be a large piece of memory.
        let align = (init.struct_page_size() as usize).next_power_of_two() << init.config().pgmap.vmemmap_shift.min(11);
        let offset = if is_in_buffer(init) && offset < 200 { align - skipped % align } else { offset };
        let mut memory = vec![0; len + 2 * GUARD + 2 * align + offset];
        let start = GUARD + memory[GUARD..].as_ptr().align_offset(align) + offset;
        let mut first: Option<Vec<u8>> = None;
        for (&strategy, garbage) in Strategy::ALL.iter().zip([0x5a_u8, 0xff, 0, 0xa5]) {
            memory.fill(garbage);
            let mut hooks = Hooks::default();
            hooks.usemap = Some(&mut *usemap);
            let report = init.run_with(as_uninit(&mut memory[start..][..len]), strategy, streamer, hooks);
            let report = match report {
                Ok(report) => report,
                Err(error) => {
                    assert!(memory.iter().all(|&byte| byte == garbage), "{error} came too late");
                    assert!(first.is_none(), "{error} for {strategy} only");
                    return Err(error);
                }
            };
            assert_eq!((report.asked, report.backend), (strategy, streamer.backend()));
            assert_eq!(report.ran == strategy, report.fallback.is_none());
            let untouched = |range: Range<usize>| memory[range].iter().all(|&byte| byte == garbage);
            assert!(untouched(0..start + skipped) && untouched(start + len..memory.len()), "{strategy} of {init:?}");
            let memmap = &memory[start..][..len];
            for pages in not_written(init, skipped) {
                assert!(untouched(start + pages.start..start + pages.end), "{strategy} of {init:?}");
            }
            match &first {
                None => first = Some(memmap.to_vec()),
                Some(first) => {
                    for pages in written(init, skipped) {
                        assert!(memmap[pages.clone()] == first[pages], "{strategy} is not slow: {init:?}");
                    }
                }
            }
        }
        let first_block = init.first_pfn().next_multiple_of(1 << init.kconfig().pageblock_order);
        if first_block < init.first_pfn() + init.compound_nr_pages().min(init.pages()) {
            assert_eq!(usemap.migratetype(first_block), Some(MIGRATE_MOVABLE), "{init:?}");
        }
        Ok(Written { memmap: first.expect("there are strategies"), skipped })
    }

    /// The part behind the altmap.
    pub(super) fn initialised(&self) -> &[u8] {
        &self.memmap[self.skipped..]
    }
}

/// The struct pages of each compound that are there.
fn written(init: &MemmapInit, skipped: usize) -> impl Iterator<Item = Range<usize>> {
    parts(init, skipped).map(|(start, end, _)| start..end)
}

/// The others, which share memory with the first ones in a kernel.
fn not_written(init: &MemmapInit, skipped: usize) -> impl Iterator<Item = Range<usize>> {
    parts(init, skipped).map(|(_, end, next)| end..next)
}

/// Where a compound's struct pages start, where those that are written end, and where the next compound starts.
fn parts(init: &MemmapInit, skipped: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let (size, order) = (init.struct_page_size() as usize, init.config().pgmap.vmemmap_shift);
    let written = size * init.compound_nr_pages() as usize;
    (0..(init.pages() >> order) as usize).map(move |i| {
        let start = skipped + ((i * size) << order);
        (start, start + written, start + (size << order))
    })
}
