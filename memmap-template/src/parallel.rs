//! A range split over threads.

use core::fmt;
use core::mem::MaybeUninit;
use core::num::NonZeroUsize;
use std::vec::Vec;
use std::{panic, thread};

use memcpy_streaming::Streamer;

use crate::error::ConfigError;
use crate::hooks::Hooks;
use crate::init::MemmapInit;
use crate::range::PageRange;
use crate::report::{Counts, InitReport};
use crate::strategy::Strategy;

/// Pages of a section where the flag word has none: 128 MiB of 4 KiB pages.
const SECTION_SHIFT: u32 = 15;

/// Why [`MemmapInit::run_parallel`] failed. [`Display`](fmt::Display) is complete; [`source`](core::error::Error::source) is the cause as
/// a type.
#[non_exhaustive]
#[derive(Debug)]
pub enum ParallelError {
    /// The configuration does not fit the memory or the hooks. Nothing has been written.
    Config(ConfigError),
    /// A thread could not be started. All others have ended; a part of the memmap has been written.
    Spawn(std::io::Error),
}

impl fmt::Display for ParallelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParallelError::Config(error) => error.fmt(f),
            ParallelError::Spawn(error) => write!(f, "a thread could not be started: {error}"),
        }
    }
}

impl core::error::Error for ParallelError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            ParallelError::Config(error) => Some(error),
            ParallelError::Spawn(error) => Some(error),
        }
    }
}

impl From<ConfigError> for ParallelError {
    fn from(error: ConfigError) -> ParallelError {
        ParallelError::Config(error)
    }
}

impl MemmapInit {
    /// [`run_with`](Self::run_with) on up to `threads` threads, which share the range at borders of sections or, if these are larger, compounds.
    /// The bytes are the same. Each thread drains what it streamed before it ends.
    ///
    /// There are no more threads than sections. A range with a tracepoint to report to is initialised by one: events come in order.
    ///
    /// # Errors
    ///
    /// As [`run_with`](Self::run_with), and [`Spawn`](ParallelError::Spawn) if a thread cannot be started.
    ///
    /// # Panics
    ///
    /// With the payload of the first part that panicked, once all threads have ended; a part of the memmap has been written then. It is a
    /// bug of this crate, as a panic of `run` is, and no error to go on from.
    ///
    /// In any case no thread is running any more.
    pub fn run_parallel(
        &self,
        memmap: &mut [MaybeUninit<u8>],
        strategy: Strategy,
        streamer: Streamer,
        threads: NonZeroUsize,
        hooks: Hooks<'_, '_>,
    ) -> Result<InitReport, ParallelError> {
        if hooks.page_ref_set.is_some() || threads.get() == 1 {
            return Ok(self.run_with(memmap, strategy, streamer, hooks)?);
        }
        let range = self.range(memmap, &hooks)?;
        let (ran, fallback) = self.path(strategy, &hooks);
        let section_shift = match self.config().flags {
            flags if flags.section_width > 0 => flags.pfn_section_shift,
            _ => SECTION_SHIFT,
        };
        let parts: Vec<_> = split(range, section_shift.max(range.order), threads, self.struct_page_size()).collect();
        let counts = on_threads(&parts, |part| {
            // SAFETY: the range has just been made of the exclusive borrow, which lasts until all threads have ended, and found to be
            // long enough and aligned. So each part is valid and aligned; and exclusive, since no two parts overlap and `part` is only
            // handed to one thread. `path` lets only Slow run where struct pages are no whole words.
            unsafe { self.run_range(part, ran, streamer) }
        })?;
        if let Some(usemap) = hooks.usemap {
            usemap.mark(self.pageblocks(), range);
        }
        Ok(self.report(strategy, ran, fallback, streamer, counts, parts.len()))
    }
}

/// Splits a range at multiples of `1 << unit_shift` pages into at most `threads` parts, none of them empty.
fn split(
    range: PageRange,
    unit_shift: u32,
    threads: NonZeroUsize,
    struct_page_size: u64,
) -> impl Iterator<Item = PageRange> {
    let first_unit = range.first_pfn >> unit_shift;
    let units = ((range.end_pfn() - 1) >> unit_shift) - first_unit + 1;
    let parts = units.min(threads.get() as u64);
    let border = move |part: u64| {
        // Wide enough for any number of units and threads; the result is a pfn, or the end of the last one's unit.
        let unit = (u128::from(units) * u128::from(part) / u128::from(parts)) as u64 + first_unit;
        (unit << unit_shift).clamp(range.first_pfn, range.end_pfn())
    };
    (0..parts).map(move |part| range.part(border(part), border(part + 1), struct_page_size))
}

/// A part that one thread writes.
struct Part(PageRange);

// SAFETY: a PageRange is numbers and a pointer to memory without thread affinity; whoever made it vouches that the thread that gets the
// part is the only one to access that memory.
unsafe impl Send for Part {}

/// Runs `work` on each part, the first one on this thread. All threads have ended when it returns or panics.
fn on_threads(parts: &[PageRange], work: impl Fn(PageRange) -> Counts + Sync) -> Result<Counts, ParallelError> {
    let work = &work;
    let one = |part: Part| work(part.0);
    thread::scope(|scope| {
        let (mut handles, mut spawn_error) = (Vec::new(), None);
        for &range in &parts[1..] {
            let part = Part(range);
            match thread::Builder::new().name("memmap".into()).spawn_scoped(scope, move || one(part)) {
                Ok(handle) => handles.push(handle),
                Err(error) => {
                    spawn_error = Some(ParallelError::Spawn(error));
                    break;
                }
            }
        }
        let mut counts = if spawn_error.is_none() { one(Part(parts[0])) } else { Counts::default() };
        for handle in handles {
            // The scope would panic with words of its own, and the payload would be lost. It waits for the other threads first.
            counts += handle.join().unwrap_or_else(|payload| panic::resume_unwind(payload));
        }
        spawn_error.map_or(Ok(counts), Err)
    })
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn range(first_pfn: u64, pages: u64, order: u32) -> PageRange {
        let memmap = core::ptr::null_mut();
        PageRange { first_pfn, pages, order, compound_nr_pages: 1 << order, memmap, address: 0 }
    }

    fn parts(range: PageRange, shift: u32, threads: usize) -> Vec<PageRange> {
        split(range, shift, NonZeroUsize::new(threads).unwrap(), 64).collect()
    }

    #[test]
    fn parts_cover_the_range_and_meet_at_borders() {
        for (first, pages, shift, threads) in [
            (0x101200, 257_536, 15, 2),
            (0x101200, 257_536, 15, 3),
            (0x101200, 257_536, 15, 1000),
            (1, 5, 15, 4),
            (0, 1 << 52, 15, usize::MAX),
            ((1 << 52) - 1, 1, 18, 7),
        ] {
            let whole = range(first, pages, 0);
            let threads = threads.min(if cfg!(miri) { 64 } else { 4096 });
            let parts = parts(whole, shift, threads);
            assert!(!parts.is_empty() && parts.len() <= threads);
            assert_eq!((parts[0].first_pfn, parts[parts.len() - 1].end_pfn()), (first, first + pages));
            assert!(parts.iter().all(|part| part.pages > 0));
            for pair in parts.windows(2) {
                assert_eq!(pair[0].end_pfn(), pair[1].first_pfn);
                assert!(pair[1].first_pfn.is_multiple_of(1 << shift));
                assert_eq!(pair[1].address, (pair[1].first_pfn - first) * 64);
            }
        }
    }

    #[test]
    fn parts_are_written_at_the_same_time() {
        let parts = parts(range(0, 8 << 15, 0), 15, 8);
        // One after the other, the first would wait for ever.
        let all = std::sync::Barrier::new(parts.len());
        let counts = on_threads(&parts, |part| {
            all.wait();
            Counts { streamed_copies: part.pages, drains: 1, ..Counts::default() }
        });
        let counts = counts.unwrap();
        assert_eq!((counts.streamed_copies, counts.drains), (8 << 15, 8));
    }

    #[test]
    fn a_panic_comes_with_its_payload_when_all_threads_have_ended() {
        let parts = parts(range(0, 8 << 15, 0), 15, 8);
        for bad in 0..8_u64 {
            let ended = AtomicUsize::new(0);
            let work = |part: PageRange| {
                if part.first_pfn >= bad << 15 {
                    panic::panic_any(part.first_pfn);
                }
                thread::sleep(core::time::Duration::from_millis(2));
                ended.fetch_add(1, Ordering::Relaxed);
                Counts::default()
            };
            let panicked = panic::catch_unwind(panic::AssertUnwindSafe(|| on_threads(&parts, work)));
            assert_eq!(ended.load(Ordering::Relaxed) as u64, bad, "every other part was done before");
            let payload = panicked.expect_err("a panic").downcast::<u64>().expect("what it panicked with");
            assert_eq!(*payload, bad << 15, "of the first part that panicked");
        }
    }
}
