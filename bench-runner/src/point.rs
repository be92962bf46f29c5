//! A point of the matrix: everything about a measurement but who runs.

use serde::{Deserialize, Serialize};

names! {
    /// What is done with a block.
    Op {
        Copy = "copy": "`copy`, drained each.",
        Batch = "batch": "Raw copies, `memcpy_streaming`: one drain for a lap of them.",
        Mix = "mix": "`copy` of sizes from 64 bytes to the point's, equally likely on a logarithmic scale.",
        Fill = "fill": "`fill` with a byte that is not zero, drained each.",
        Pattern = "pattern": "`fill_pattern` with 64 bytes, drained each.",
        Records = "records": "A block written as 64-byte records by `memcpy_streaming_fixed`, drained each block.",
        Rows = "rows": "A block as two columns of rows, each by `copy_rows`, drained each.",
        Produce = "produce": "Words that are computed, by `fill_with`, drained each.",
        Convert = "convert": "`u8` to `u16`, by `map`, drained each.",
        Writer = "writer": "Records of the size appended by a `Writer`; one drain for a lap of them.",
        MemmapFsdax = "memmap-fsdax": "A memmap of single pages, by each strategy.",
        MemmapDevdax = "memmap-devdax": "A memmap of 2 MiB compounds, by each strategy.",
        ExtentCopy = "extent-copy": "`copy` of one extent, which may be larger than all caches: a lap is one block.",
        ExtentFill = "extent-fill": "`fill` of one with a byte that is not zero.",
        ExtentZeros = "extent-zeros": "`fill` of one with zeros.",
        Threads = "threads": "`copy_parallel` of one by a thread for each CPU (the point has one thread: one piece of memory).",
        Persist = "persist": "`copy_persist`: past the caches, each block.",
        Limits = "limits": "What the machine can do: a streaming fill, an ordinary fill, reading, copying.",
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
        Aligned = "aligned": "At borders of lines.",
        Misaligned = "misaligned": "33 bytes after one in the destination, 7 in the source.",
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
        Hot = "hot": "Both sides: the same block again and again.",
        HotSource = "hot-source": "The source, not the destination.",
        ColdSequential = "cold-seq": "Neither; blocks follow each other.",
        ColdRandom = "cold-rand": "Neither; blocks are anywhere.",
    }
}

names! {
    /// What is read afterwards, within the timed region.
    Reread {
        No = "no": "Nothing.",
        Yes = "yes": "Each block, right after it has been written.",
        Victim = "victim": "A working set of half the second-level cache that is not the destination, every 256 KiB.",
    }
}

/// A point of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Point {
    /// Whether blocks are whole lines: as long as some, and beginning where one does.
    pub fn is_in_lines(&self) -> bool {
        self.size.is_multiple_of(64) && self.ends == Ends::Aligned
    }
}
