//! What the pages of a memmap say that all of them are. None is believed alone, so that a page which is wrong is the one that is named: each
//! question is put to several pages, and the answer is what most of them say, of equals the earliest.

use crate::inspect::reason::Violation;
use crate::inspect::{Info, Kind, Page, Reader, Words, halves};
use crate::kernel::{FirstTailForm, Kernel};
use crate::page::{WORD, word};
use crate::profile::Profile;

/// Pages that are asked at most.
const SAMPLES: usize = 7;

/// What all pages should be.
#[derive(Clone, Copy)]
pub(super) struct Survey {
    pub(super) order: u32,
    /// Where the first struct page is said to be; 0 where nothing says it.
    pub(super) address: u64,
    pub(super) pgmap: u64,
    pub(super) zone: u32,
    pub(super) nid: u32,
    /// Of single pages and heads.
    pub(super) refcount: u32,
    /// Where `virtual` starts, if there is one.
    pub(super) page_offset: u64,
}

/// What most samples are, and the earliest of equals.
fn most(samples: impl Iterator<Item = u64>) -> Option<u64> {
    let (mut kept, mut len) = ([0; SAMPLES], 0);
    for sample in samples.take(SAMPLES) {
        kept[len] = sample;
        len += 1;
    }
    let kept = &kept[..len];
    // Of equals, `max_by_key` gives the last one.
    kept.iter().rev().max_by_key(|&value| kept.iter().filter(|&other| other == value).count()).copied()
}

impl Reader {
    /// Asks the pages of `memmap`, whose first one is `first`.
    pub(super) fn survey(&self, memmap: &[u8], first: &Page) -> Result<Survey, Violation> {
        let order = if self.has_tails(memmap, first) { self.order(memmap)? } else { 0 };
        let heads = || (0..SAMPLES as u64).map_while(move |i| self.page(memmap, i << order));
        let pages = || (0..SAMPLES as u64).map_while(move |i| self.page(memmap, i));
        let mut pgmaps = heads().map(|page| match page.info {
            Info::Pgmap(address) => address,
            // A tail where there should be a head has none, which no pgmap is at.
            _ => 0,
        });
        Ok(Survey {
            order,
            address: self.address(memmap, order),
            pgmap: most(&mut pgmaps).unwrap_or(0),
            zone: most(pages().map(|page| page.zone.into())).unwrap_or(0) as u32,
            nid: self.nid.unwrap_or_else(|| most(pages().map(|page| page.nid.into())).unwrap_or(0) as u32),
            refcount: most(heads().map(|page| page.refcount.into())).unwrap_or(0) as u32,
            page_offset: most((0..SAMPLES as u64).map_while(|page| self.page_offset(memmap, page))).unwrap_or(0),
        })
    }

    /// Where `virtual` starts by what a page says.
    pub(super) fn page_offset(&self, memmap: &[u8], page: u64) -> Option<u64> {
        let words = self.words(memmap, page)?;
        if !self.kconfig.page_virtual {
            return Some(self.kconfig.page_offset);
        }
        let pfn = self.first_pfn.wrapping_add(page);
        Some(words.get(self.fields().page_virtual).wrapping_sub(pfn << self.kconfig.page_size.shift()))
    }

    /// Whether the pages are compounds. One page that looks like a tail may be wrong, and the first one may: two that do are right.
    fn has_tails(&self, memmap: &[u8], first: &Page) -> bool {
        let [mut tails, mut others] = [0, 0];
        for words in (1..=SAMPLES as u64).map_while(|page| self.words(memmap, page)) {
            if words.get(word::INFO) & 1 == 1 { tails += 1 } else { others += 1 }
        }
        match tails {
            0 => first.kind == Kind::Head && others == 0,
            1 => first.kind == Kind::Head,
            _ => true,
        }
    }

    /// The order of the first compound: by its first tail, by the masks of its tails, and by where the next one starts.
    fn order(&self, memmap: &[u8]) -> Result<u32, Violation> {
        let tail = self.words(memmap, 1).ok_or(Violation::new(0, 33, "it is a head without tails"))?;
        let by_mask = |page| match self.info(self.words(memmap, page)?.get(word::INFO)) {
            Info::Mask(order) => Some(order),
            _ => None,
        };
        // 6.1 writes no order into a compound of two pages.
        let by_tail = |tail: Words<'_>| {
            let by_count = self.kernel == Kernel::V6_1 && tail.get(word::FLAGS) != 0;
            self.order_of_first_tail(tail).or(by_count.then_some(1))
        };
        let own = self.order_of_first_tail(tail).or(by_mask(1)).or(by_tail(tail)).ok_or(Violation::new(
            1,
            29,
            "the first tail holds no order from 1 to 18",
        ))?;
        let whole = self.next_head(memmap);
        let by_length = whole.is_power_of_two().then(|| whole.ilog2());
        let by_next = whole.checked_add(1).and_then(|page| self.words(memmap, page)).and_then(by_tail);
        let said = [Some(own), self.order_by_pages(memmap), by_length, by_next, by_mask(1), by_mask(2), by_mask(3)];
        let orders = said.into_iter().flatten().filter(|order| (1..=18).contains(order));
        Ok(most(orders.map(u64::from)).map_or(own, |order| order as u32))
    }

    /// The first page behind page 0 that is a head and no tail; the number of pages if there is none.
    fn next_head(&self, memmap: &[u8]) -> u64 {
        let pages = self.pages(memmap);
        let is_head = |&page: &u64| self.page(memmap, page).is_some_and(|page| page.kind == Kind::Head);
        (1..pages.min(1 << 18 | 1)).find(is_head).unwrap_or(pages)
    }

    /// The order by the number of pages that the first tail holds.
    fn order_by_pages(&self, memmap: &[u8]) -> Option<u32> {
        let tail = self.words(memmap, 1)?;
        let pages = match self.kernel.version().first_tail {
            FirstTailForm::V6_1 => halves(tail.get(3))[1],
            FirstTailForm::V6_12 => halves(tail.get(4))[0],
            FirstTailForm::V6_15 if self.kconfig.memcg => halves(tail.get(7))[0],
            FirstTailForm::V6_15 => return None,
        };
        pages.is_power_of_two().then(|| pages.ilog2())
    }

    /// Where the first struct page says that it is: what tails' pointers or lists tell. 0 will do where there are none.
    fn address(&self, memmap: &[u8], order: u32) -> u64 {
        let profile = Profile::new(self.kernel, &self.kconfig);
        let size = self.kconfig.struct_page_size();
        // What word `word` of tail `tail` of a compound says, if it is to point `into` bytes behind that compound's head.
        let said = |compound: u64, tail: u64, word: usize, into: u64| {
            let head = compound << order;
            let pointer = self.words(memmap, head + tail)?.get(word);
            Some((pointer & !1).wrapping_sub(head * size + into))
        };
        // Some of the first compound, and the first one of those behind it.
        let tails = |of: [(u64, usize); 3]| {
            let others = (1..=4).map(move |compound| (compound, of[0]));
            of.map(|tail| (0, tail)).into_iter().chain(others)
        };
        let pointers = |(compound, (tail, word))| said(compound, tail, word, 0);
        let list = word::DEFERRED_LIST;
        let lists = |(compound, (tail, word))| said(compound, tail, word, tail * size + (list * WORD) as u64);
        let found = if order == 0 {
            None
        } else if !profile.tails_hold_mask() {
            let last = (1 << order) - 1;
            most(tails([1, 2.min(last), 3.min(last)].map(|tail| (tail, word::INFO))).filter_map(pointers))
        } else if order > 1 && profile.deferred_list_survives() {
            most(tails([(2, list), (2, list + 1), (2, list)]).filter_map(lists))
        } else {
            None
        };
        found.unwrap_or(0)
    }
}
