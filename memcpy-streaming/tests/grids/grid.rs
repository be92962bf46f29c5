//! What a grid is: lengths and places, all combined.

use crate::common::Amount;
use std::fmt;

/// Where a block lies in memory between two walls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// So many bytes after the wall before it, which ends a page.
    Front(usize),
    /// Directly before the wall after it.
    Back,
}

impl Place {
    /// What a walk over the places counts.
    pub(crate) fn offset(self) -> usize {
        match self {
            Place::Front(offset) => offset,
            Place::Back => 0,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Front(offset) => write!(f, "offset {offset}"),
            Place::Back => f.write_str("the end"),
        }
    }
}

/// A length, and a place for each of the two blocks.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) len: usize,
    pub(crate) dst: Place,
    pub(crate) src: Place,
    /// Whether it is the only one of its length and destination that those entry points run which have no source in
    /// memory.
    pub(crate) without_source: bool,
}

/// All lengths at all offsets of the destination from all offsets of the source; and each block at the end, too.
pub(crate) struct Block {
    lens: Vec<usize>,
    dst: Vec<Place>,
    src: Vec<Place>,
}

impl Block {
    pub(crate) fn new(
        lens: impl IntoIterator<Item = usize>,
        dst: impl IntoIterator<Item = usize>,
        src: impl IntoIterator<Item = usize>,
    ) -> Block {
        let places =
            |offsets: &mut dyn Iterator<Item = usize>| offsets.map(Place::Front).chain([Place::Back]).collect();
        Block { lens: lens.into_iter().collect(), dst: places(&mut dst.into_iter()), src: places(&mut src.into_iter()) }
    }

    fn count(&self) -> usize {
        self.lens.len() * self.dst.len() * self.src.len()
    }

    fn case(&self, i: usize) -> Case {
        let (i, src) = (i / self.src.len(), i % self.src.len());
        let (len, dst) = (i / self.dst.len(), i % self.dst.len());
        Case { len: self.lens[len], dst: self.dst[dst], src: self.src[src], without_source: src == 0 }
    }
}

/// What runs of a grid.
pub(crate) struct Sample {
    blocks: Vec<Block>,
    /// The cases in the blocks.
    total: usize,
    is_whole: bool,
    /// The cases that run.
    count: usize,
}

/// How many cases run, and of up to how many bytes, where not all do.
fn limits(amount: Amount) -> Option<(usize, usize)> {
    match amount {
        Amount::Few => Some((50, 64 << 10)),
        Amount::Thin => Some((200, 64 << 10)),
        Amount::Usual => Some((1000, 256 << 10)),
        Amount::Full => None,
    }
}

impl Sample {
    pub(crate) fn of(mut blocks: Vec<Block>, amount: Amount) -> Sample {
        let limits = limits(amount);
        if let Some((_, longest)) = limits {
            blocks.iter_mut().for_each(|block| block.lens.retain(|len| *len <= longest));
        }
        let total = blocks.iter().map(Block::count).sum();
        let count = limits.map_or(total, |(count, _)| count.min(total));
        Sample { blocks, total, is_whole: count == total, count }
    }

    /// Bytes that each block takes with its offset.
    pub(crate) fn span(&self) -> usize {
        let places = |block: &Block| block.dst.iter().chain(&block.src).map(|place| place.offset()).max();
        let span = |block| Some(places(block)? + block.lens.iter().max()?);
        self.blocks.iter().filter_map(span).max().expect("a grid has cases")
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = Case> {
        (0..self.count).map(|i| if self.is_whole { self.nth(i) } else { at_walls(self.nth(self.spread(i)), i) })
    }

    fn nth(&self, mut i: usize) -> Case {
        for block in &self.blocks {
            match i.checked_sub(block.count()) {
                None => return block.case(i),
                Some(rest) => i = rest,
            }
        }
        unreachable!("there are {} cases", self.total)
    }

    /// The multiples of the golden ratio lie evenly between 0 and 1, however many there are; and they do not keep step
    /// with the sides of a grid.
    fn spread(&self, i: usize) -> usize {
        let fraction = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((u128::from(fraction) * self.total as u128) >> 64) as usize
    }
}

/// Six out of eight sampled cases have a wall at one of their blocks, or both: few have one by themselves.
fn at_walls(mut case: Case, i: usize) -> Case {
    let wall = if i.is_multiple_of(2) { Place::Front(0) } else { Place::Back };
    let which = i / 2;
    if which & 1 != 0 {
        case.dst = wall;
    }
    if which & 2 != 0 {
        case.src = wall;
    }
    case.without_source = true;
    case
}
