//! Somebody else's working set.

use std::hint::black_box;
use std::time::Instant;

/// Memory that a program reads again and again, and that fits the second-level cache of most CPUs: what a copy takes out of the cache, it
/// has to fetch again.
pub struct Victim(Vec<u64>);

/// Words of a line.
const LINE: usize = 8;

impl Victim {
    /// One of `bytes`, 512 KiB are a good number.
    pub fn new(bytes: usize) -> Victim {
        Victim((0..bytes as u64 / 8).collect())
    }

    /// Reads one word of each line, in an order that no prefetcher follows, and answers how many seconds it took.
    pub fn read(&self) -> f64 {
        let lines = self.0.len() / LINE;
        let start = Instant::now();
        // An odd step goes through all lines, if their number is a power of two.
        let sum = (0..lines).fold(0, |sum: u64, i| sum.wrapping_add(self.0[i * 1021 % lines * LINE]));
        black_box(sum);
        start.elapsed().as_secs_f64()
    }
}
