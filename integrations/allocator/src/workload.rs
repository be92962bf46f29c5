//! What programs do with large blocks, by crates that know nothing of the allocator. Each part checks its own result.

use std::io::{Read, Write};

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};
use lz4_flex::frame::{FrameDecoder, FrameEncoder};
use rdst::RadixSort;
use side_by_side::{Failure, Metric};

use crate::metrics;

pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) metrics: [Metric; 2],
    /// Bytes that it works on, at a time.
    pub(crate) size: usize,
    pub(crate) run: fn(usize) -> Result<(), Failure>,
}

pub(crate) const PARTS: [Part; 3] = [
    Part {
        name: "blocks",
        metrics: metrics("lz4_flex, blocks (zeroed buffers)", "lz4_flex, blocks: resident"),
        size: 16 << 20,
        run: blocks,
    },
    Part {
        name: "frames",
        metrics: metrics("lz4_flex, frames (buffers that grow)", "lz4_flex, frames: resident"),
        size: 16 << 20,
        run: frames,
    },
    Part {
        name: "sort",
        metrics: metrics("rdst, sorting what was collected", "rdst: resident"),
        size: 8 << 20,
        run: sort,
    },
];

/// How many documents follow each other, or tables.
const TIMES: u64 = 5;

/// Lines of a log: noise for as far as lz4 looks back, over and over.
fn log(seed: u64, size: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut lines = Vec::new();
    while lines.len() < 1 << 18 {
        let (host, took) = (random.u16(..), random.u32(..100_000));
        writeln!(lines, "host-{host:05} GET /static/{}.js 200 {took} us", random.char('a'..='z'))
            .expect("memory takes all");
    }
    lines.iter().copied().cycle().take(size).collect()
}

/// lz4's block format: the buffers are as large as the result may be, and zeroed.
fn blocks(size: usize) -> Result<(), Failure> {
    let text = log(1, size);
    for _ in 0..TIMES {
        let unpacked = decompress_size_prepended(&compress_prepend_size(&text))?;
        same(unpacked == text)?;
    }
    Ok(())
}

/// lz4's frame format, into vectors that grow.
fn frames(size: usize) -> Result<(), Failure> {
    let text = log(1, size);
    for _ in 0..TIMES {
        let mut encoder = FrameEncoder::new(Vec::new());
        encoder.write_all(&text)?;
        let packed = encoder.finish()?;
        let mut unpacked = Vec::new();
        FrameDecoder::new(&packed[..]).read_to_end(&mut unpacked)?;
        same(unpacked == text)?;
    }
    Ok(())
}

/// A vector that is collected one by one, and sorted by way of another one.
fn sort(size: usize) -> Result<(), Failure> {
    for seed in 0..TIMES {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut values = Vec::new();
        let mut sum = 0_u64;
        for _ in 0..size / 8 {
            let value = random.u64(..);
            sum = sum.wrapping_add(value);
            values.push(value);
        }
        values.radix_sort_unstable();
        same(values.is_sorted() && sum == values.iter().fold(0, |sum: u64, value| sum.wrapping_add(*value)))?;
    }
    Ok(())
}

fn same(right: bool) -> Result<(), Failure> {
    if right { Ok(()) } else { Err(Failure::run("the result is another one")) }
}
