//! A validated configuration, and the way from it to a strategy.

use core::mem::MaybeUninit;

use memcpy_streaming::Streamer;

use crate::config::{AddressModel, Checked, Config};
use crate::error::ConfigError;
use crate::hooks::Hooks;
use crate::kconfig::{Kconfig, Preset};
use crate::layouts::with_layout;
use crate::pageblock::{self, Pageblocks, Usemap};
use crate::pfn_fields::PfnFields;
use crate::profile::Profile;
use crate::ragged;
use crate::range::PageRange;
use crate::report::{Counts, Fallback, InitReport};
use crate::slow::{self, PageInit};
use crate::stamped;
use crate::strategy::Strategy;
use crate::streaming::Streaming;
use crate::template::{self, CopyPages, Ordinary};
use crate::trace::{Trace, Untraced};

/// A validated [`Config`]: everything that `memmap_init_zone_device` needs, apart from the memory.
#[derive(Clone, Copy, Debug)]
pub struct MemmapInit {
    config: Config,
    kconfig: Kconfig,
    checked: Checked,
}

impl MemmapInit {
    /// Validates a configuration, for a kernel built as [`Preset::X86_64_DISTRO`] and for a memmap without shared pages
    /// ([`optimize_dax_vmemmap`](Kconfig::optimize_dax_vmemmap) off).
    ///
    /// # Errors
    ///
    /// If the kernel would refuse it (a null pgmap, a zone that is not ZONE_DEVICE), or if a number does not fit where
    /// it has to go; see [`ConfigError`].
    pub fn new(config: Config) -> Result<MemmapInit, ConfigError> {
        let kconfig = Kconfig { optimize_dax_vmemmap: false, ..Preset::X86_64_DISTRO.kconfig };
        MemmapInit::with_kconfig(config, kconfig)
    }

    /// Validates a configuration, for a kernel built as `kconfig` says.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_kconfig(config: Config, kconfig: Kconfig) -> Result<MemmapInit, ConfigError> {
        Ok(MemmapInit { config, kconfig, checked: config.check(&kconfig)? })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How the kernel was built.
    pub fn kconfig(&self) -> &Kconfig {
        &self.kconfig
    }

    /// Bytes of a struct page.
    pub fn struct_page_size(&self) -> u64 {
        self.checked.fields.size
    }

    /// The first pfn that is initialised: the range's, or the one after the altmap.
    pub fn first_pfn(&self) -> u64 {
        self.checked.first_pfn
    }

    /// Pages from there to the end of the range, as in the kernel's "initialised N pages".
    pub fn pages(&self) -> u64 {
        self.checked.end_pfn - self.checked.first_pfn
    }

    /// Struct pages of a compound that are written (`compound_nr_pages`): all, or, where the memmap's pages that hold equal tails are
    /// shared, the first ones. 1 with order 0.
    pub fn compound_nr_pages(&self) -> u64 {
        self.checked.compound_nr_pages
    }

    /// Struct pages that are written.
    pub fn struct_pages(&self) -> u64 {
        (self.pages() >> self.config.pgmap.vmemmap_shift) * self.compound_nr_pages()
    }

    /// Compounds among them: 0 with order 0.
    pub fn compounds(&self) -> u64 {
        match self.config.pgmap.vmemmap_shift {
            0 => 0,
            order => self.pages() >> order,
        }
    }

    /// Bytes of the memmap of the whole [`PfnRange`](crate::PfnRange), altmap and shared pages included: byte 0 is the first one of
    /// the struct page of [`start_pfn`](crate::PfnRange::start_pfn).
    pub fn buffer_len(&self) -> u64 {
        // Pfns have at most 52 bits, and sizes are below 2^7.
        self.config.range.nr_pages * self.struct_page_size()
    }

    /// Words that a map of the range's pageblocks needs.
    pub fn usemap_words(&self) -> u64 {
        pageblock::words_for(&self.checked, self.kconfig.pageblock_order)
    }

    /// A map of the range's pageblocks in `words`, which keep their contents until a run with it ([`Hooks::usemap`](crate::Hooks::usemap)).
    ///
    /// # Errors
    ///
    /// [`UsemapTooShort`](ConfigError::UsemapTooShort) for fewer words than [`usemap_words`](Self::usemap_words).
    pub fn usemap<'a>(&self, words: &'a mut [u64]) -> Result<Usemap<'a>, ConfigError> {
        Usemap::new(words, &self.checked, self.kconfig.pageblock_order)
    }

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
    /// As there.
    pub fn run_with(
        &self,
        memmap: &mut [MaybeUninit<u8>],
        strategy: Strategy,
        streamer: Streamer,
        hooks: Hooks<'_, '_>,
    ) -> Result<InitReport, ConfigError> {
        let range = self.range(memmap)?;
        let (ran, fallback) = self.path(strategy, &hooks);
        let Hooks { usemap, page_ref_set } = hooks;
        // SAFETY: `range` has just been made from the exclusive borrow, which lasts until the end of this function.
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
        let gates = self.config.gates;
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

    pub(crate) fn pageblocks(&self) -> Pageblocks {
        Pageblocks { order: self.kconfig.pageblock_order, in_loop: self.config.kernel.version().pageblocks_in_loop }
    }

    /// The part of the buffer that is written.
    pub(crate) fn range(&self, memmap: &mut [MaybeUninit<u8>]) -> Result<PageRange, ConfigError> {
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
        let skipped = (self.first_pfn() - self.config.range.start_pfn) * self.struct_page_size();
        let address = match self.config.address_model {
            AddressModel::Buffer => {
                let address = buffer_address + skipped;
                self.config.check_head(&self.kconfig, address)?;
                address
            }
            AddressModel::Vmemmap { .. } => self.first_address(),
        };
        // In the buffer, which is long enough: this neither overflows nor leaves it.
        Ok(self.range_at(buffer.cast::<u8>().wrapping_add(skipped as usize), address))
    }

    /// Where the vmemmap has the first struct page that is written; 0 for one without.
    pub(crate) fn first_address(&self) -> u64 {
        match self.config.address_model {
            AddressModel::Buffer => 0,
            AddressModel::Vmemmap { base } => base + self.first_pfn() * self.struct_page_size(),
        }
    }

    /// The range with its first struct page at `memmap`, where it is said to be at `address`.
    pub(crate) fn range_at(&self, memmap: *mut u8, address: u64) -> PageRange {
        PageRange {
            first_pfn: self.first_pfn(),
            pages: self.pages(),
            order: self.config.pgmap.vmemmap_shift,
            compound_nr_pages: self.compound_nr_pages(),
            memmap,
            address,
        }
    }

    /// Writes a range, or a part of it.
    ///
    /// # Safety
    ///
    /// As [`PageRange`] says.
    pub(crate) unsafe fn run_range(&self, range: PageRange, strategy: Strategy, streamer: Streamer) -> Counts {
        // SAFETY: as the caller says; gates have seen to it that only Slow runs for struct pages that are no whole words.
        unsafe {
            match strategy {
                Strategy::Slow => {
                    self.run_slow(range, &mut Untraced);
                    Counts::default()
                }
                Strategy::Template => self.run_copies(range, Ordinary::default()),
                Strategy::Streaming => self.run_copies(range, Streaming::new(streamer, self.pageblocks())),
                Strategy::Stamped => {
                    with_layout!(self.checked.fields, L => stamped::init_range::<L>(self.page_init(), range, streamer))
                }
            }
        }
    }

    /// # Safety
    ///
    /// As [`PageRange`] says.
    unsafe fn run_slow(&self, range: PageRange, trace: &mut impl Trace) {
        let (init, fields) = (self.page_init(), self.checked.fields);
        // SAFETY: as the caller says.
        unsafe {
            with_layout!(fields, L => if fields.whole_words() {
                slow::init_range::<L>(init, range, trace);
            } else {
                ragged::init_range::<L>(init, range, fields.size, trace);
            })
        }
    }

    /// # Safety
    ///
    /// As [`PageRange`] says, for whole words.
    unsafe fn run_copies(&self, range: PageRange, mut copies: impl CopyPages) -> Counts {
        // SAFETY: as the caller says.
        unsafe {
            with_layout!(self.checked.fields, L => template::init_range::<L>(self.page_init(), range, &mut copies));
        }
        copies.counts()
    }

    pub(crate) fn page_init(&self) -> PageInit {
        let Config { kernel, flags, zone, pgmap, .. } = &self.config;
        let profile = Profile::new(*kernel, &self.kconfig);
        PageInit {
            links: flags.links(zone.index, zone.nid),
            last_cpupid: flags.last_cpupid_mask(),
            // Validated: at most 32 bits.
            last_cpupid_outside: ((1_u64 << self.kconfig.last_cpupid_width) - 1) as u32,
            pg_head: kernel.version().pg_head,
            pg_reserved: kernel.version().pg_reserved,
            pgmap: pgmap.address,
            keeps_reference: profile.keeps_reference(pgmap.memory_type),
            pfn_fields: PfnFields::new(&self.kconfig, flags),
            profile,
        }
    }
}
