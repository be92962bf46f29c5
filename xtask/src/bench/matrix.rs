//! The matrix: which points there are.

use bench_runner::{Cache, Ends, Op, Point, Reread};

use super::options::{ALL, Options};
use super::results::{Line, line_of, plain_line};
use crate::args;
use crate::failure::Failure;
use crate::machine::Place;
use crate::number::short;

/// Bytes of the memmap that the strategies are to write: 4 GiB of pages. On an emulator, 64 MiB of them.
const MEMMAP: u64 = 64 << 20;
const EMULATED_MEMMAP: u64 = 1 << 20;
/// Bytes of extents. Those that the arena holds are measured: the largest is larger than the third-level cache then.
const EXTENTS: [u64; 4] = [16 << 20, 64 << 20, 256 << 20, 1 << 30];
const QUICK_EXTENT: u64 = 64 << 20;
/// What is copied on an emulator: a line; one that is streamed only undrained; a page; more than a prefetch.
const EMULATED: [u64; 4] = [64, 512, 4096, 64 << 10];

/// The points that were asked for, each once, in the order in which they are measured.
pub(crate) fn points(options: &Options, place: Place) -> Result<Vec<Point>, Failure> {
    let arena = place.arena(options.largest_block());
    let mut points = Vec::new();
    for &op in &options.ops {
        let sizes = match op {
            Op::MemmapFsdax | Op::MemmapDevdax => vec![MEMMAP],
            Op::Limits => vec![16 << 20],
            op if op.is_extent() => EXTENTS.into_iter().filter(|&size| size < arena).collect(),
            _ => options.sizes.clone(),
        };
        for &threads in &options.threads {
            let threads = count(threads, place.cores)?;
            for (&ends, &cache) in Ends::ALL.iter().flat_map(|ends| Cache::ALL.iter().map(move |cache| (ends, cache))) {
                for &reread in Reread::ALL {
                    let all = sizes.iter().map(|&size| Point { op, size, ends, cache, reread, threads });
                    points.extend(all.filter(|point| makes_sense(point, place.l2)));
                }
            }
        }
    }
    points.retain(|point| !options.quick || is_quick(point, &options.sizes));
    let points = args::once(points);
    if points.is_empty() {
        let (of, option) = if options.quick { (" of the quick part", " --quick") } else { ("", "") };
        return Err(Failure::input(format_args!(
            "--ops and --sizes leave no point{of} of the matrix; `cargo xtask bench-matrix --list{option}` prints all"
        )));
    }
    Ok(points)
}

/// The number of threads, if there are as many cores.
fn count(threads: usize, cores: usize) -> Result<usize, Failure> {
    match threads {
        ALL => Ok(cores),
        _ if threads <= cores => Ok(threads),
        _ if cores == 1 => {
            Err(Failure::input(format_args!("--threads {threads}: there is one CPU to run on; use 1, or all")))
        }
        _ => Err(Failure::input(format_args!(
            "--threads {threads}: there are {cores} CPUs to run on; use 1 to {cores}, or all"
        ))),
    }
}

/// Whether a point says something that another does not.
fn makes_sense(point: &Point, l2: u64) -> bool {
    let &Point { op, size, ends, cache, reread, threads } = point;
    let plain = ends == Ends::Aligned && reread == Reread::No;
    let by_op = match op {
        Op::Copy => true,
        // Nothing is copied, so there is no source to be hot.
        Op::Fill | Op::Pattern => cache != Cache::HotSource,
        // Its blocks may not be touched before the drain, and one that fills the lap is a copy.
        Op::Batch => reread != Reread::Yes && cache != Cache::Hot && size <= 64 << 10,
        Op::Mix => cache == Cache::ColdRandom && (1 << 10..=1 << 20).contains(&size),
        Op::Records => plain && cache != Cache::HotSource && size % 64 == 0,
        // Smaller ones are not streamed.
        Op::Rows | Op::Produce | Op::Convert => {
            let is_cold = matches!(cache, Cache::ColdSequential | Cache::ColdRandom);
            plain && is_cold && size % 64 == 0 && size >= 1 << 10
        }
        Op::Writer => plain && cache == Cache::ColdSequential && size <= 64 << 10,
        Op::MemmapFsdax | Op::MemmapDevdax | Op::Limits => plain && cache == Cache::ColdSequential,
        // One that two write is two.
        Op::ExtentCopy | Op::ExtentFill | Op::ExtentZeros | Op::Threads => {
            plain && cache == Cache::ColdSequential && threads == 1
        }
        Op::Persist => reread == Reread::No && cache == Cache::ColdRandom && threads == 1,
    };
    let by_cache = match cache {
        // Both sides are to stay in the second-level cache.
        Cache::Hot => size <= l2 / 4,
        Cache::HotSource => size <= l2 / 2,
        Cache::ColdSequential | Cache::ColdRandom => true,
    };
    // A larger block is the working set's only neighbour.
    let by_reread = reread != Reread::Victim || size <= l2;
    by_op && by_cache && by_reread
}

/// Whether a point is in the quick part: a line of sizes in the middle of the matrix, and two sizes on each axis from there.
fn is_quick(point: &Point, sizes: &[u64]) -> bool {
    if matches!(point.op, Op::MemmapFsdax | Op::MemmapDevdax | Op::Limits) {
        return true;
    }
    if point.op.is_extent() {
        // CPUs that do something of their own about large extents do it with zeros first.
        return matches!(point.op, Op::ExtentZeros | Op::Threads) && point.size == QUICK_EXTENT;
    }
    let (line, middle) = (line_of(point), plain_line(point.op));
    let away = [line.ends != middle.ends, line.cache != middle.cache, line.reread != middle.reread, line.threads != 1];
    let away = away.into_iter().filter(|away| *away).count();
    let place = sizes.iter().position(|size| *size == point.size).unwrap_or(0);
    match (away, point.op) {
        // 256 B, 4 KiB, 64 KiB, 1 MiB, 16 MiB of the default range.
        (0, Op::Copy | Op::Fill) => place % 2 == 1,
        // Where re-reading stops to matter is where the caches end.
        (1, Op::Copy) if point.reread == Reread::Yes => place % 2 == 1,
        (1, Op::Copy) => place == 3 || place == 5,
        (0, _) => place == 3,
        _ => false,
    }
}

/// What an emulator is to check of some operations.
pub(crate) fn emulated(ops: &[Op]) -> Vec<Point> {
    let mut points = Vec::new();
    for &op in ops {
        let sizes = match op {
            Op::MemmapFsdax | Op::MemmapDevdax => &[EMULATED_MEMMAP][..],
            // They have no backend of ours, or nothing but size or threads besides copies and fills.
            Op::Limits | Op::ExtentCopy | Op::ExtentFill | Op::ExtentZeros | Op::Threads => &[],
            // Emulators before qemu 8.1 say that they have DC CVAP, and have not.
            Op::Persist => &[],
            _ => &EMULATED,
        };
        let can_be_misaligned = matches!(op, Op::Copy | Op::Batch | Op::Mix | Op::Fill | Op::Pattern);
        let Line { cache, reread, threads, .. } = plain_line(op);
        for &ends in if can_be_misaligned { Ends::ALL } else { &[Ends::Aligned] } {
            points.extend(sizes.iter().map(|&size| Point { op, size, ends, cache, reread, threads }));
        }
    }
    points
}

pub(crate) fn describe(point: &Point) -> String {
    let Point { op, size, ends, cache, reread, threads } = point;
    format!("{op:13} {:>8} {ends:10} {cache:10} re-read {reread:6} {threads} thread(s)", short(*size))
}

#[cfg(test)]
mod tests {
    use super::super::options::tests::options;
    use super::*;

    fn all(args: &str, l3: u64) -> Vec<Point> {
        points(&options(args), Place { cores: 2, l2: 1 << 20, l3 }).unwrap()
    }

    #[test]
    fn every_axis_is_there_and_quick_is_a_small_part() {
        let (full, quick) = (all("--threads 1,2,all", 32 << 20), all("--quick --threads 1,2,all", 32 << 20));
        let has = |test: &dyn Fn(&Point) -> bool| full.iter().any(test);
        assert!((400..2000).contains(&full.len()), "{}", full.len());
        assert!(args::once(&full).len() == full.len(), "a point comes twice");
        for &cache in Cache::ALL {
            assert!(Reread::ALL.iter().all(|reread| has(&|point| (point.cache, point.reread) == (cache, *reread))));
        }
        assert!(!has(&|point| point.cache == Cache::Hot && point.size > 1 << 18), "it does not fit into the cache");
        assert!((20..100).contains(&quick.len()) && quick.iter().all(|point| full.contains(point)), "{}", quick.len());
        for &op in Op::ALL {
            assert!(has(&|point| point.op == op), "{op}");
            let is_quick = quick.iter().any(|point| point.op == op);
            assert_eq!(is_quick, !matches!(op, Op::ExtentCopy | Op::ExtentFill), "{op}");
        }
    }

    #[test]
    fn an_extent_is_larger_than_the_cache_and_smaller_than_the_arena() {
        for l3 in [1, 8, 16, 32, 96, 105, 128, 256, 300, 384].map(|mib: u64| mib << 20) {
            let extents = all("--ops extent-fill --threads 1,2", l3);
            let arena = Place { cores: 2, l2: 1 << 20, l3 }.arena(64 << 20);
            let largest = extents[extents.len() - 1].size;
            assert!(l3 < largest && largest + 256 <= arena, "{l3}: {largest}");
            assert!(extents.len() >= 3 && extents.iter().all(|point| point.threads == 1));
        }
    }
}
