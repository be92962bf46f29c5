//! The matrix: which points there are.

use std::str::FromStr;
use std::thread::available_parallelism;

use bench_runner::{Cache, Ends, Op, Point, Reread};

use super::facts::Caches;
use super::options::Options;
use crate::failure::Failure;

/// The smallest block: a line.
const SMALLEST: u64 = 64;
/// The largest: an arena is a multiple of it, twice.
const LARGEST: u64 = 1 << 30;

/// Bytes of the memmap that the strategies are to write: 4 GiB of pages.
const MEMMAP: u64 = 64 << 20;

/// A range of sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sizes {
    from: u64,
    to: u64,
}

impl Sizes {
    pub(crate) fn new(from: u64, to: u64) -> Result<Sizes, String> {
        if !(SMALLEST..=LARGEST).contains(&from) || !(from..=LARGEST).contains(&to) {
            return Err("write FROM..TO, smaller first, from 64 to 1GiB".to_string());
        }
        Ok(Sizes { from, to })
    }

    /// The sizes: `from`, and four times the one before as long as it is not above `to`.
    pub(crate) fn all(self) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(self.from), |size| size.checked_mul(4)).take_while(move |size| *size <= self.to)
    }

    /// The largest.
    pub(crate) fn largest(self) -> u64 {
        self.all().last().unwrap_or(self.from)
    }
}

/// How many threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Threads {
    Count(usize),
    All,
}

impl Threads {
    /// The number, if there are as many cores.
    pub(crate) fn count(self, cores: usize) -> Result<usize, Failure> {
        match self {
            Threads::All => Ok(cores),
            Threads::Count(count) if (1..=cores).contains(&count) => Ok(count),
            Threads::Count(count) if cores == 1 => {
                Err(Failure::input(format_args!("--threads {count}: there is one CPU to run on; use 1, or all")))
            }
            Threads::Count(count) => Err(Failure::input(format_args!(
                "--threads {count}: there are {cores} CPUs to run on; use 1 to {cores}, or all"
            ))),
        }
    }
}

impl FromStr for Threads {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Threads::All);
        }
        match text.parse() {
            Ok(0) | Err(_) => Err("write a number from 1 on, or all"),
            Ok(count) => Ok(Threads::Count(count)),
        }
    }
}

/// What decides which points make sense on a machine.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Those that we may use: with `taskset` or in a container fewer than the machine has.
    pub(crate) cores: usize,
    pub(crate) caches: Caches,
}

impl Place {
    /// This machine.
    pub(crate) fn here() -> Place {
        Place { cores: available_parallelism().map_or(1, usize::from), caches: Caches::read() }
    }
}

/// The points that were asked for, in the order in which they are measured.
pub(crate) fn points(options: &Options, place: Place) -> Result<Vec<Point>, Failure> {
    let l2 = place.caches.l2;
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
            for_op(op, threads, options.sizes, l2, &mut points);
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

fn for_op(op: Op, threads: usize, sizes: Sizes, l2: u64, points: &mut Vec<Point>) {
    let own_size = match op {
        Op::MemmapFsdax | Op::MemmapDevdax => Some(MEMMAP),
        Op::Limits => Some(16 << 20),
        _ => None,
    };
    let sizes: Vec<_> = own_size.map_or_else(|| sizes.all().collect(), |size| vec![size]);
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
    let &Point { op, size, ends, cache, reread, .. } = point;
    let plain = ends == Ends::Aligned && reread == Reread::No;
    let by_op = match op {
        Op::Copy => true,
        // Nothing is copied, so there is no source to be hot.
        Op::Fill | Op::Pattern => cache != Cache::HotSource,
        // Its blocks may not be touched before the drain, and one that fills the lap is a copy.
        Op::Batch => reread != Reread::Yes && cache != Cache::Hot && size <= 64 << 10,
        Op::Mix => cache == Cache::ColdRandom && (1 << 10..=1 << 20).contains(&size),
        Op::Records => plain && cache != Cache::HotSource && size % 64 == 0,
        Op::Writer => plain && cache == Cache::ColdSequential && size <= 64 << 10,
        Op::MemmapFsdax | Op::MemmapDevdax | Op::Limits => plain && cache == Cache::ColdSequential,
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
    let name = super::text::size(*size);
    format!("{op:13} {name:>8} {ends:10} {cache:10} re-read {reread:6} {threads} thread(s)")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { cores: 2, caches: Caches { l2: 1 << 20, l3: 32 << 20 } };

    fn all(args: &str) -> Vec<Point> {
        let args = std::iter::once("bench-matrix").chain(args.split_whitespace());
        let matches = super::super::options::command().try_get_matches_from(args).unwrap();
        points(&Options::new(matches).unwrap(), PLACE).unwrap()
    }

    #[test]
    fn sizes_are_four_times_each_other() {
        let sizes: Vec<_> = Sizes::new(64, 5000).unwrap().all().collect();
        assert_eq!(sizes, [64, 256, 1024, 4096]);
        assert_eq!(Sizes::new(64, 64 << 20).unwrap().largest(), 64 << 20);
        assert_eq!(Sizes::new(100, 100).unwrap().largest(), 100);
        assert!(Sizes::new(4096, 64).is_err() && Sizes::new(0, 64).is_err() && Sizes::new(64, u64::MAX).is_err());
    }

    #[test]
    fn there_are_no_more_threads_than_cpus() {
        let refused = |count: usize, cores| match Threads::Count(count).count(cores) {
            Err(Failure::Input(line)) => line,
            other => panic!("{other:?}"),
        };
        assert!(refused(3, 2).contains("2 CPUs"));
        assert!(refused(2, 1).contains("one CPU"));
        assert_eq!(Threads::Count(2).count(2).unwrap(), 2);
        assert_eq!(Threads::All.count(1).unwrap(), 1);
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
            assert!(quick.iter().any(|point| point.op == op), "{op}");
        }
    }

    #[test]
    fn hot_blocks_fit_into_the_cache() {
        assert!(all("").iter().all(|point| point.cache != Cache::Hot || point.size <= 1 << 18));
    }
}
