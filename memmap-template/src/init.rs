//! A validated configuration, and the way from it to a strategy.

use core::mem::MaybeUninit;

use memcpy_streaming::Streamer;

use crate::config::{AddressModel, Checked, Config};
use crate::error::ConfigError;
use crate::kernel::Kernel;
use crate::page::{Page, STRUCT_PAGE_ALIGN, STRUCT_PAGE_SIZE};
use crate::pfn_fields::{Nothing, PfnFields, Section};
use crate::profile::{Profile, V6_12, V7_1};
use crate::range::PageRange;
use crate::report::{Counts, InitReport};
use crate::slow::{self, PageInit};
use crate::stamped;
use crate::strategy::Strategy;
use crate::streaming::Streaming;
use crate::template::{self, Ordinary};

/// A validated [`Config`]: everything that `memmap_init_zone_device` needs, apart from the memory.
#[derive(Clone, Copy, Debug)]
pub struct MemmapInit {
    config: Config,
    checked: Checked,
}

impl MemmapInit {
    /// Validates a configuration.
    ///
    /// # Errors
    ///
    /// If the kernel would refuse it (a null pgmap, a zone that is not ZONE_DEVICE), or if a number does not fit where
    /// it has to go; see [`ConfigError`].
    pub fn new(config: Config) -> Result<MemmapInit, ConfigError> {
        Ok(MemmapInit { config, checked: config.check()? })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The first pfn that is initialised: the range's, or the one after the altmap.
    pub fn first_pfn(&self) -> u64 {
        self.checked.first_pfn
    }

    /// Pages from there to the end of the range, as in the kernel's "initialised N pages".
    pub fn pages(&self) -> u64 {
        self.checked.end_pfn - self.checked.first_pfn
    }

    /// Struct pages that are written.
    pub fn struct_pages(&self) -> u64 {
        self.pages()
    }

    /// Compounds among them: 0 with order 0.
    pub fn compounds(&self) -> u64 {
        match self.config.pgmap.vmemmap_shift {
            0 => 0,
            order => self.pages() >> order,
        }
    }

    /// Bytes of the memmap of the whole [`PfnRange`](crate::PfnRange), altmap included: byte 0 is the first one of the struct page of
    /// [`start_pfn`](crate::PfnRange::start_pfn).
    pub fn buffer_len(&self) -> u64 {
        // Pfns have at most 52 bits.
        self.config.range.nr_pages * STRUCT_PAGE_SIZE
    }

    /// Writes the struct pages of [`first_pfn`](Self::first_pfn) and following into `memmap`, of which the first
    /// [`buffer_len`](Self::buffer_len) bytes are the range's memmap. Nothing else in it is touched; the altmap's part is not, either.
    ///
    /// On return the bytes are there for this thread and, published as usual, for others: everything is drained.
    ///
    /// # Errors
    ///
    /// [`BufferTooShort`](ConfigError::BufferTooShort), [`BufferMisaligned`](ConfigError::BufferMisaligned) if the address is not a multiple of
    /// [`STRUCT_PAGE_ALIGN`], and, with [`AddressModel::Buffer`], [`HeadMisaligned`](ConfigError::HeadMisaligned). Nothing has
    /// been written then.
    pub fn run(
        &self,
        memmap: &mut [MaybeUninit<u8>],
        strategy: Strategy,
        streamer: Streamer,
    ) -> Result<InitReport, ConfigError> {
        let range = self.range(memmap)?;
        let fallback = match strategy {
            Strategy::Slow => None,
            _ => self.config.gates.closed(),
        };
        let ran = if fallback.is_some() { Strategy::Slow } else { strategy };
        // SAFETY: `range` has just been made from the exclusive borrow, which lasts until the end of this function.
        let counts = unsafe { self.select_profile(range, ran, streamer) };
        Ok(InitReport {
            first_pfn: self.first_pfn(),
            pages: self.pages(),
            struct_pages: self.struct_pages(),
            bytes: self.struct_pages() * STRUCT_PAGE_SIZE,
            streamed_copies: counts.streamed_copies,
            cached_copies: counts.cached_copies,
            drains: counts.drains,
            asked: strategy,
            ran,
            fallback,
            backend: streamer.backend(),
        })
    }

    /// The part of the buffer that is written.
    fn range(&self, memmap: &mut [MaybeUninit<u8>]) -> Result<PageRange, ConfigError> {
        let buffer = memmap.as_mut_ptr();
        let buffer_address = buffer.addr() as u64;
        if !buffer_address.is_multiple_of(STRUCT_PAGE_ALIGN) {
            return Err(ConfigError::BufferMisaligned { address: buffer_address, align: STRUCT_PAGE_ALIGN });
        }
        let (len, need) = (memmap.len() as u64, self.buffer_len());
        if len < need {
            return Err(ConfigError::BufferTooShort { len, need });
        }
        let skipped = self.first_pfn() - self.config.range.start_pfn;
        let address = match self.config.address_model {
            AddressModel::Buffer => {
                let address = buffer_address + skipped * STRUCT_PAGE_SIZE;
                self.config.check_head(address)?;
                address
            }
            AddressModel::Vmemmap { base } => base + self.first_pfn() * STRUCT_PAGE_SIZE,
        };
        Ok(PageRange {
            first_pfn: self.first_pfn(),
            pages: self.pages(),
            order: self.config.pgmap.vmemmap_shift,
            // In the buffer, which is long enough: this neither overflows nor leaves it.
            memmap: buffer.cast::<Page>().wrapping_add(skipped as usize),
            address,
        })
    }

    /// # Safety
    ///
    /// As [`PageRange`] says.
    unsafe fn select_profile(&self, range: PageRange, strategy: Strategy, streamer: Streamer) -> Counts {
        // SAFETY: as the caller says.
        unsafe {
            match self.config.kernel {
                Kernel::V6_12 => self.select_fields::<V6_12>(range, strategy, streamer),
                Kernel::V7_1 => self.select_fields::<V7_1>(range, strategy, streamer),
            }
        }
    }

    /// # Safety
    ///
    /// As [`PageRange`] says.
    unsafe fn select_fields<P: Profile>(&self, range: PageRange, strategy: Strategy, streamer: Streamer) -> Counts {
        let flags = &self.config.flags;
        // SAFETY: as the caller says.
        unsafe {
            if flags.section_width == 0 {
                run_strategy::<P, _>(self.page_init::<P, _>(Nothing), range, strategy, streamer)
            } else {
                let section = Section { pfn_shift: flags.pfn_section_shift, flags_shift: flags.section_pgshift() };
                run_strategy::<P, _>(self.page_init::<P, _>(section), range, strategy, streamer)
            }
        }
    }

    fn page_init<P: Profile, F: PfnFields>(&self, pfn_fields: F) -> PageInit<F> {
        let Config { flags, zone, pgmap, .. } = &self.config;
        PageInit {
            links: flags.links(zone.index, zone.nid),
            last_cpupid: flags.last_cpupid_mask(),
            pgmap: pgmap.address,
            keeps_reference: P::keeps_reference(pgmap.memory_type),
            pfn_fields,
        }
    }
}

/// # Safety
///
/// As [`PageRange`] says.
unsafe fn run_strategy<P: Profile, F: PfnFields>(
    init: PageInit<F>,
    range: PageRange,
    strategy: Strategy,
    streamer: Streamer,
) -> Counts {
    // SAFETY: as the caller says.
    unsafe {
        match strategy {
            Strategy::Slow => {
                slow::init_range::<P, F>(init, range);
                Counts::default()
            }
            Strategy::Template => template::init_range::<P, F, _>(init, range, Ordinary::default()),
            Strategy::Streaming => template::init_range::<P, F, _>(init, range, Streaming::new(streamer)),
            Strategy::Stamped => stamped::init_range::<P, F>(init, range, streamer),
        }
    }
}
