//! The memory, and which block of it comes next.

use std::mem::MaybeUninit;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::mapping::{BASE_PAGE, HUGE_PAGE, Mapping};

/// Bytes on each side: more than any cache holds.
const LEN: usize = 512 << 20;

/// Bytes behind the last block: misaligned ones begin later.
const SLACK: usize = 4096;

/// Sources and destinations.
pub(super) struct Arena {
    src: Mapping,
    dst: Mapping,
}

impl Arena {
    /// What it takes from the limits.
    pub(super) fn cost() -> u64 {
        2 * Mapping::cost((LEN + SLACK) as u64)
    }

    /// Memory in huge pages where the system gives them, all of it written. No word is zero: some CPUs write lines of zeros twice as
    /// fast as others.
    pub(super) fn new(interrupt: &Interrupt) -> Result<Arena, Failure> {
        let side = |salt: u64| {
            let mut memory = Mapping::new(LEN + SLACK, true)
                .map_err(|error| Failure::input(format_args!("cannot map {LEN} bytes: {error}")))?;
            let words = (0..BASE_PAGE as u64 / 8)
                .map(|i| (i ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 0x0101_0101_0101_0101);
            let page: Vec<_> = words.flat_map(u64::to_ne_bytes).map(MaybeUninit::new).collect();
            for huge_page in memory.memmap().chunks_mut(HUGE_PAGE) {
                interrupt.check()?;
                huge_page.chunks_mut(BASE_PAGE).for_each(|place| place.copy_from_slice(&page[..place.len()]));
            }
            Ok(memory)
        };
        Ok(Arena { src: side(0x5eed << 40)?, dst: side(0xd57 << 40)? })
    }

    /// Where sources begin, and destinations.
    pub(super) fn begin(&mut self) -> (*const u8, *mut u8) {
        (self.src.bytes().as_ptr(), self.dst.memmap().as_mut_ptr().cast())
    }
}

/// The places of blocks, without end. In one lap no place comes twice.
#[derive(Clone, Copy)]
pub(super) struct Walk {
    src: usize,
    dst: usize,
}

impl Walk {
    /// Every lap has a walk of its own. Who went where another was would find its lines in the cache; and a pair of walks that is
    /// lucky with the banks of the memory would be lucky in every lap.
    pub(super) fn new(lap: usize) -> Walk {
        let start = |side: u64| {
            // SplitMix64.
            let mut bits = (lap as u64 * 2 + side).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (bits ^ bits >> 31) as usize
        };
        Walk { src: start(0), dst: start(1) }
    }

    /// The next block's offsets, source and destination, for blocks of `stride` bytes with what lies between them.
    pub(super) fn next(&mut self, stride: usize, random: bool) -> (usize, usize) {
        let bits = (LEN / stride).ilog2();
        let mask = (1 << bits) - 1;
        if !random {
            (self.src, self.dst) = (self.src.wrapping_add(1), self.dst.wrapping_add(1));
            return ((self.src & mask) * stride, (self.dst & mask) * stride);
        }
        // Linear congruential generators of full period (Hull and Dobell): no place comes twice before all others were there. The two
        // sides have factors of their own, or the distance between source and destination would hardly change, and with it which
        // banks of the memory they share.
        self.src = self.src.wrapping_mul(0x5851_f42d).wrapping_add(0x6d2b_79f5) & mask;
        self.dst = self.dst.wrapping_mul(0x915f_77f5).wrapping_add(0x2545_f491) & mask;
        // The low bits of such a number repeat soon: the high ones are mixed in, which is one to one.
        let mixed = |at: usize| (at ^ at >> bits.div_ceil(2)) * stride;
        (mixed(self.src), mixed(self.dst))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn places_are_inside_and_do_not_come_twice() {
        for stride in [64, 128, 1088, 4096, 16 << 20, (16 << 20) + 64] {
            for random in [false, true] {
                let mut walk = Walk::new(3);
                let lap = (1 << (LEN / stride).ilog2()).min(1000);
                let places: HashSet<_> = (0..lap).map(|_| walk.next(stride, random).1).collect();
                assert_eq!(places.len(), lap, "{stride}");
                assert!(places.iter().all(|at| at % stride == 0 && at + stride <= LEN), "{stride}");
            }
        }
    }
}
