//! The memory that everything is copied from and to, and which block of it comes next.

use std::io;
use std::slice;

use crate::memory::{BASE_PAGE, Mapping};
use crate::{Cache, Ends, Op, Point};

/// Where sources and destinations are.
pub struct Arena {
    src: Mapping,
    dst: Mapping,
    /// Bytes of the CPU's second-level cache.
    pub l2: usize,
}

impl Arena {
    /// Maps and writes `len` bytes for each side.
    pub fn new(len: usize, l2: usize) -> io::Result<Arena> {
        Ok(Arena { src: Mapping::written(len, 0x5eed << 40)?, dst: Mapping::written(len, 0xd57 << 40)?, l2 })
    }

    /// Bytes of each thread's part, on both sides: whole pages.
    pub fn part_len(&self, threads: usize) -> usize {
        self.dst.bytes().len() / threads / BASE_PAGE * BASE_PAGE
    }

    /// The part of thread `index` out of `threads`. Who takes turns in it runs one at a time.
    pub fn part(&mut self, index: usize, threads: usize) -> Block {
        let len = self.part_len(threads);
        let dst = self.dst.memory().as_mut_ptr().cast::<u8>().wrapping_add(index * len);
        Block { dst, src: self.src.bytes().as_ptr().wrapping_add(index * len), len }
    }
}

/// A block, or a part of the memory with many of them.
#[derive(Clone, Copy)]
pub struct Block {
    /// Where destinations begin.
    pub dst: *mut u8,
    /// Where sources begin.
    pub src: *const u8,
    /// Bytes, of each.
    pub len: usize,
}

// SAFETY: pointers are only numbers until they are used; each use says why it is alone.
unsafe impl Send for Block {}

impl Block {
    /// Its destination and its source.
    ///
    /// # Safety
    /// Both are memory that has been written. While the slices live nobody else uses the destination, and nobody writes the source.
    #[inline(always)]
    pub unsafe fn sides<'a>(self) -> (&'a mut [u8], &'a [u8]) {
        // SAFETY: the caller's.
        unsafe { (slice::from_raw_parts_mut(self.dst, self.len), slice::from_raw_parts(self.src, self.len)) }
    }
}

/// The blocks of one entrant's thread, without end. Cheap: it is within the timed region.
///
/// Destinations do not come again before all others were there, unless the cache is to be hot.
#[derive(Clone)]
pub struct Places {
    part: Block,
    dst: Walk,
    src: Walk,
    stride: usize,
    offsets: (usize, usize),
    size: usize,
    /// The sizes of blocks, if they vary, and which one was the last.
    mix: Option<Box<[u32; 256]>>,
    at: u8,
}

impl Places {
    /// The blocks of a point in `part`, on a CPU with a second-level cache of `l2` bytes. Every `entrant` has a sequence of its own: those
    /// that went to the same places would find them in the cache.
    pub fn new(point: &Point, part: Block, l2: usize, entrant: usize) -> Places {
        let size = point.size as usize;
        // The next block begins behind the last line of this one.
        let stride = size.next_multiple_of(64) + if point.ends == Ends::Aligned { 0 } else { 64 };
        let count = (part.len / stride).max(1);
        // Far from each other, however many there are: multiples of the golden ratio.
        let begin = ((u128::from((entrant as u32).wrapping_mul(0x9e37_79b9)) * count as u128) >> 32) as usize;
        let window = (l2 / 2 / stride).clamp(1, count);
        let (dst, src) = match point.cache {
            Cache::Hot => (Walk::Fixed, Walk::Fixed),
            Cache::HotSource => (Walk::random(count, entrant, DST), Walk::Sequential { at: 0, count: window }),
            Cache::ColdSequential => (Walk::Sequential { at: begin, count }, Walk::Sequential { at: begin, count }),
            Cache::ColdRandom => (Walk::random(count, entrant, DST), Walk::random(count, entrant + 31, SRC)),
        };
        let mix = (point.op == Op::Mix).then(|| mix(size));
        Places { part, dst, src, stride, offsets: point.ends.offsets(), size, mix, at: 0 }
    }

    /// The next one.
    #[inline(always)]
    #[allow(clippy::should_implement_trait, reason = "it has no end, and is asked within the timed region")]
    pub fn next(&mut self) -> Block {
        let mut len = self.size;
        if let Some(mix) = &self.mix {
            self.at = self.at.wrapping_add(1);
            len = mix[self.at as usize] as usize;
        }
        // In bounds: a walk stays below its count, and `count` strides are within the part.
        let dst = self.part.dst.wrapping_add(self.dst.next() * self.stride + self.offsets.0);
        let src = self.part.src.wrapping_add(self.src.next() * self.stride + self.offsets.1);
        Block { dst, src, len }
    }
}

/// Factors of random walks. The two sides have their own, or the distance between source and destination would hardly change, and with it
/// which banks of the memory they share.
const DST: u32 = 0x915f_77f5;
const SRC: u32 = 0x5851_f42d;

/// An endless walk over the numbers below a count. The random one is a linear congruential generator over a power of two, its low bits mixed
/// (both are bijections); numbers that are not below the count are skipped. So every number comes once in a period.
#[derive(Clone)]
enum Walk {
    Fixed,
    Sequential { at: usize, count: usize },
    Random { state: u32, factor: u32, mask: u32, shift: u32, count: u32 },
}

impl Walk {
    fn random(count: usize, seed: usize, factor: u32) -> Walk {
        let bits = count.next_power_of_two().trailing_zeros().clamp(1, 31);
        let mask = (1 << bits) - 1;
        let state = (seed as u32).wrapping_mul(0x9e37_79b9) & mask;
        Walk::Random { state, factor, mask, shift: bits.div_ceil(2), count: u32::try_from(count).unwrap_or(mask) }
    }

    #[inline(always)]
    fn next(&mut self) -> usize {
        match self {
            Walk::Fixed => 0,
            Walk::Sequential { at, count } => {
                let now = *at;
                *at = if now + 1 == *count { 0 } else { now + 1 };
                now
            }
            Walk::Random { state, factor, mask, shift, count } => loop {
                // Full period: the increment is odd, and the factor is 1 more than a multiple of 4 (Hull and Dobell).
                *state = state.wrapping_mul(*factor).wrapping_add(0x6d2b_79f5) & *mask;
                let mixed = *state ^ (*state >> *shift);
                if mixed < *count {
                    return mixed as usize;
                }
            },
        }
    }
}

/// Sizes from 64 to `largest`, equally likely on a logarithmic scale, in no order; the same for every entrant.
fn mix(largest: usize) -> Box<[u32; 256]> {
    let octaves = (largest.max(64) as f64 / 64.0).log2();
    Box::new(std::array::from_fn(|i| {
        // 77 is odd: each 256th comes once.
        let part = (i * 77 % 256) as f64 / 255.0;
        (64.0 * (part * octaves).exp2()) as u32
    }))
}

#[test]
fn a_random_walk_visits_each_place_once_in_a_period() {
    for count in [2, 3, 100, 1024, 1025, 5000] {
        for (seed, factor) in [(0, DST), (1, SRC), (40, DST)] {
            let mut walk = Walk::random(count, seed, factor);
            for _ in 0..3 {
                let seen: std::collections::HashSet<_> = (0..count).map(|_| walk.next()).collect();
                assert_eq!(seen.len(), count);
            }
        }
    }
}

#[test]
fn blocks_stay_inside() {
    let mut memory = vec![0_u8; 1 << 16];
    let part = Block { dst: memory.as_mut_ptr(), src: memory.as_ptr(), len: memory.len() };
    let is_inside = |from: *const u8, len| from >= part.src && from.addr() + len <= part.src.addr() + part.len;
    for &cache in Cache::ALL {
        for (op, ends) in [(Op::Copy, Ends::Aligned), (Op::Copy, Ends::Misaligned), (Op::Mix, Ends::Misaligned)] {
            let point = Point { op, size: 1024, ends, cache, reread: crate::Reread::No, threads: 1 };
            let mut places = Places::new(&point, part, 1 << 12, 5);
            for _ in 0..1000 {
                let Block { dst, src, len } = places.next();
                assert!(is_inside(dst, len) && is_inside(src, len) && (64..=1024).contains(&len));
                assert_eq!(dst.addr() % 64, (part.dst.addr() + point.ends.offsets().0) % 64);
            }
        }
    }
}
