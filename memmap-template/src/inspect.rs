//! Reading a memmap back: what each struct page is, and the first one that is not what initialisation leaves.
//!
//! ```
//! use memmap_template::inspect::{Kind, Reader};
//!
//! // A single page of fsdax, as 7.3.4 leaves it.
//! let words = [0x0027_ffff_c000_2000_u64, 0xff11_0000_05b5_7ab8, 0, 0, 0, 0, 0xffff_ffff, 0];
//! let mut memmap: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
//! let reader = Reader::default();
//! # if cfg!(target_endian = "big") { return }
//! let page = reader.page(&memmap, 0).unwrap();
//! assert_eq!((page.kind, page.zone, page.nid, page.refcount), (Kind::Single, 4, 0, 0));
//! assert!(reader.first_violation(&memmap).is_none());
//!
//! memmap[24] = 1;
//! let violation = reader.first_violation(&memmap).unwrap();
//! assert_eq!((violation.page, violation.invariant), (0, 20));
//! ```

mod reason;
mod survey;
mod violation;

pub use reason::Violation;

use crate::flags::FlagsLayout;
use crate::kconfig::Kconfig;
use crate::kernel::{FirstTailForm, Kernel};
use crate::page::{WORD, word};
use crate::preset::Preset;

/// How a memmap is to be read: as which kernel's, built how. Start from the [`default`](Reader::default) and change what differs.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// Whose words they are.
    pub kernel: Kernel,
    /// How it was built. Struct pages have to be whole words.
    pub kconfig: Kconfig,
    /// Where the fields of the flag word are.
    pub flags: FlagsLayout,
    /// The pfn of the first page, for section numbers. Nothing else depends on it.
    pub first_pfn: u64,
    /// The node that all pages should be of; None for the one that most are of.
    pub nid: Option<u32>,
}

impl Default for Reader {
    /// 7.1, as a distribution builds it.
    fn default() -> Reader {
        let Preset { kconfig, flags, .. } = Preset::X86_64_DISTRO;
        Reader { kernel: Kernel::V7_1, kconfig, flags, first_pfn: 0, nid: None }
    }
}

/// What a struct page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// All bytes are zero: not initialised.
    Blank,
    /// A page of order 0.
    Single,
    /// The first page of a compound.
    Head,
    /// Another page of a compound.
    Tail,
}

/// How a page says which compound, or which device, it belongs to: the word behind the flags.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Info {
    /// The address of the `dev_pagemap`: single pages and heads.
    Pgmap(u64),
    /// The address of the head: tails.
    Pointer(u64),
    /// A mask for addresses of struct pages, for a compound of this order: tails since 7.1.
    Mask(u32),
}

/// A struct page in words for people. Fields are what the bits say; [`Reader::first_violation`] judges them.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// What it is.
    pub kind: Kind,
    /// The order: of single pages (0), of tails that tell it (first tails, and those with a mask), and of heads before such a tail.
    pub order: Option<u32>,
    /// Index of its zone.
    pub zone: u32,
    /// Its node.
    pub nid: u32,
    /// Its reference count.
    pub refcount: u32,
    /// `_mapcount`, -1 for a page that is not mapped.
    pub mapcount: i32,
    /// The word behind the flags.
    pub info: Info,
    /// The flag word.
    pub flags: u64,
}

impl Reader {
    /// Struct pages in `memmap`; bytes of an incomplete last one are not counted.
    #[must_use]
    pub fn pages(&self, memmap: &[u8]) -> u64 {
        memmap.len() as u64 / self.kconfig.struct_page_size()
    }

    /// Page `index` of `memmap`; None if it has fewer, or if struct pages are not whole words.
    #[must_use]
    pub fn page(&self, memmap: &[u8], index: u64) -> Option<Page> {
        let words = self.words(memmap, index)?;
        let (flags, info) = (words.get(word::FLAGS), words.get(word::INFO));
        let kind = if words.0.iter().all(|&byte| byte == 0) {
            Kind::Blank
        } else if info & 1 != 0 {
            Kind::Tail
        } else if flags & self.kernel.version().pg_head != 0 {
            Kind::Head
        } else {
            Kind::Single
        };
        let info = self.info(info);
        let [mapcount, refcount] = words.halves(COUNTS);
        Some(Page {
            kind,
            order: match (kind, info) {
                (Kind::Single, _) => Some(0),
                (Kind::Tail, _) => self.order_of_tail(words),
                (Kind::Head, _) => {
                    let next = index.checked_add(1).and_then(|next| self.words(memmap, next));
                    next.filter(|next| next.get(word::INFO) & 1 != 0).and_then(|tail| self.order_of_tail(tail))
                }
                _ => None,
            },
            zone: self.flags.zone(flags),
            nid: self.flags.node(flags),
            refcount,
            mapcount: mapcount as i32,
            info,
            flags,
        })
    }

    fn words<'a>(&self, memmap: &'a [u8], index: u64) -> Option<Words<'a>> {
        let size = self.kconfig.struct_page_size();
        let start = usize::try_from(index.checked_mul(size)?).ok()?;
        let bytes = memmap.get(start..)?.get(..size as usize)?;
        size.is_multiple_of(WORD as u64).then_some(Words(bytes))
    }

    fn info(&self, info: u64) -> Info {
        let size_shift = self.kconfig.struct_page_size().ilog2();
        let mask = info & !1;
        let order = mask.trailing_zeros().wrapping_sub(size_shift);
        match info & 1 {
            0 => Info::Pgmap(info),
            _ if mask.leading_ones() + mask.trailing_zeros() == u64::BITS && (1..=18).contains(&order) => {
                Info::Mask(order)
            }
            _ => Info::Pointer(mask),
        }
    }

    /// The order that a tail's mask is for, or that it holds as a first tail.
    fn order_of_tail(&self, words: Words) -> Option<u32> {
        match self.info(words.get(word::INFO)) {
            Info::Mask(order) => Some(order),
            _ => self.order_of_first_tail(words),
        }
    }

    /// The order that a first tail holds, if that can be one.
    fn order_of_first_tail(&self, words: Words) -> Option<u32> {
        let order = match self.kernel.version().first_tail {
            // `compound_order`, the byte behind the destructor.
            FirstTailForm::V6_1 => words.0[17],
            _ => words.get(word::FLAGS) as u8,
        };
        (1..=18).contains(&order).then_some(order.into())
    }
}

/// The word of `_mapcount` and `_refcount`.
const COUNTS: usize = 6;

/// The bytes of a struct page.
#[derive(Clone, Copy)]
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn get(self, word: usize) -> u64 {
        let mut bytes = [0; WORD];
        bytes.copy_from_slice(&self.0[WORD * word..][..WORD]);
        u64::from_ne_bytes(bytes)
    }

    /// The two counters of a word.
    fn halves(self, word: usize) -> [u32; 2] {
        halves(self.get(word))
    }
}

/// The two counters of a word, the one at the lower address first.
fn halves(word: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = word.to_ne_bytes();
    [u32::from_ne_bytes([a, b, c, d]), u32::from_ne_bytes([e, f, g, h])]
}
