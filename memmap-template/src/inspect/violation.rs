//! Looking for the first page that is not what initialisation leaves: parameters are taken from the first pages, and all others follow
//! from these.

use crate::config::{AddressModel, Config, PfnRange};
use crate::error::ConfigError;
use crate::init::MemmapInit;
use crate::inspect::reason::Violation;
use crate::inspect::{COUNTS, Info, Kind, Page, Reader, Words};
use crate::kernel::Kernel;
use crate::layouts::with_layout;
use crate::page::{Layout, WORD, word};
use crate::pgmap::{MemoryType, Pgmap};
use crate::profile::Profile;
use crate::range::PageRange;
use crate::slow::PageInit;
use crate::stamped::Images;
use crate::zone::Zone;

impl Reader {
    /// The first page that breaks an invariant of a freshly initialised memmap, with the reason; None if all pages are as
    /// initialisation leaves them. Every struct page is expected to be there (no shared ones).
    ///
    /// Any bytes will do: what cannot be a memmap breaks an invariant at its first page. So does every memmap for a reader whose kernel
    /// nobody can build, or whose struct pages are no whole words; the violation says so.
    #[must_use]
    pub fn first_violation(&self, memmap: &[u8]) -> Option<Violation> {
        match self.expect(memmap) {
            Ok((init, address)) => self.compare(memmap, &init, address),
            Err(violation) => Some(violation),
        }
    }

    /// What the first pages say that all pages are, and where the first struct page is.
    fn expect(&self, memmap: &[u8]) -> Result<(MemmapInit, u64), Violation> {
        if !self.fields().whole_words() {
            return Err(Violation::new(0, 1, "the reader's struct pages are no whole words"));
        }
        let first = self.page(memmap, 0).ok_or(Violation::new(0, 1, "there is no whole struct page"))?;
        self.check_first(&first)?;
        let order = if first.kind == Kind::Head { self.first_order(memmap)? } else { 0 };
        let address = self.first_address(memmap, order);
        let pages = self.pages(memmap) >> order << order;
        let Info::Pgmap(pgmap) = first.info else {
            return Err(Violation::new(0, 19, "no pgmap is pointed to"));
        };
        let mut kconfig = self.kconfig;
        if kconfig.page_virtual {
            let page_virtual = self.words(memmap, 0).map_or(0, |words| words.get(self.fields().page_virtual));
            kconfig.page_offset = page_virtual.wrapping_sub(self.first_pfn << kconfig.page_size.shift());
        }
        // Two types that stand for both policies in every kernel.
        let memory_type = if first.refcount == 1 { MemoryType::Generic } else { MemoryType::Private };
        let pgmap = Pgmap { vmemmap_shift: order, ..Pgmap::new(pgmap, memory_type) };
        let range = PfnRange { start_pfn: self.first_pfn, nr_pages: pages };
        // There is no buffer, but as little of a connection between addresses and pfns.
        let address_model = AddressModel::Buffer;
        let config = Config {
            flags: self.flags,
            zone: Zone { index: first.zone, nid: first.nid },
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

    /// The order of the first compound: what its first tail says.
    fn first_order(&self, memmap: &[u8]) -> Result<u32, Violation> {
        let tail = self.words(memmap, 1).ok_or(Violation::new(0, 33, "it is a head without tails"))?;
        let by_mask = match self.info(tail.get(word::INFO)) {
            Info::Mask(order) => Some(order),
            _ => None,
        };
        // 6.1 writes no order into a compound of two pages.
        let by_count = (self.kernel == Kernel::V6_1 && tail.get(word::FLAGS) != 0).then_some(1);
        self.order_of_first_tail(tail).or(by_mask).or(by_count).ok_or(Violation::new(
            1,
            29,
            "the first tail holds no order from 1 to 18",
        ))
    }

    /// Where the first struct page says that it is: what its tails' pointers or lists tell. 0 will do where there are none.
    fn first_address(&self, memmap: &[u8], order: u32) -> u64 {
        let profile = Profile::new(self.kernel, &self.kconfig);
        let word_of = |page, word| self.words(memmap, page).map_or(0, |words| words.get(word));
        if order == 0 {
            0
        } else if !profile.tails_hold_mask() {
            word_of(1, word::INFO) & !1
        } else if order > 1 && profile.deferred_list_survives() {
            let list = word_of(2, word::DEFERRED_LIST);
            list.wrapping_sub(2 * self.kconfig.struct_page_size() + (word::DEFERRED_LIST * WORD) as u64)
        } else {
            0
        }
    }

    fn compare(&self, memmap: &[u8], init: &MemmapInit, address: u64) -> Option<Violation> {
        // Nothing is written through it.
        let range = init.range_at(core::ptr::null_mut(), address);
        let differs = with_layout!(&self.kconfig, L => self.first_difference::<L>(memmap, &init.page_init(), range));
        differs.or_else(|| {
            let rest = self.pages(memmap) - init.pages();
            (rest > 0).then(|| Violation::new(init.pages(), 33, "its compound is not whole"))
        })
    }

    fn first_difference<L: Layout>(&self, memmap: &[u8], init: &PageInit, range: PageRange) -> Option<Violation> {
        let mut images = Images::<L>::new(init, range);
        for head_pfn in range.compounds() {
            images.retarget(init, range, head_pfn);
            for in_compound in 0..1 << range.order {
                let expected = images.page(init, head_pfn, in_compound);
                let index = head_pfn - range.first_pfn + in_compound;
                let found = self.words(memmap, index)?;
                if let Some(word) = first_difference(found, expected.as_ref()) {
                    return Some(self.reason(index, in_compound, word, expected.as_ref()[word], found.get(word)));
                }
            }
        }
        None
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
