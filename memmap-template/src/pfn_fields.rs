//! Fields of a page that depend on its pfn. A strategy is compiled once per answer, so that what does not exist costs nothing.

/// Which fields depend on the pfn, and what they hold.
pub(crate) trait PfnFields: Copy {
    /// The part of the flag word that depends on the pfn.
    fn flags(self, pfn: u64) -> u64;

    /// The bits of the flag word that [`flags`](Self::flags) decides on.
    fn mask(self) -> u64;

    /// The first pfn after `pfn` whose fields differ.
    fn next_change(self, pfn: u64) -> u64;
}

/// No field: every kernel with `SPARSEMEM_VMEMMAP`.
#[derive(Clone, Copy)]
pub(crate) struct Nothing;

impl PfnFields for Nothing {
    #[inline(always)]
    fn flags(self, _pfn: u64) -> u64 {
        0
    }

    #[inline(always)]
    fn mask(self) -> u64 {
        0
    }

    #[inline(always)]
    fn next_change(self, _pfn: u64) -> u64 {
        u64::MAX
    }
}

/// The section number in the flag word.
#[derive(Clone, Copy)]
pub(crate) struct Section {
    /// `PFN_SECTION_SHIFT`.
    pub(crate) pfn_shift: u32,
    /// `SECTIONS_PGSHIFT`: the field ends at bit 63.
    pub(crate) flags_shift: u32,
}

impl PfnFields for Section {
    #[inline(always)]
    fn flags(self, pfn: u64) -> u64 {
        pfn >> self.pfn_shift << self.flags_shift
    }

    #[inline(always)]
    fn mask(self) -> u64 {
        u64::MAX << self.flags_shift
    }

    #[inline(always)]
    fn next_change(self, pfn: u64) -> u64 {
        // Pfns have 52 bits and sections at most 2^51 pages: this does not overflow.
        ((pfn >> self.pfn_shift) + 1) << self.pfn_shift
    }
}
