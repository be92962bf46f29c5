//! Which invariant a differing word breaks. The numbers are those of the list of invariants in this crate's tests.

use core::fmt;

use crate::inspect::{COUNTS, Reader, halves};
use crate::kconfig::Fields;
use crate::page::word;

/// A page that is not as initialisation leaves it. [`Display`](fmt::Display) is one line.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Index of the page, from 0.
    pub page: u64,
    /// Number of the invariant that it breaks.
    pub invariant: u32,
    /// What is wrong, in a few words.
    pub what: &'static str,
    /// What should be there, and what is: a word, or a counter. None if it is not about one.
    pub words: Option<(u64, u64)>,
}

impl Violation {
    pub(super) fn new(page: u64, invariant: u32, what: &'static str) -> Violation {
        Violation { page, invariant, what, words: None }
    }

    pub(super) fn words(self, expected: u64, found: u64) -> Violation {
        Violation { words: Some((expected, found)), ..self }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {} breaks invariant {}: {}", self.page, self.invariant, self.what)?;
        match self.words {
            Some((expected, found)) => write!(f, " is {found:#x}, not {expected:#x}"),
            None => Ok(()),
        }
    }
}

impl Reader {
    pub(super) fn fields(&self) -> Fields {
        Fields::new(&self.kconfig)
    }

    /// Why word `word` of page `page`, which is number `in_compound` of its compound, must not differ.
    pub(super) fn reason(&self, page: u64, in_compound: u64, word: usize, expected: u64, found: u64) -> Violation {
        let (invariant, what) = match (word, in_compound) {
            (word::FLAGS, _) => self.flags_reason(in_compound, expected ^ found),
            (word::INFO, 0) => (19, "the pgmap"),
            (word::INFO, _) if found & 1 == 0 => (23, "it should be a tail, and the word that leads to its head"),
            (word::INFO, _) => (23, "the word that leads to its head"),
            (COUNTS, _) => return counts_reason(page, in_compound, expected, found),
            (2, 0) => (20, "zone_device_data"),
            (3, 0) => (20, "mapping"),
            (2..=5, 1) => (30, "a word of the folio's counts"),
            (2 | 3, 2) => (31, "the deferred list"),
            (3, _) => (27, "mapping"),
            (4, _) => (15, "index"),
            (5, _) => (15, "private"),
            (2, _) => (27, "zone_device_data of a tail"),
            (7, _) if self.kconfig.memcg => (14, "the memcg word"),
            _ if word == self.fields().page_virtual => (17, "virtual"),
            _ if word == self.fields().last_cpupid => (11, "_last_cpupid"),
            _ => (16, "a word of KMSAN's or of padding"),
        };
        Violation::new(page, invariant, what).words(expected, found)
    }

    /// The reason for the highest field of the flag word that differs.
    fn flags_reason(&self, in_compound: u64, differs: u64) -> (u32, &'static str) {
        let flags = &self.flags;
        // From bit 63 down; what is below all fields are the flags themselves.
        let fields = [
            (flags.section_width, 18, "the section in the flag word"),
            (flags.node_width, 9, "the node in the flag word"),
            (flags.zone_width, 9, "the zone in the flag word"),
            (flags.last_cpupid_width, 11, "the last cpu and pid in the flag word"),
            (flags.kasan_tag_width, 12, "the KASAN tag in the flag word"),
            (flags.lru_gen_width, 12, "the LRU generation in the flag word"),
        ];
        let highest = differs.leading_zeros();
        let mut end = 0;
        for (width, invariant, what) in fields {
            end += width;
            if highest < end {
                return (invariant, what);
            }
        }
        match in_compound {
            _ if differs & self.kernel.version().pg_head != 0 && in_compound == 0 => {
                (22, "PG_head, and so the flag word,")
            }
            _ if differs & self.kernel.version().pg_reserved != 0 => (10, "PG_reserved, and so the flag word,"),
            1 if differs <= 0xff => (29, "the order in the flag word"),
            _ if differs & self.kernel.version().pg_head != 0 => (28, "PG_head, and so the flag word,"),
            _ => (10, "a flag, and so the flag word,"),
        }
    }
}

/// The two counters of a word.
fn counts_reason(page: u64, in_compound: u64, expected: u64, found: u64) -> Violation {
    let ([mapcount, refcount], [found_mapcount, found_refcount]) = (halves(expected), halves(found));
    if mapcount != found_mapcount {
        return Violation::new(page, 13, "_mapcount").words(mapcount.into(), found_mapcount.into());
    }
    let invariant = if in_compound == 0 { 21 } else { 26 };
    Violation::new(page, invariant, "_refcount").words(refcount.into(), found_refcount.into())
}
