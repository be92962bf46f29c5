//! The way from a configuration to a strategy.

use core::mem::MaybeUninit;

use memcpy_streaming::Streamer;

use crate::config::AddressModel;
use crate::error::ConfigError;
use crate::hooks::Hooks;
use crate::init::MemmapInit;
use crate::layouts::with_layout;
use crate::page::Layout;
use crate::ragged;
use crate::range::PageRange;
use crate::report::{Counts, Fallback, InitReport};
use crate::slow;
use crate::stamped;
use crate::strategy::Strategy;
use crate::streaming::Streaming;
use crate::template::{self, CopyPages, Ordinary};
use crate::trace::{Trace, Untraced};

impl MemmapInit {
    /// Writes the struct pages of [`first_pfn`](Self::first_pfn) and following into `memmap`, of which the first
    /// [`buffer_len`](Self::buffer_len) bytes are the range's memmap. Nothing else in it is touched; the altmap's part is not, either.
    ///
    /// On return the bytes are there for this thread and, published as usual, for others: everything is drained.
    ///
    /// # Errors
    ///
    /// [`BufferTooShort`](ConfigError::BufferTooShort), [`BufferMisaligned`](ConfigError::BufferMisaligned) if the address is not aligned as
    /// struct pages are, and, with [`AddressModel::Buffer`], [`HeadMisaligned`](ConfigError::HeadMisaligned). Nothing has
    /// been written then.
    pub fn run(
        &self,
        memmap: &mut [MaybeUninit<u8>],
        strategy: Strategy,
        streamer: Streamer,
    ) -> Result<InitReport, ConfigError> {
        self.run_with(memmap, strategy, streamer, Hooks::default())
    }

    /// [`run`](Self::run), with what `hooks` asks for besides the memmap.
    ///
    /// # Errors
    ///
    /// As there, and [`UsemapOfAnotherRun`](ConfigError::UsemapOfAnotherRun) or [`UsemapTooShort`](ConfigError::UsemapTooShort) for a
    /// [`usemap`](Hooks::usemap) that does not hold the pageblocks of this range.
    pub fn run_with(
        &self,
        memmap: &mut [MaybeUninit<u8>],
        strategy: Strategy,
        streamer: Streamer,
        hooks: Hooks<'_, '_>,
    ) -> Result<InitReport, ConfigError> {
        let range = self.range(memmap, &hooks)?;
        let (ran, fallback) = self.path(strategy, &hooks);
        let Hooks { usemap, page_ref_set } = hooks;
        // SAFETY: `range` has just been made of the exclusive borrow, which lasts until the end of this function, and found to be long
        // enough and aligned: it is valid, aligned and exclusive. `path` lets only Slow run where struct pages are no whole words.
        let counts = unsafe {
            match page_ref_set {
                Some(mut tracepoint) if ran == Strategy::Slow => {
                    self.run_slow(range, &mut tracepoint);
                    Counts::default()
                }
                _ => self.run_range(range, ran, streamer),
            }
        };
        if let Some(usemap) = usemap {
            usemap.mark(self.pageblocks(), range);
        }
        Ok(self.report(strategy, ran, fallback, streamer, counts, 1))
    }

    /// The strategy that runs, and why it is not the one that was asked for. Gates are looked at here, once per range.
    pub(crate) fn path(&self, asked: Strategy, hooks: &Hooks<'_, '_>) -> (Strategy, Option<Fallback>) {
        let gates = self.config().gates;
        let closed = if asked == Strategy::Slow {
            None
        } else if gates.sanitizer {
            Some(Fallback::Sanitizer)
        } else if gates.page_ref_set_live || hooks.page_ref_set.as_ref().is_some_and(|trace| trace.is_live()) {
            Some(Fallback::PageRefSetLive)
        } else if !self.checked.fields.whole_words() {
            Some(Fallback::SizeNotWords)
        } else {
            None
        };
        (if closed.is_some() { Strategy::Slow } else { asked }, closed)
    }

    pub(crate) fn report(
        &self,
        asked: Strategy,
        ran: Strategy,
        fallback: Option<Fallback>,
        streamer: Streamer,
        counts: Counts,
        threads: usize,
    ) -> InitReport {
        InitReport {
            first_pfn: self.first_pfn(),
            pages: self.pages(),
            struct_pages: self.struct_pages(),
            bytes: self.struct_pages() * self.struct_page_size(),
            streamed_copies: counts.streamed_copies,
            cached_copies: counts.cached_copies,
            drains: counts.drains,
            threads,
            asked,
            ran,
            fallback,
            backend: streamer.backend(),
        }
    }

    /// The part of the buffer that is written, once everything that a run is given has been checked.
    pub(crate) fn range(
        &self,
        memmap: &mut [MaybeUninit<u8>],
        hooks: &Hooks<'_, '_>,
    ) -> Result<PageRange, ConfigError> {
        if let Some(usemap) = &hooks.usemap {
            usemap.check(&self.checked, self.kconfig().pageblock_order)?;
        }
        let buffer = memmap.as_mut_ptr();
        let buffer_address = buffer.addr() as u64;
        let align = self.checked.fields.align;
        if !buffer_address.is_multiple_of(align) {
            return Err(ConfigError::BufferMisaligned { address: buffer_address, align });
        }
        let (len, need) = (memmap.len() as u64, self.buffer_len());
        if len < need {
            return Err(ConfigError::BufferTooShort { len, need });
        }
        let skipped = (self.first_pfn() - self.config().range.start_pfn) * self.struct_page_size();
        let address = match self.config().address_model {
            AddressModel::Buffer => {
                let address = buffer_address + skipped;
                self.config().check_head(self.kconfig(), address)?;
                address
            }
            AddressModel::Vmemmap { .. } => self.first_address(),
        };
        // In the buffer, which is long enough: this neither overflows nor leaves it.
        Ok(self.range_at(buffer.cast::<u8>().wrapping_add(skipped as usize), address))
    }

    /// Writes a range, or a part of it.
    ///
    /// # Safety
    ///
    /// The range is valid, aligned and exclusive as [`PageRange`] says, and of this configuration's struct pages. If these are no whole words,
    /// the strategy is `Slow`.
    pub(crate) unsafe fn run_range(&self, range: PageRange, strategy: Strategy, streamer: Streamer) -> Counts {
        // SAFETY: the contract of this function is run_slow's, and, as all others run for whole words only, run_copies'. So is that of the
        // images, for the layout that with_layout! finds for this configuration.
        unsafe {
            match strategy {
                Strategy::Slow => {
                    self.run_slow(range, &mut Untraced);
                    Counts::default()
                }
                Strategy::Template => self.run_copies(range, Ordinary),
                Strategy::Streaming => self.run_copies(range, Streaming::new(streamer, self.pageblocks())),
                Strategy::Stamped => {
                    with_layout!(self.checked.fields, L => stamped::init_range::<L>(self.page_init(), range, streamer))
                }
            }
        }
    }

    /// # Safety
    ///
    /// The range is valid, aligned and exclusive as [`PageRange`] says, and of this configuration's struct pages.
    unsafe fn run_slow(&self, range: PageRange, trace: &mut impl Trace) {
        let (init, fields) = (self.page_init(), self.checked.fields);
        // SAFETY: the range is valid, aligned and exclusive by the contract of this function. The layout is this configuration's: the same
        // size if that is whole words, and a larger one, which ragged asks for, if not.
        unsafe {
            with_layout!(fields, L => if const { L::HAS_RARE_FIELDS } && !fields.whole_words() {
                ragged::init_range::<L>(init, range, fields.size, trace);
            } else {
                slow::init_range::<L>(init, range, trace);
            })
        }
    }

    /// # Safety
    ///
    /// The range is valid, aligned and exclusive as [`PageRange`] says, and of this configuration's struct pages, which are whole words.
    unsafe fn run_copies(&self, range: PageRange, copies: impl CopyPages) -> Counts {
        // SAFETY: the range is valid, aligned and exclusive by the contract of this function, and the layout this configuration's.
        unsafe { with_layout!(self.checked.fields, L => template::init_range::<L>(self.page_init(), range, copies)) }
    }
}
