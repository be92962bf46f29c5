//! The matrix: which points there are.

use bench_runner::{Cache, Ends, Op, Point, Reread};

use super::options::{ALL, Options};
use super::results::{away, plain_line};
use crate::args;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::number::short;

/// The smallest arena.
const ARENA: u64 = 512 << 20;
const HUGE_PAGE: u64 = 2 << 20;
/// Bytes of the memmap that the strategies are to write: 4 GiB of pages. On an emulator, 64 MiB of them.
const MEMMAP: u64 = 64 << 20;
const EMULATED_MEMMAP: u64 = 1 << 20;
/// Bytes of extents. Those that the arena holds are measured: the largest is larger than the third-level cache then.
const EXTENTS: [u64; 4] = [16 << 20, 64 << 20, 256 << 20, 1 << 30];
const QUICK_EXTENT: u64 = 64 << 20;
/// What is copied on an emulator: a line; one that is streamed only undrained; a page; more than a prefetch.
const EMULATED: [u64; 4] = [64, 512, 4096, 64 << 10];

/// The points that were asked for, each once, in the order in which they are measured.
pub(crate) fn points(options: &Options, machine: &Machine) -> Result<Vec<Point>, Failure> {
    let (cores, l2, arena) = (machine.cores, l2(machine), arena(options, machine));
    let mut points = Vec::new();
    for &op in &options.ops {
        let sizes = match op {
            Op::MemmapFsdax | Op::MemmapDevdax => vec![MEMMAP],
            Op::Limits => vec![16 << 20],
            op if op.is_extent() => EXTENTS.into_iter().filter(|&size| size < arena).collect(),
            _ => options.sizes.clone(),
        };
        for &threads in &options.threads {
            let threads = if threads == ALL { cores } else { threads };
            if threads > cores {
                return Err(Failure::input(format_args!(
                    "--threads {threads}: more than there are CPUs to run on; use {cores} at most, or all"
                )));
            }
            for (&ends, &cache) in Ends::ALL.iter().flat_map(|ends| Cache::ALL.iter().map(move |cache| (ends, cache))) {
                for &reread in Reread::ALL {
                    let all = sizes.iter().map(|&size| Point { op, size, ends, cache, reread, threads });
                    points.extend(all.filter(|point| makes_sense(point, l2)));
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

/// Bytes of the cache of the second level: something usual where a system does not say.
pub(crate) fn l2(machine: &Machine) -> u64 {
    machine.l2_bytes.unwrap_or(1 << 20)
}

/// Bytes that are so many that no cache holds a good part of them: of the sources, and of the destinations.
pub(crate) fn arena(options: &Options, machine: &Machine) -> u64 {
    let largest = options.sizes[options.sizes.len() - 1];
    let blocks = largest.saturating_mul(2 * machine.cores.min(1 << 20) as u64);
    // A page more: a quarter of the rest is then larger than the cache.
    let caches = 4 * machine.l3_bytes.unwrap_or(32 << 20);
    ARENA.max(caches).max(blocks).next_multiple_of(HUGE_PAGE) + HUGE_PAGE
}

/// Whether a point says something that another does not.
fn makes_sense(point: &Point, l2: u64) -> bool {
    let &Point { op, size, ends, cache, reread, threads } = point;
    let plain = ends == Ends::Aligned && reread == Reread::No;
    let is_cold = matches!(cache, Cache::ColdSequential | Cache::ColdRandom);
    let by_op = match op {
        Op::Copy => true,
        // Nothing is copied, so there is no source to be hot.
        Op::Fill | Op::Pattern => cache != Cache::HotSource,
        // Its blocks may not be touched before the drain, and one that fills the lap is a copy.
        Op::Batch => reread != Reread::Yes && cache != Cache::Hot && size <= 64 << 10,
        Op::Mix => cache == Cache::ColdRandom && (1 << 10..=1 << 20).contains(&size),
        Op::Records => plain && cache != Cache::HotSource && size % 64 == 0,
        // Smaller ones are not streamed.
        Op::Rows | Op::Produce | Op::Convert => plain && is_cold && size % 64 == 0 && size >= 1 << 10,
        Op::Writer => plain && cache == Cache::ColdSequential && size <= 64 << 10,
        Op::MemmapFsdax | Op::MemmapDevdax | Op::Limits => plain && cache == Cache::ColdSequential,
        // One that two write is two.
        Op::ExtentCopy | Op::ExtentFill | Op::ExtentZeros | Op::Threads => {
            plain && cache == Cache::ColdSequential && threads == 1
        }
        Op::Persist => reread == Reread::No && cache == Cache::ColdRandom && threads == 1,
    };
    // Both sides are to stay in the second-level cache, or one.
    let by_cache = is_cold || size <= if cache == Cache::Hot { l2 / 4 } else { l2 / 2 };
    // A larger block is the working set's only neighbour.
    by_op && by_cache && (reread != Reread::Victim || size <= l2)
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
    let place = sizes.iter().position(|size| *size == point.size).unwrap_or(0);
    match (away(point), point.op) {
        // 256 B, 4 KiB, 64 KiB, 1 MiB, 16 MiB of the default range.
        (0, Op::Copy | Op::Fill) => place % 2 == 1,
        // Where re-reading ceases to matter is where the caches end.
        (1, Op::Copy) if point.reread == Reread::Yes => place % 2 == 1,
        (1, Op::Copy) => place == 3 || place == 5,
        (0, _) => place == 3,
        _ => false,
    }
}

/// What an emulator is to check of an operation.
pub(crate) fn emulated(op: Op) -> impl Iterator<Item = Point> {
    let sizes = match op {
        Op::MemmapFsdax | Op::MemmapDevdax => &[EMULATED_MEMMAP][..],
        // They have no backend of ours, or nothing but size or threads besides copies and fills.
        Op::Limits | Op::ExtentCopy | Op::ExtentFill | Op::ExtentZeros | Op::Threads => &[],
        // Emulators before qemu 8.1 say that they have DC CVAP, and have not.
        Op::Persist => &[],
        _ => &EMULATED,
    };
    let can_be_misaligned = matches!(op, Op::Copy | Op::Batch | Op::Mix | Op::Fill | Op::Pattern);
    let ends = if can_be_misaligned { Ends::ALL } else { &[Ends::Aligned] };
    ends.iter().flat_map(move |&ends| sizes.iter().map(move |&size| Point { size, ends, ..plain_line(op) }))
}

pub(crate) fn describe(point: &Point) -> String {
    let Point { op, size, ends, cache, reread, threads } = point;
    format!("{op:13} {:>8} {ends:10} {cache:10} re-read {reread:6} {threads} thread(s)", short(*size))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::options;
    use super::*;

    /// The points, and the bytes of the arena.
    fn all(args: &str, l3: u64) -> (Vec<Point>, u64) {
        let words = ["bench-matrix"].into_iter().chain(args.split_whitespace());
        let options = Options::new(options::command().try_get_matches_from(words).unwrap()).unwrap();
        let machine = Machine { cores: 2, l2_bytes: Some(1 << 20), l3_bytes: Some(l3), ..Machine::default() };
        (points(&options, &machine).unwrap(), arena(&options, &machine))
    }

    #[test]
    fn every_axis_is_there_and_quick_is_a_small_part() {
        let [full, quick] = ["", "--quick"].map(|part| all(&format!("{part} --threads 1,2,all"), 32 << 20).0);
        let axes: HashSet<_> = full.iter().map(|point| (point.cache, point.reread)).collect();
        assert_eq!(
            (full.len(), args::once(&full).len(), axes.len()),
            (1490, 1490, Cache::ALL.len() * Reread::ALL.len())
        );
        assert!(full.iter().all(|point| point.cache != Cache::Hot || point.size <= 1 << 18), "larger than the cache");
        assert!(quick.len() < 100 && quick.iter().all(|point| full.contains(point)), "{}", quick.len());
        for &op in Op::ALL {
            let is_quick = quick.iter().any(|point| point.op == op);
            assert_eq!(is_quick, !matches!(op, Op::ExtentCopy | Op::ExtentFill), "{op}");
        }
    }

    #[test]
    fn an_extent_is_larger_than_the_cache_and_smaller_than_the_arena() {
        for l3 in [1, 8, 16, 32, 96, 105, 128, 256, 300, 384].map(|mib: u64| mib << 20) {
            let (extents, arena) = all("--ops extent-fill --threads 1,2", l3);
            let largest = extents[extents.len() - 1].size;
            assert!(extents.len() >= 3 && l3 < largest && largest + 256 <= arena, "{l3}: {largest}");
        }
    }
}
