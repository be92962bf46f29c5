//! What operations make of their source: the lengths, and the plain loop.

use crate::fixed;
use memcpy_streaming::Memory;

/// What an operation makes of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A copy of it.
    Block,
    /// The same, of fewer than so many bytes that there is a function of this constant size.
    Fixed,
    /// Rows of it, with bytes between them that are left.
    Rows,
    /// A byte, repeated.
    Byte,
    /// A value of a unit, repeated.
    Value,
    /// Any number of bytes, repeated; cut where the destination ends.
    Pattern,
    /// A record of words, repeated.
    Words,
    /// The same, and a word of it grows.
    Stepped,
}

/// What there is to choose. An operation takes what it has a use for.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The bytes of an element or a value, one of [`UNITS`]; for a device, of a register, if there is such a one.
    pub unit: usize,
    /// What the destination is taken for.
    pub memory: Memory,
    /// The bytes of a row, or of what is appended to a Writer at a time.
    pub width: usize,
    /// The bytes between rows, of the destination and of the source.
    pub gaps: [usize; 2],
    /// The bytes of a pattern; the words of a record, counted around. One at least.
    pub period: usize,
    /// The word of a record that grows, counted around, and by how much.
    pub step: (usize, u64),
}

/// Sizes of elements: one for each power of two that is stored at once, and some that divide no line.
pub const UNITS: [usize; 10] = [1, 2, 3, 4, 8, 16, 24, 64, 100, 128];

/// The words of a record, at most.
pub(crate) const WORDS: usize = 16;

const WORD: usize = size_of::<u64>();

impl Shape {
    /// Bytes in ordinary memory. The step carries from byte to byte.
    pub const PLAIN: Shape = Shape {
        unit: 1,
        memory: Memory::Ordinary,
        width: 88,
        gaps: [0, 0],
        period: 1,
        step: (11, 0x0101_0101_0101_01ff),
    };

    /// How many rows there are in so many bytes of the destination.
    pub(crate) fn rows(&self, len: usize) -> usize {
        (len + self.gaps[0]) / self.pitches()[0]
    }

    /// From one row to the next.
    pub(crate) fn pitches(&self) -> [usize; 2] {
        self.gaps.map(|gap| self.width + gap)
    }
}

impl Source {
    /// The lengths of source and destination, for a destination of up to `len` bytes.
    #[must_use]
    pub fn lens(self, len: usize, shape: Shape) -> (usize, usize) {
        let whole = len - len % shape.unit;
        match self {
            Source::Block => (whole, whole),
            Source::Fixed => (len % fixed::SIZES, len % fixed::SIZES),
            Source::Rows => ((shape.rows(len) * shape.pitches()[1]).saturating_sub(shape.gaps[1]), len),
            Source::Byte => (1, whole),
            Source::Value => (shape.unit, whole),
            Source::Pattern => (shape.period, len),
            Source::Words | Source::Stepped => {
                let record = WORD * (1 + (shape.period - 1) % WORDS);
                (record, len - len % record)
            }
        }
    }

    /// What the source's address should be a multiple of.
    #[must_use]
    pub fn align(self) -> usize {
        if matches!(self, Source::Words | Source::Stepped) { WORD } else { 1 }
    }

    /// Whether the destination becomes a copy of the source.
    #[must_use]
    pub fn copies(self) -> bool {
        matches!(self, Source::Block | Source::Fixed | Source::Rows)
    }

    /// Makes of `dst` what it must be afterwards.
    ///
    /// # Panics
    /// If the lengths are not [`lens`](Source::lens).
    pub fn expect(self, dst: &mut [u8], src: &[u8], shape: Shape) {
        if self == Source::Rows {
            let [to, from] = shape.pitches();
            for row in 0..shape.rows(dst.len()) {
                dst[row * to..][..shape.width].copy_from_slice(&src[row * from..][..shape.width]);
            }
            return;
        }
        let mut done = src.len().min(dst.len());
        dst[..done].copy_from_slice(&src[..done]);
        while done < dst.len() {
            let now = done.min(dst.len() - done);
            dst.copy_within(..now, done);
            done += now;
        }
        if self == Source::Stepped {
            let (word, step) = shape.step;
            for (i, record) in dst.chunks_exact_mut(src.len()).enumerate() {
                let word = &mut record.as_chunks_mut().0[word % (src.len() / WORD)];
                *word = u64::from_ne_bytes(*word).wrapping_add(step.wrapping_mul(i as u64)).to_ne_bytes();
            }
        }
    }
}
