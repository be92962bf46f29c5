//! The matrix: which points there are.

use bench_runner::{Cache, Ends, Op, Point, Reread};

use super::axes::Sizes;
use super::options::Options;
use super::place::Place;
use crate::failure::Failure;

/// Bytes of the memmap that the strategies are to write: 4 GiB of pages.
const MEMMAP: u64 = 64 << 20;

/// Bytes of extents. Those that the arena holds are measured: the largest is larger than the third-level cache then.
const EXTENTS: [u64; 4] = [16 << 20, 64 << 20, 256 << 20, 1 << 30];
/// That of the quick part.
const QUICK_EXTENT: u64 = 64 << 20;

/// The points that were asked for, in the order in which they are measured.
pub(crate) fn points(options: &Options, place: Place) -> Result<Vec<Point>, Failure> {
    let mut threads = Vec::new();
    for asked in &options.threads {
        let count = asked.count(place.cores)?;
        if !threads.contains(&count) {
            threads.push(count);
        }
    }
    let mut points = Vec::new();
    for &op in &options.ops {
        for &threads in &threads {
            for_op(op, threads, options.sizes, place, &mut points);
        }
    }
    points.retain(|point| !options.quick || is_quick(point, options.sizes));
    if points.is_empty() {
        let quick = if options.quick { " of the quick part" } else { "" };
        return Err(Failure::input(format_args!(
            "--ops and --sizes leave no point{quick} of the matrix; `cargo xtask bench-matrix --list{}` prints all",
            if options.quick { " --quick" } else { "" }
        )));
    }
    Ok(points)
}

fn for_op(op: Op, threads: usize, sizes: Sizes, place: Place, points: &mut Vec<Point>) {
    let l2 = place.caches.l2;
    let sizes: Vec<_> = match op {
        Op::MemmapFsdax | Op::MemmapDevdax => vec![MEMMAP],
        Op::Limits => vec![16 << 20],
        op if op.is_extent() => EXTENTS.into_iter().filter(|&size| size < place.arena(sizes)).collect(),
        _ => sizes.all().collect(),
    };
    for &ends in Ends::ALL {
        for &cache in Cache::ALL {
            for &reread in Reread::ALL {
                let whole = sizes.iter().map(|&size| Point { op, size, ends, cache, reread, threads });
                points.extend(whole.filter(|point| makes_sense(point, l2)));
            }
        }
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
fn is_quick(point: &Point, sizes: Sizes) -> bool {
    if matches!(point.op, Op::MemmapFsdax | Op::MemmapDevdax | Op::Limits) {
        return true;
    }
    if point.op.is_extent() {
        // CPUs that do something of their own about large extents do it with zeros first.
        return matches!(point.op, Op::ExtentZeros | Op::Threads) && point.size == QUICK_EXTENT;
    }
    let middle_cache = if point.op == Op::Writer { Cache::ColdSequential } else { Cache::ColdRandom };
    let away =
        [point.ends != Ends::Aligned, point.cache != middle_cache, point.reread != Reread::No, point.threads != 1];
    let place = sizes.all().position(|size| size == point.size).unwrap_or(0);
    match (away.iter().filter(|away| **away).count(), point.op) {
        // 256 B, 4 KiB, 64 KiB, 1 MiB, 16 MiB of the default range.
        (0, Op::Copy | Op::Fill) => place % 2 == 1,
        // Where re-reading stops to matter is where the caches end.
        (1, Op::Copy) if point.reread == Reread::Yes => place % 2 == 1,
        (1, Op::Copy) => place == 3 || place == 5,
        (0, _) => place == 3,
        _ => false,
    }
}

/// A line of `--list`.
pub(crate) fn describe(point: &Point) -> String {
    let Point { op, size, ends, cache, reread, threads } = point;
    let name = crate::number::short(*size);
    format!("{op:13} {name:>8} {ends:10} {cache:10} re-read {reread:6} {threads} thread(s)")
}

#[cfg(test)]
mod tests {
    use super::super::facts::Caches;
    use super::*;

    const PLACE: Place = Place { cores: 2, caches: Caches { l2: 1 << 20, l3: 32 << 20 } };

    fn all(args: &str) -> Vec<Point> {
        let args = std::iter::once("bench-matrix").chain(args.split_whitespace());
        let matches = super::super::options::command().try_get_matches_from(args).unwrap();
        points(&Options::new(matches).unwrap(), PLACE).unwrap()
    }

    #[test]
    fn every_axis_is_there_and_no_point_comes_twice() {
        let full = all("");
        let mut unique = full.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), full.len());
        assert!((400..2000).contains(&full.len()), "{}", full.len());
        for &op in Op::ALL {
            assert!(full.iter().any(|point| point.op == op), "{op}");
        }
        for &cache in Cache::ALL {
            for &reread in Reread::ALL {
                assert!(full.iter().any(|point| point.cache == cache && point.reread == reread));
            }
        }
    }

    #[test]
    fn quick_is_a_small_part_of_it() {
        let (full, quick) = (all(""), all("--quick"));
        assert!(quick.iter().all(|point| full.contains(point)));
        assert!((20..100).contains(&quick.len()), "{}", quick.len());
        for &op in Op::ALL {
            let is_there = quick.iter().any(|point| point.op == op);
            assert_eq!(is_there, !matches!(op, Op::ExtentCopy | Op::ExtentFill), "{op}");
        }
    }

    #[test]
    fn an_extent_is_larger_than_the_cache_and_smaller_than_the_arena() {
        for l3 in [1, 8, 16, 32, 96, 105, 128, 256, 300, 384].map(|mib: u64| mib << 20) {
            let place = Place { caches: Caches { l2: 1 << 20, l3 }, ..PLACE };
            let sizes = Sizes::new(64, 64 << 20).unwrap();
            let mut points = Vec::new();
            for_op(Op::ExtentFill, 1, sizes, place, &mut points);
            let largest = points.last().unwrap().size;
            assert!(l3 < largest && largest + 256 <= place.arena(sizes), "{l3}: {largest}");
            for_op(Op::ExtentFill, 2, sizes, place, &mut points);
            assert!((3..=4).contains(&points.len()) && points.iter().all(|point| point.threads == 1));
        }
    }

    #[test]
    fn hot_blocks_fit_into_the_cache() {
        assert!(all("").iter().all(|point| point.cache != Cache::Hot || point.size <= 1 << 18));
    }
}
