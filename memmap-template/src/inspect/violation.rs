//! Looking for pages that are not what initialisation leaves: what most pages say makes an initialisation, and its pages are compared with
//! those that are there.

use core::ops::ControlFlow;

use crate::config::{AddressModel, Config, MAX_ORDER, PfnRange};
use crate::error::ConfigError;
use crate::init::MemmapInit;
use crate::inspect::reason::Violation;
use crate::inspect::survey::Survey;
use crate::inspect::{COUNTS, Info, Kind, Page, Reader, Words};
use crate::kconfig::Kconfig;
use crate::layouts::with_layout;
use crate::page::{Layout, WORD, word};
use crate::pgmap::{MemoryType, Pgmap};
use crate::range::PageRange;
use crate::slow::PageInit;
use crate::stamped::Images;
use crate::zone::Zone;

impl Reader {
    /// The first page that breaks an invariant of a freshly initialised memmap, with the reason; None if all pages are as
    /// initialisation leaves them. Every struct page is expected to be there (no shared ones).
    ///
    /// Any bytes will do: what cannot be a memmap breaks an invariant at one of its first pages. So does every memmap for a reader whose
    /// kernel nobody can build, or whose struct pages are no whole words; the violation says so.
    #[must_use]
    pub fn first_violation(&self, memmap: &[u8]) -> Option<Violation> {
        let (init, address) = match self.expect(memmap) {
            Ok(expected) => expected,
            Err(violation) => return Some(violation),
        };
        let mut first = None;
        self.compare(memmap, &init, address, &mut |violation| {
            first = Some(violation);
            ControlFlow::Break(())
        });
        first
    }

    /// The first word of `memmap` that is not that of `expected`, which an initialisation with compounds of this order has left; None if they
    /// are the same. Of two lengths, what is behind the shorter one is missing.
    ///
    /// ```
    /// use memmap_template::inspect::Reader;
    ///
    /// let (page, mut other) = ([1_u8; 128], [1; 128]);
    /// assert!(Reader::default().difference(&page, &other, 0).is_none());
    /// other[64 + 24] = 0;
    /// let difference = Reader::default().difference(&page, &other, 0).unwrap();
    /// assert_eq!((difference.page, difference.what), (1, "mapping"));
    /// ```
    #[must_use]
    pub fn difference(&self, memmap: &[u8], expected: &[u8], order: u32) -> Option<Violation> {
        let size = self.kconfig.struct_page_size() as usize;
        let mut pages = memmap.chunks(size).zip(expected.chunks(size)).enumerate();
        let Some((page, (found, expected))) = pages.find(|(_, (found, expected))| found != expected) else {
            let both = memmap.len().min(expected.len()) / size;
            let missing = Violation::new(both as u64, 1, "only one of them has this page");
            return (memmap.len() != expected.len()).then_some(missing);
        };
        let (page, words) = (page as u64, 0..size / WORD);
        if found.len() != expected.len() || !size.is_multiple_of(WORD) {
            return Some(Violation::new(page, 1, "it is no whole struct page of whole words"));
        }
        let [found, expected] = [found, expected].map(Words);
        let word = words.into_iter().find(|&word| found.get(word) != expected.get(word))?;
        let in_compound = page & ((1 << order.min(MAX_ORDER)) - 1);
        Some(self.reason(page, in_compound, word, expected.get(word), found.get(word)))
    }

    /// How many pages are not as initialisation leaves them: 0 where there is no [`first_violation`](Self::first_violation). Of several readers, the one with the fewest
    /// knows best whose memmap it is.
    #[must_use]
    pub fn violations(&self, memmap: &[u8]) -> u64 {
        let pages = self.pages(memmap);
        let surveyed = self.fields().whole_words().then(|| self.page(memmap, 0)).flatten();
        let said = surveyed.and_then(|first| self.survey(memmap, &first).ok());
        let Some(Ok((init, address))) = said.map(|said| self.init(memmap, said)) else {
            return pages.max(1);
        };
        let mut count = 0;
        self.compare(memmap, &init, address, &mut |_| {
            count += 1;
            ControlFlow::Continue(())
        });
        count
    }

    /// What most pages say that all of them are, and where the first struct page is.
    fn expect(&self, memmap: &[u8]) -> Result<(MemmapInit, u64), Violation> {
        if !self.fields().whole_words() {
            return Err(Violation::new(0, 1, "the reader's struct pages are no whole words"));
        }
        let first = self.page(memmap, 0).ok_or(Violation::new(0, 1, "there is no whole struct page"))?;
        self.check_first(&first)?;
        let said = self.survey(memmap, &first)?;
        let Info::Pgmap(pgmap) = first.info else {
            return Err(Violation::new(0, 19, "no pgmap is pointed to"));
        };
        // What the first page says has to be possible, whatever the others say.
        let page_offset = self.page_offset(memmap, 0).unwrap_or(said.page_offset);
        self.init(memmap, Survey { pgmap, zone: first.zone, nid: first.nid, page_offset, ..said })?;
        self.init(memmap, said)
    }

    /// The initialisation that leaves such pages.
    fn init(&self, memmap: &[u8], said: Survey) -> Result<(MemmapInit, u64), Violation> {
        let Survey { order, address, zone, nid, refcount, page_offset, .. } = said;
        let kconfig = Kconfig { page_offset, ..self.kconfig };
        // Two types that stand for both policies in every kernel.
        let memory_type = if refcount == 1 { MemoryType::Generic } else { MemoryType::Private };
        let pgmap = Pgmap { vmemmap_shift: order, ..Pgmap::new(said.pgmap, memory_type) };
        let range = PfnRange { start_pfn: self.first_pfn, nr_pages: self.pages(memmap) >> order << order };
        // There is no buffer, but as little of a connection between addresses and pfns.
        let address_model = AddressModel::Buffer;
        let config = Config {
            flags: self.flags,
            zone: Zone { index: zone, nid },
            ..Config::new(self.kernel, pgmap, range, address_model)
        };
        let init = MemmapInit::with_kconfig(config, kconfig).map_err(misfit)?;
        config.check_head(&kconfig, address).map_err(misfit)?;
        if !address.is_multiple_of(kconfig.memmap_align()) || address.checked_add(init.buffer_len()).is_none() {
            return Err(Violation::new(0, 25, "the tails say that the head is at no address of one"));
        }
        Ok((init, address))
    }

    fn check_first(&self, first: &Page) -> Result<(), Violation> {
        match first.kind {
            Kind::Blank => Err(Violation::new(0, 10, "it is not initialised: all bytes are zero")),
            Kind::Tail => Err(Violation::new(0, 33, "it is a tail, and there is no head before it")),
            Kind::Single | Kind::Head if first.refcount > 1 => {
                Err(Violation::new(0, 21, "refcount").words(1, first.refcount.into()))
            }
            Kind::Single | Kind::Head => Ok(()),
        }
    }

    /// Tells `each` about every page that differs, until it has heard enough.
    fn compare(
        &self,
        memmap: &[u8],
        init: &MemmapInit,
        address: u64,
        each: &mut dyn FnMut(Violation) -> ControlFlow<()>,
    ) {
        // Nothing is written through it.
        let range = init.range_at(core::ptr::null_mut(), address);
        let page_init = init.page_init();
        let all = with_layout!(self.fields(), L => self.differences::<L>(memmap, &page_init, range, each));
        let rest = self.pages(memmap) - init.pages();
        if all.is_continue() && rest > 0 {
            // Whether that goes on makes no difference: nothing is left.
            let _ = each(Violation::new(init.pages(), 33, "its compound is not whole"));
        }
    }

    fn differences<L: Layout>(
        &self,
        memmap: &[u8],
        init: &PageInit,
        range: PageRange,
        each: &mut dyn FnMut(Violation) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut images = Images::<L>::new(init, range);
        for head_pfn in range.compounds() {
            images.retarget(init, range, head_pfn);
            for in_compound in 0..1 << range.order {
                let expected = images.page(init, head_pfn, in_compound);
                let index = head_pfn - range.first_pfn + in_compound;
                let Some(found) = self.words(memmap, index) else { return ControlFlow::Break(()) };
                if let Some(word) = first_difference(found, expected.as_ref()) {
                    each(self.reason(index, in_compound, word, expected.as_ref()[word], found.get(word)))?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// The first word that differs. The word that tells heads from tails comes first: it explains most others.
fn first_difference(found: Words, expected: &[u64]) -> Option<usize> {
    let differs = |&word: &usize| found.get(word) != expected[word];
    [word::INFO, word::FLAGS, COUNTS].into_iter().find(differs).or_else(|| (0..expected.len()).find(differs))
}

/// Which invariant a configuration breaks that the first pages say it is.
fn misfit(error: ConfigError) -> Violation {
    use ConfigError::*;
    let (invariant, what) = match error {
        NullPgmap | PgmapMisaligned { .. } => (19, "the pgmap is no address of one"),
        NotZoneDevice { .. } | NodeTooLarge { .. } => (9, "its zone is not ZONE_DEVICE"),
        HeadMisaligned { .. } => (25, "the compound's head is not aligned as the tails' mask needs it"),
        LinearMapOverflow { .. } => (17, "virtual is beyond the address space"),
        NoPages => (33, "its compound is not whole"),
        SectionTooLarge { .. } | StartMisaligned { .. } | PfnOverflow { .. } => {
            (18, "the first pfn is none of this memmap's")
        }
        LastCpupidTooWide { .. } | LastCpupidTwice { .. } | PageblockOrderTooLarge { .. } => {
            (1, "no kernel is built as the reader's kconfig says")
        }
        FlagsTooWide { .. } | SectionShift { .. } | ZoneTooLarge { .. } => {
            (1, "no kernel has the reader's layout of the flag word")
        }
        _ => (1, "no kernel writes what its words say"),
    };
    Violation::new(0, invariant, what)
}
