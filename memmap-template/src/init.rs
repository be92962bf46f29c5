//! A validated configuration, and what follows from it.

use crate::check::Checked;
use crate::config::{AddressModel, Config};
use crate::error::ConfigError;
use crate::kconfig::Kconfig;
use crate::pageblock::{self, Pageblocks, Usemap};
use crate::pfn_fields::PfnFields;
use crate::preset::Preset;
use crate::profile::Profile;
use crate::range::PageRange;
use crate::slow::PageInit;

/// A validated [`Config`]: everything that `memmap_init_zone_device` needs, apart from the memory.
#[derive(Clone, Copy, Debug)]
pub struct MemmapInit {
    config: Config,
    kconfig: Kconfig,
    pub(crate) checked: Checked,
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
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How the kernel was built.
    #[must_use]
    pub fn kconfig(&self) -> &Kconfig {
        &self.kconfig
    }

    /// Bytes of a struct page.
    #[must_use]
    pub fn struct_page_size(&self) -> u64 {
        self.checked.fields.size
    }

    /// The first pfn that is initialised: the range's, or the one after the altmap.
    #[must_use]
    pub fn first_pfn(&self) -> u64 {
        self.checked.first_pfn
    }

    /// Pages from there to the end of the range, as in the kernel's "initialised N pages".
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.checked.end_pfn - self.checked.first_pfn
    }

    /// Struct pages of a compound that are written (`compound_nr_pages`): all, or, where the memmap's pages that hold equal tails are
    /// shared, the first ones. 1 with order 0.
    #[must_use]
    pub fn compound_nr_pages(&self) -> u64 {
        self.checked.compound_nr_pages
    }

    /// Struct pages that are written.
    #[must_use]
    pub fn struct_pages(&self) -> u64 {
        (self.pages() >> self.config.pgmap.vmemmap_shift) * self.compound_nr_pages()
    }

    /// Compounds among them: 0 with order 0.
    #[must_use]
    pub fn compounds(&self) -> u64 {
        match self.config.pgmap.vmemmap_shift {
            0 => 0,
            order => self.pages() >> order,
        }
    }

    /// Bytes of the memmap of the whole [`PfnRange`](crate::PfnRange), altmap and shared pages included: byte 0 is the first one of
    /// the struct page of [`start_pfn`](crate::PfnRange::start_pfn).
    #[must_use]
    pub fn buffer_len(&self) -> u64 {
        // Pfns have at most 52 bits, and sizes are below 2^7.
        self.config.range.nr_pages * self.struct_page_size()
    }

    /// Words that a map of the range's pageblocks needs.
    #[must_use]
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

    pub(crate) fn pageblocks(&self) -> Pageblocks {
        Pageblocks { order: self.kconfig.pageblock_order, in_loop: self.config.kernel.version().pageblocks_in_loop }
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

    pub(crate) fn page_init(&self) -> PageInit {
        let Config { kernel, flags, zone, pgmap, .. } = &self.config;
        let profile = Profile::new(*kernel, &self.kconfig);
        PageInit {
            links: flags.links(zone.index, zone.nid),
            last_cpupid: flags.last_cpupid_mask(),
            // Validated: at most 32 bits.
            last_cpupid_outside: ((1_u64 << self.kconfig.last_cpupid_width) - 1) as u32,
            last_cpupid_word: self.checked.fields.last_cpupid,
            pg_head: kernel.version().pg_head,
            pg_reserved: kernel.version().pg_reserved,
            pgmap: pgmap.address,
            keeps_reference: profile.keeps_reference(pgmap.memory_type),
            pfn_fields: PfnFields::new(&self.kconfig, flags),
            profile,
        }
    }
}
