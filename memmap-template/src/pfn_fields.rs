//! Fields of a page that depend on its pfn: the section number in the flag word, and `virtual`.

use crate::flags::FlagsLayout;
use crate::kconfig::{Fields, Kconfig};
use crate::page::{Layout, word};

/// What these fields hold.
#[derive(Clone, Copy)]
pub(crate) struct PfnFields {
    /// The section number in the flag word; no field in every kernel with `SPARSEMEM_VMEMMAP`.
    pub(crate) section: Option<Section>,
    /// The word of `virtual`; 0 if there is none.
    virtual_word: usize,
    /// Linear address of pfn 0.
    page_offset: u64,
    /// `PAGE_SHIFT`.
    page_shift: u32,
}

impl PfnFields {
    pub(crate) fn new(kconfig: &Kconfig, flags: &FlagsLayout) -> PfnFields {
        let section = || Section { pfn_shift: flags.pfn_section_shift, flags_shift: flags.section_pgshift() };
        PfnFields {
            section: (flags.section_width > 0).then(section),
            virtual_word: Fields::new(kconfig).page_virtual,
            page_offset: kconfig.page_offset,
            page_shift: kconfig.page_size.shift(),
        }
    }

    /// Whether there is `virtual`, in pages of `L`.
    #[inline(always)]
    pub(crate) fn has_virtual<L: Layout>(&self) -> bool {
        L::HAS_RARE_FIELDS && self.virtual_word != 0
    }

    /// Gives `page` its `virtual`, if it has one: `__va(pfn << PAGE_SHIFT)`. The configuration's check has seen to it that this does not
    /// overflow.
    #[inline(always)]
    pub(crate) fn set_virtual<L: Layout>(&self, page: &mut L, pfn: u64) {
        if self.has_virtual::<L>() {
            page.as_mut()[self.virtual_word] = self.page_offset.wrapping_add(pfn << self.page_shift);
        }
    }

    /// The part of the flag word that depends on the pfn.
    #[inline(always)]
    pub(crate) fn flags(&self, pfn: u64) -> u64 {
        self.section.map_or(0, |section| section.flags(pfn))
    }

    /// The first pfn after `pfn` whose flag word differs.
    #[inline(always)]
    pub(crate) fn next_section(&self, pfn: u64) -> u64 {
        self.section.map_or(u64::MAX, |section| section.next(pfn))
    }

    /// Gives `page` the fields of `pfn`.
    #[inline(always)]
    pub(crate) fn refresh<L: Layout>(&self, page: &mut L, pfn: u64) {
        if let Some(section) = self.section {
            let flags = &mut page.as_mut()[word::FLAGS];
            *flags = *flags & !section.mask() | section.flags(pfn);
        }
        self.set_virtual(page, pfn);
    }
}

/// The section number in the flag word.
#[derive(Clone, Copy)]
pub(crate) struct Section {
    /// `PFN_SECTION_SHIFT`.
    pfn_shift: u32,
    /// `SECTIONS_PGSHIFT`: the field ends at bit 63.
    flags_shift: u32,
}

impl Section {
    #[inline(always)]
    fn flags(self, pfn: u64) -> u64 {
        pfn >> self.pfn_shift << self.flags_shift
    }

    /// The bits of the flag word that [`flags`](Self::flags) decides on.
    #[inline(always)]
    fn mask(self) -> u64 {
        u64::MAX << self.flags_shift
    }

    #[inline(always)]
    fn next(self, pfn: u64) -> u64 {
        // Pfns have at most 52 bits and sections at most 2^51 pages: this does not overflow.
        ((pfn >> self.pfn_shift) + 1) << self.pfn_shift
    }
}
