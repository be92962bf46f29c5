//! Runs a grid over all backends and all entry points.

use super::fault::{self, Now};
use super::grid::{Block, Case, Sample};
use super::system;
use super::walls::Walls;
use crate::common::{Amount, GUARD, MARGIN, amount, for_each_backend, noise, say};
use crate::entries::{ENTRIES, Entry};
use memcpy_streaming::{Backend, Streamer};
use std::ops::Range;
use test_operations::Source;

pub(crate) fn run(grid: &'static str, blocks: Vec<Block>) {
    system::watch();
    let amount = amount();
    let sample = Sample::of(blocks, amount);
    let mut field = Field::new(sample.span());
    let mut counts = Vec::new();
    for_each_backend(|streamer| {
        let backend = streamer.backend();
        let is_here = |entry: &&Entry| !entry.is_free || backend == Backend::active();
        let mut cases = 0_u64;
        for entry in ENTRIES.iter().filter(is_here) {
            let now = |case| Now { grid, amount, entry: &entry.name, backend: backend.name(), case };
            let ran: u64 = sample.cases().map(|case| u64::from(field.run(streamer, entry, &now(case)))).sum();
            assert!(ran > 0 || amount != Amount::Full, "{} has not run", entry.name);
            cases += ran;
        }
        counts.push(format!("{cases} by {backend}"));
    });
    say(&format!("grid {grid} ({amount}): {}", counts.join(", ")));
}

/// Destination and source, between walls.
struct Field {
    dst: Walls,
    src: Walls,
    /// What is in all of the source.
    noise: Vec<u8>,
    /// A buffer to lay out what the destination must be.
    expected: Vec<u8>,
}

const GUARDS: [u8; MARGIN] = [GUARD; MARGIN];

impl Field {
    fn new(len: usize) -> Field {
        let (dst, mut src) = (Walls::new(len), Walls::new(len));
        let mut noise = noise(src.memory().len(), 1);
        // A byte that was not written shows, whatever it should be.
        noise.iter_mut().filter(|byte| **byte == GUARD).for_each(|byte| *byte = !GUARD);
        src.memory().copy_from_slice(&noise);
        let expected = vec![0; noise.len()];
        Field { dst, src, noise, expected }
    }

    /// Runs a case and checks everything on all sides; false if it is not for this entry point.
    fn run(&mut self, streamer: Streamer, entry: &Entry, now: &Now) -> bool {
        let Case { len, dst, src, without_source } = now.case;
        if matches!(entry.source, Source::Byte | Source::Value) && !without_source {
            return false;
        }
        let variety = len + 3 * dst.offset() + 5 * src.offset();
        let (src_len, dst_len) = entry.lens(len, variety);
        let (from, to) = (self.src.range(src, entry.source.align(), src_len), self.dst.range(dst, 1, dst_len));
        let expected = if entry.source.copies() {
            &self.noise[from.clone()]
        } else {
            entry.expect(&mut self.expected[..dst_len], &self.noise[from.clone()]);
            &self.expected[..dst_len]
        };
        let (dst, src) = (self.dst.memory(), self.src.memory());
        let around = around(&to, dst.len());
        dst[around.clone()].fill(GUARD);

        fault::note(*now);
        entry.run(streamer, &mut dst[to.clone()], &src[from.clone()]);

        if dst[to.clone()] != *expected {
            let wrong = (0..dst_len).find(|&i| dst[to.start + i] != expected[i]).expect("they differ");
            panic!("byte {wrong} is wrong: {now}");
        }
        let (before, after) = (&dst[around.start..to.start], &dst[to.end..around.end]);
        if *before != GUARDS[..before.len()] || *after != GUARDS[..after.len()] {
            panic!("wrote outside of its destination: {now}");
        }
        let around = self::around(&from, src.len());
        if src[around.clone()] != self.noise[around] {
            panic!("wrote to its source: {now}");
        }
        true
    }
}

/// A block with the guard bytes around it, as far as they are inside.
fn around(block: &Range<usize>, len: usize) -> Range<usize> {
    block.start.saturating_sub(MARGIN)..(block.end + MARGIN).min(len)
}
