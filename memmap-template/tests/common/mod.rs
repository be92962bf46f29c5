//! What the tests share: memory with known contents, and the machine's streamers.
#![allow(dead_code)] // Each test binary uses a part of it.

pub(crate) mod case;
pub(crate) mod model;
#[allow(unused_imports)] // The same.
pub(crate) use test_support::seeded;

use std::mem::MaybeUninit;
use std::ops::Range;

use memcpy_streaming::{Backend, Streamer};
use memmap_template::{AddressModel, Config, InitReport, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, Strategy};

/// Two pages of 7.1's devdax with 4K alignment on node 0.
pub(crate) const CONFIG: Config = Config::new(
    Kernel::V7_1,
    Pgmap::new(0xff11_0000_05ec_5180, MemoryType::Generic),
    PfnRange { start_pfn: 0x101200, nr_pages: 2 },
    AddressModel::Vmemmap { base: 0xffd4_0000_0000_0000 },
);

/// A value with a change.
pub(crate) fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}

/// One streamer per backend of this machine; the portable one is always there.
pub(crate) fn streamers() -> Vec<Streamer> {
    let streamers: Vec<_> = Backend::available()
        .map(|backend| {
            let streamer = Streamer::with_backend(backend).expect("an available backend");
            assert_eq!(streamer.backend(), backend);
            streamer
        })
        .collect();
    assert!(streamers.iter().any(|streamer| streamer.backend() == Backend::Portable));
    streamers
}

/// Bytes around the memory that a test hands out.
const CANARY: usize = 256;

/// Memory with canaries on both sides.
pub(crate) struct Memory {
    bytes: Vec<MaybeUninit<u8>>,
    start: usize,
    len: usize,
    seed: u64,
}

impl Memory {
    /// `len` bytes at an address that is `offset` more than a multiple of `align`, with contents that depend on `seed`.
    pub(crate) fn new(len: usize, align: usize, offset: usize, seed: u64) -> Memory {
        let size = len + align + offset + 2 * CANARY;
        let bytes: Vec<_> = garbage(seed, 0..size).into_iter().map(MaybeUninit::new).collect();
        let start = CANARY + bytes[CANARY..].as_ptr().align_offset(align) + offset;
        Memory { bytes, start, len, seed }
    }

    /// Gives it other contents than it had before the last run, canaries included.
    pub(crate) fn garble(&mut self, run: u64) {
        self.seed ^= run.wrapping_add(1) << 40;
        let bytes = garbage(self.seed, 0..self.bytes.len());
        self.bytes.copy_from_slice(&bytes.into_iter().map(MaybeUninit::new).collect::<Vec<_>>());
    }

    /// The memory, to be written to.
    pub(crate) fn uninit(&mut self) -> &mut [MaybeUninit<u8>] {
        &mut self.bytes[self.start..][..self.len]
    }

    /// What is in the memory now.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.all()[self.start..][..self.len]
    }

    /// Asserts that nothing but `written`, a part of the memory, has changed.
    pub(crate) fn assert_untouched_outside(&self, written: Range<usize>) {
        let written = self.start + written.start..self.start + written.end;
        self.assert_garbage(0..written.start);
        self.assert_garbage(written.end..self.bytes.len());
    }

    /// Asserts that a part of the memory has not changed.
    pub(crate) fn assert_untouched_in(&self, part: Range<usize>) {
        self.assert_garbage(self.start + part.start..self.start + part.end);
    }

    fn assert_garbage(&self, part: Range<usize>) {
        let (found, expected) = (&self.all()[part.clone()], garbage(self.seed, part.clone()));
        if *found != *expected {
            let touched = (0..part.len()).find(|&i| found[i] != expected[i]).expect("they differ");
            panic!("byte {} was touched", (part.start + touched) as isize - self.start as isize);
        }
    }

    fn all(&self) -> &[u8] {
        // SAFETY: every byte has been initialised in `new`, and whoever was lent them as uninitialised is the crate under
        // test, which writes initialised bytes only.
        unsafe { std::slice::from_raw_parts(self.bytes.as_ptr().cast(), self.bytes.len()) }
    }
}

/// A part of contents that nothing under test would write.
fn garbage(seed: u64, part: Range<usize>) -> Vec<u8> {
    let words = part.start / 8..part.end.div_ceil(8);
    let mut bytes = vec![0; 8 * words.len()];
    for (word, to) in words.zip(bytes.as_chunks_mut().0) {
        let word = (seed ^ word as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        *to = u64::to_le_bytes(word ^ (word >> 29));
    }
    bytes.truncate(part.start % 8 + part.len());
    bytes.split_off(part.start % 8)
}

/// Names a test case if the test panics while this is alive: quickcheck names only those that it could shrink.
pub(crate) struct NameOnPanic<'a, T: std::fmt::Debug>(pub(crate) &'a T);

impl<T: std::fmt::Debug> Drop for NameOnPanic<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed: {:?}", self.0);
        }
    }
}

/// Runs a strategy on memory and asserts that it, with this backend, did the work.
pub(crate) fn run(init: &MemmapInit, memory: &mut Memory, strategy: Strategy, streamer: Streamer) -> InitReport {
    let report = init.run(memory.uninit(), strategy, streamer).unwrap();
    assert_eq!((report.asked, report.ran, report.fallback), (strategy, strategy, None));
    assert_eq!(report.backend, streamer.backend());
    report
}
