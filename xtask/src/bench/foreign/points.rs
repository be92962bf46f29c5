//! What an emulator is to check.

use bench_runner::{Cache, Ends, Op, Point, Reread};

/// A line; one that is streamed only undrained; a page; more than a prefetch.
const SIZES: [u64; 4] = [64, 512, 4096, 64 << 10];
/// 16 thousand struct pages.
const MEMMAP: u64 = 1 << 20;

/// The points of some operations.
pub(super) fn points(ops: &[Op]) -> Vec<Point> {
    let mut points = Vec::new();
    for &op in ops {
        let cache = match op {
            Op::Writer | Op::MemmapFsdax | Op::MemmapDevdax => Cache::ColdSequential,
            // They have no backend of ours, or nothing but size or threads besides copies and fills.
            Op::Limits | Op::ExtentCopy | Op::ExtentFill | Op::ExtentZeros | Op::Threads => continue,
            // Emulators before qemu 8.1 say that they have DC CVAP, and have not.
            Op::Persist => continue,
            _ => Cache::ColdRandom,
        };
        let ends = match op {
            Op::Copy | Op::Batch | Op::Mix | Op::Fill | Op::Pattern => Ends::ALL,
            _ => &[Ends::Aligned],
        };
        let sizes = if matches!(op, Op::MemmapFsdax | Op::MemmapDevdax) { &[MEMMAP][..] } else { &SIZES };
        for &ends in ends {
            points.extend(sizes.iter().map(|&size| Point { op, size, ends, cache, reread: Reread::No, threads: 1 }));
        }
    }
    points
}
