//! A point of the matrix: everything about a measurement but who runs.

use std::fmt;
use std::str::FromStr;

names! {
    /// What is done with a block.
    Op {
        /// `copy`: drained each.
        Copy = "copy",
        /// Raw copies, `memcpy_streaming`: one drain for a lap of them.
        Batch = "batch",
        /// `copy` of blocks whose sizes vary, from 64 bytes to the size, equally likely on a logarithmic scale.
        Mix = "mix",
        /// `fill` with a byte that is not zero, drained each.
        Fill = "fill",
        /// `fill_pattern` with 64 bytes, drained each.
        Pattern = "pattern",
        /// A block written as 64-byte records by `memcpy_streaming_fixed`, drained each block.
        Records = "records",
        /// A block as two columns of rows, each by `copy_rows`, drained each.
        Rows = "rows",
        /// Words that are computed, by `fill_with`, drained each.
        Produce = "produce",
        /// `u8` to `u16`, by `map`, drained each.
        Convert = "convert",
        /// Records of the size appended by a `Writer`; one drain for a lap of them.
        Writer = "writer",
        /// A memmap of single pages, by each strategy.
        MemmapFsdax = "memmap-fsdax",
        /// A memmap of 2 MiB compounds, by each strategy.
        MemmapDevdax = "memmap-devdax",
        /// `copy` of one extent, which may be larger than all caches: a lap is one block.
        ExtentCopy = "extent-copy",
        /// `fill` of one with a byte that is not zero.
        ExtentFill = "extent-fill",
        /// `fill` of one with zeros.
        ExtentZeros = "extent-zeros",
        /// `copy_parallel` of one extent, by a thread for each CPU. (The point has one thread: there is one piece of memory.)
        Threads = "threads",
        /// `copy_persist`: past the caches, each block.
        Persist = "persist",
        /// What the machine can do: a streaming fill, an ordinary fill, reading, copying.
        Limits = "limits",
    }
}

impl Op {
    /// Whether one large block is a lap.
    pub const fn is_extent(self) -> bool {
        matches!(self, Op::ExtentCopy | Op::ExtentFill | Op::ExtentZeros | Op::Threads)
    }

    /// Whether memory is read for every byte that is written: a fill is no limit of that.
    pub const fn copies(self) -> bool {
        matches!(self, Op::Copy | Op::Batch | Op::Mix | Op::Rows | Op::ExtentCopy | Op::Threads | Op::Persist)
    }
}

names! {
    /// Where blocks begin and end.
    Ends {
        /// At borders of lines.
        Aligned = "aligned",
        /// 33 bytes after one in the destination, 7 in the source.
        Misaligned = "misaligned",
    }
}

impl Ends {
    /// Bytes from a border of a line to the destination, and to the source.
    pub const fn offsets(self) -> (usize, usize) {
        match self {
            Ends::Aligned => (0, 0),
            Ends::Misaligned => (33, 7),
        }
    }
}

names! {
    /// What is in the cache before.
    Cache {
        /// Both sides: the same block again and again.
        Hot = "hot",
        /// The source, not the destination.
        HotSource = "hot-source",
        /// Neither; blocks follow each other.
        ColdSequential = "cold-seq",
        /// Neither; blocks are anywhere.
        ColdRandom = "cold-rand",
    }
}

names! {
    /// What is read afterwards, within the timed region.
    Reread {
        /// Nothing.
        No = "no",
        /// Each block, right after it has been written.
        Yes = "yes",
        /// A working set of half the second-level cache that is not the destination, every 256 KiB.
        Victim = "victim",
    }
}

/// A point of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Point {
    /// What is done.
    pub op: Op,
    /// Bytes of a block; of a record for [`Op::Writer`]; the largest for [`Op::Mix`].
    pub size: u64,
    /// Where it begins.
    pub ends: Ends,
    /// What is in the cache.
    pub cache: Cache,
    /// What is read afterwards.
    pub reread: Reread,
    /// Threads that do it, each in its own memory.
    pub threads: usize,
}

/// Six words.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Point { op, size, ends, cache, reread, threads } = self;
        write!(f, "{op} {size} {ends} {cache} {reread} {threads}")
    }
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Point, String> {
        let words: Vec<_> = text.split(' ').collect();
        let &[op, size, ends, cache, reread, threads] = words.as_slice() else {
            return Err(format!("{} words where a point has six", words.len()));
        };
        Ok(Point {
            op: op.parse()?,
            size: size.parse().map_err(|error| format!("size {size}: {error}"))?,
            ends: ends.parse()?,
            cache: cache.parse()?,
            reread: reread.parse()?,
            threads: threads.parse().map_err(|error| format!("threads {threads}: {error}"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for &op in Op::ALL {
            for &cache in Cache::ALL {
                let point = Point { op, size: 4096, ends: Ends::Misaligned, cache, reread: Reread::Victim, threads: 2 };
                assert_eq!(point.to_string().parse(), Ok(point));
            }
        }
    }

    #[test]
    fn errors_name_what_is_known() {
        assert_eq!("moist".parse::<Reread>(), Err("known are no, yes, victim".to_string()));
        assert!("copy 1 aligned hot no".parse::<Point>().is_err());
        assert!("copy -1 aligned hot no 1".parse::<Point>().unwrap_err().contains("size -1"));
    }
}
