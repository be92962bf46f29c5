//! What a run gave, as `results.json` has it: the fields here are those of the file.
//!
//! Schema 3. A row is of a `target`: `host`, or a triple that ran on real hardware. Of what ran on an emulator there are no times, and it is in
//! `foreign`. A reader must refuse a schema that it does not know. A field may be added within one. Schemas 1 and 2 lack operations and limits
//! (records/README.md says which); they are read as what they are, without these rows.

use bench_runner::protocol::{Entrant, Kind};
use bench_runner::{Cache, Ends, Op, Point, Reread};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::stats::Estimate;

pub(super) const SCHEMA: u64 = 3;
pub(super) const OLDEST: u64 = 1;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) schema: u64,
    pub(crate) quick: bool,
    /// Ctrl-C came before the end.
    pub(crate) partial: bool,
    pub(crate) seconds: f64,
    pub(crate) machine: Value,
    /// The backend that this machine uses by itself.
    pub(crate) active: String,
    /// Names and versions of ours and of the peers.
    pub(crate) versions: Map<String, Value>,
    pub(crate) rows: Vec<Row>,
    pub(crate) foreign: Vec<Foreign>,
}

/// Who did what at a point, and how fast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) target: String,
    #[serde(flatten)]
    pub(crate) point: Point,
    #[serde(flatten)]
    pub(crate) entrant: Entrant,
    /// Of a lap.
    pub(crate) bytes: u64,
    pub(crate) rounds: usize,
    /// Of a lap.
    pub(crate) ns: Estimate,
    /// How many times as fast as the geometric mean of the peers and the streaming fill of the point, in the same round;
    /// None where there is none of them.
    pub(crate) relative: Option<Estimate>,
}

/// A target that ran on an emulator, or did not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Foreign {
    pub(crate) target: String,
    pub(crate) cpu: String,
    pub(crate) backend: String,
    /// Points whose bytes were right; 0 if it did not run.
    #[serde(rename = "points_verified")]
    pub(crate) verified: usize,
    /// Of the bulk loops.
    pub(crate) code: Vec<Code>,
    /// What is missing and how to get it, or what went wrong, if it did not run.
    pub(crate) missing: Option<String>,
}

/// What a bulk loop does for a line of 64 bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) function: String,
    #[serde(rename = "instructions_per_line")]
    pub(crate) instructions: f64,
    #[serde(rename = "streaming_stores_per_line")]
    pub(crate) streaming_stores: f64,
}

impl Row {
    /// 10^9 bytes a second, of the median lap.
    pub(crate) fn gb_s(&self) -> f64 {
        self.bytes as f64 / self.ns.median
    }

    pub(crate) fn is(&self, kind: Kind) -> bool {
        self.entrant.kind == kind
    }
}

impl Run {
    /// The backend whose rows stand for ours: the active one, or the only one that was measured.
    pub(crate) fn leading_backend(&self) -> &str {
        let ours = || self.rows.iter().filter(|row| row.is(Kind::Ours) && !row.entrant.backend.is_empty());
        let active = ours().find(|row| row.entrant.backend == self.active);
        active.or_else(|| ours().next()).map_or(&self.active, |row| &row.entrant.backend)
    }
}

/// Races of one operation that differ in size only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) op: Op,
    pub(crate) ends: Ends,
    pub(crate) cache: Cache,
    pub(crate) reread: Reread,
    pub(crate) threads: usize,
}

impl Line {
    pub(crate) fn of(point: &Point) -> Line {
        let &Point { op, ends, cache, reread, threads, .. } = point;
        Line { op, ends, cache, reread, threads }
    }

    /// The middle of the matrix: cold, aligned, not re-read, one thread.
    pub(crate) fn plain(op: Op) -> Line {
        let is_in_order = op.is_extent() || matches!(op, Op::Writer | Op::MemmapFsdax | Op::MemmapDevdax);
        let cache = if is_in_order { Cache::ColdSequential } else { Cache::ColdRandom };
        Line { op, ends: Ends::Aligned, cache, reread: Reread::No, threads: 1 }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use super::*;

    static RUN: LazyLock<Run> = LazyLock::new(|| super::super::files::read(include_str!("fixed.json")).unwrap());

    /// A small run as it was once written: streaming wins from 4 KiB up, and loses where it is re-read up to 1 MiB.
    pub(crate) fn run() -> Run {
        RUN.clone()
    }

    /// A row of a cold random copy by one thread.
    pub(crate) fn row(name: &str, kind: Kind, size: u64, gb_s: f64) -> Row {
        let mut row = RUN.rows[0].clone();
        let is_ours = kind == Kind::Ours;
        let streamed = if is_ours || name == "libpmem" || kind == Kind::Limit { "yes" } else { "" };
        let backend = if is_ours { name } else { "" };
        row.entrant = Entrant { name: name.into(), kind, backend: backend.into(), streamed: streamed.into() };
        row.point.size = size;
        row.ns = Estimate::around(row.bytes as f64 / gb_s, 0.05);
        row.relative = Some(Estimate::around(gb_s / 8.0, 0.05));
        row
    }
}
