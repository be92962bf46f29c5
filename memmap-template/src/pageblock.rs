//! Pageblocks: which ones initialising a range initialises, and the map that says what became of them.

use crate::check::Checked;
use crate::error::ConfigError;
use crate::range::PageRange;

/// `MIGRATE_MOVABLE`: what initialisation makes of the pageblocks of a ZONE_DEVICE range.
pub const MIGRATE_MOVABLE: u8 = 1;

/// `NR_PAGEBLOCK_BITS`: bits of a pageblock in the map.
const BITS: u32 = 4;
/// Pageblocks in a word of the map.
const PER_WORD: u64 = (u64::BITS / BITS) as u64;
/// `MIGRATETYPE_MASK`: the bits that hold the migrate type.
const TYPE_MASK: u64 = 0b111;

/// How a kernel goes about the pageblocks of a range.
#[derive(Clone, Copy)]
pub(crate) struct Pageblocks {
    /// `pageblock_order`.
    pub(crate) order: u32,
    /// Whether a pageblock is initialised along with its first page, and not in a pass at the end of the range.
    pub(crate) in_loop: bool,
}

impl Pageblocks {
    /// Whether a pageblock starts with this page.
    #[inline(always)]
    pub(crate) fn starts_at(self, pfn: u64) -> bool {
        pfn & ((1 << self.order) - 1) == 0
    }

    /// The first page of the next pageblock.
    #[inline(always)]
    pub(crate) fn next(self, pfn: u64) -> u64 {
        // Pfns have at most 52 bits: this does not overflow.
        (pfn | ((1 << self.order) - 1)) + 1
    }

    /// The pageblocks of a range that are initialised, by number.
    ///
    /// In the loop, those are the ones whose first struct page is written, which dedup leaves few of in large compounds; in a
    /// pass of their own, all that start in the range.
    fn initialised(self, range: PageRange) -> impl Iterator<Item = u64> {
        let first = range.first_pfn.div_ceil(1 << self.order);
        let end = range.end_pfn().div_ceil(1 << self.order);
        (first..end).filter(move |block| {
            // Compounds are naturally aligned.
            let in_compound = (block << self.order) & ((1 << range.order) - 1);
            !self.in_loop || in_compound < range.compound_nr_pages
        })
    }
}

/// A section's `pageblock_flags`, for all pageblocks of a range: four bits each, of which three hold the migrate type.
///
/// It borrows words of the caller's, 16 pageblocks each. [`MemmapInit::usemap`](crate::MemmapInit::usemap) makes one, for runs over
/// pageblocks of the same order that start with the same one and are no more than it holds; others refuse it.
#[derive(Debug)]
pub struct Usemap<'a> {
    words: &'a mut [u64],
    /// The number of the first pageblock.
    first: u64,
    order: u32,
}

impl<'a> Usemap<'a> {
    pub(crate) fn new(words: &'a mut [u64], checked: &Checked, order: u32) -> Result<Usemap<'a>, ConfigError> {
        check_len(words, checked, order)?;
        Ok(Usemap { words, first: checked.start_pfn >> order, order })
    }

    /// The migrate type of the pageblock that `pfn` is in; None for a pfn that is not in the map.
    #[must_use]
    pub fn migratetype(&self, pfn: u64) -> Option<u8> {
        let (word, shift) = self.place(pfn >> self.order)?;
        Some((self.words[word] >> shift & TYPE_MASK) as u8)
    }

    /// Refuses a map that does not hold the pageblocks of this range: marks would go to the wrong ones, or nowhere.
    pub(crate) fn check(&self, checked: &Checked, order: u32) -> Result<(), ConfigError> {
        let first = checked.start_pfn >> order;
        if (self.order, self.first) != (order, first) {
            return Err(ConfigError::UsemapOfAnotherRun {
                map_first_pfn: self.first << self.order,
                map_order: self.order,
                first_pfn: first << order,
                order,
            });
        }
        check_len(self.words, checked, order)
    }

    /// Where the bits of a pageblock are.
    fn place(&self, block: u64) -> Option<(usize, u32)> {
        let index = block.checked_sub(self.first)?;
        let word = usize::try_from(index / PER_WORD).ok().filter(|&word| word < self.words.len())?;
        Some((word, (index % PER_WORD) as u32 * BITS))
    }

    /// `init_pageblock_migratetype(MIGRATE_MOVABLE)` for the pageblocks of a range, which [`check`](Self::check) has found to be
    /// in the map.
    pub(crate) fn mark(&mut self, pageblocks: Pageblocks, range: PageRange) {
        for block in pageblocks.initialised(range) {
            if let Some((word, shift)) = self.place(block) {
                let word = &mut self.words[word];
                *word = *word & !(TYPE_MASK << shift) | u64::from(MIGRATE_MOVABLE) << shift;
            }
        }
    }
}

/// The words of a map that has all pageblocks of a range.
pub(crate) fn words_for(checked: &Checked, order: u32) -> u64 {
    let blocks = ((checked.end_pfn - 1) >> order) - (checked.start_pfn >> order) + 1;
    blocks.div_ceil(PER_WORD)
}

fn check_len(words: &[u64], checked: &Checked, order: u32) -> Result<(), ConfigError> {
    let (len, need) = (words.len() as u64, words_for(checked, order));
    if len < need { Err(ConfigError::UsemapTooShort { len, need }) } else { Ok(()) }
}
