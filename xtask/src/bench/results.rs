//! What a run gave, as `results.json` has it: the fields of `Run` and what it holds are those of the file. And who won its races.
//!
//! Schema 3. A row is of a `target`: `host`, or a triple that ran on real hardware. Of what ran on an emulator there are no times, and it is in
//! `foreign`. A reader must refuse a schema that it does not know. A field may be added within one. Schemas 1 and 2 lack operations and limits
//! (records/README.md says which); they are read as what they are, without these rows.

use bench_runner::protocol::{Entrant, Kind, LIMIT_COPY, LIMIT_FILL};
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
    /// How many times as fast as the geometric mean of the peers and the streaming fill in the same round, if there are any.
    pub(crate) relative: Option<Estimate>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Foreign {
    pub(crate) target: String,
    pub(crate) cpu: String,
    pub(crate) backend: String,
    /// Points whose bytes were right; 0 if it did not run.
    pub(crate) points_verified: usize,
    /// Of the bulk loops.
    pub(crate) code: Vec<Code>,
    /// What is missing and how to get it, or what went wrong, if it did not run.
    pub(crate) missing: Option<String>,
}

/// What a bulk loop does for a line of 64 bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) function: String,
    pub(crate) instructions_per_line: f64,
    pub(crate) streaming_stores_per_line: f64,
}

impl Row {
    /// 10^9 bytes a second, of the median lap.
    pub(crate) fn gb_s(&self) -> f64 {
        self.bytes as f64 / self.ns.median
    }

    pub(crate) fn is(&self, kind: Kind) -> bool {
        self.entrant.kind == kind
    }

    fn streams(&self) -> bool {
        self.entrant.streamed == "yes"
    }
}

impl Run {
    /// The races, in the order in which they ran.
    pub(crate) fn races(&self) -> impl Iterator<Item = Race<'_>> {
        self.rows.chunk_by(|a, b| (a.point, &a.target) == (b.point, &b.target)).map(Race)
    }

    /// The backend whose rows stand for ours: the active one, or the only one that was measured.
    pub(crate) fn leading_backend(&self) -> &str {
        let ours = || self.rows.iter().filter(|row| row.is(Kind::Ours) && !row.entrant.backend.is_empty());
        let active = ours().find(|row| row.entrant.backend == self.active);
        active.or_else(|| ours().next()).map_or(&self.active, |row| &row.entrant.backend)
    }

    /// The duels of the leading backend, in the order in which they ran.
    pub(crate) fn duels(&self) -> impl Iterator<Item = Duel<'_>> {
        self.races().filter_map(|race| {
            let (ours, theirs) = (race.named(self.leading_backend())?, race.best_peer(false)?);
            Some(Duel { race, ours, theirs, ratio: theirs.ns.over(ours.ns) })
        })
    }

    /// Those along a line of sizes, smallest first.
    pub(crate) fn duels_along(&self, line: Line) -> Vec<Duel<'_>> {
        let mut duels: Vec<_> = self.duels().collect();
        duels.retain(|duel| line_of(&duel.ours.point) == line && duel.ours.target == "host");
        duels.sort_by_key(Duel::size);
        duels
    }
}

/// Races of one operation that differ in size only: a point whose size is 0.
pub(crate) type Line = Point;

pub(crate) fn line_of(point: &Point) -> Line {
    Line { size: 0, ..*point }
}

/// The middle of the matrix: cold, aligned, not re-read, one thread.
pub(crate) fn plain_line(op: Op) -> Line {
    let is_in_order = op.is_extent() || matches!(op, Op::Writer | Op::MemmapFsdax | Op::MemmapDevdax);
    let cache = if is_in_order { Cache::ColdSequential } else { Cache::ColdRandom };
    Line { op, size: 0, ends: Ends::Aligned, cache, reread: Reread::No, threads: 1 }
}

/// On how many axes a point is not in the middle.
pub(crate) fn away(point: &Point) -> usize {
    let middle = plain_line(point.op);
    let axes =
        [point.ends != middle.ends, point.cache != middle.cache, point.reread != middle.reread, point.threads != 1];
    axes.into_iter().filter(|away| *away).count()
}

/// Rows of one race: everything about them is the same but who ran.
#[derive(Clone, Copy)]
pub(crate) struct Race<'a>(pub(crate) &'a [Row]);

impl<'a> Race<'a> {
    pub(crate) fn point(&self) -> Point {
        self.0[0].point
    }

    pub(crate) fn named(&self, name: &str) -> Option<&'a Row> {
        self.0.iter().find(|row| row.entrant.name == name)
    }

    fn fastest(&self, is_meant: impl Fn(&Row) -> bool) -> Option<&'a Row> {
        self.0.iter().filter(|row| is_meant(row)).max_by(|a, b| a.gb_s().total_cmp(&b.gb_s()))
    }

    /// The fastest of the peers that stream, or of those that do not: what a program does that does not know of this crate.
    pub(crate) fn best_peer(&self, streams: bool) -> Option<&'a Row> {
        self.fastest(|row| row.is(Kind::Peer) && row.streams() == streams)
    }

    /// The limit of the machine that was measured beside them: the fastest copy loop of copies, a streaming fill of all that only writes.
    /// Whoever was faster in these laps raises it, so that nothing is ever above it: then this is their row.
    pub(crate) fn limit(&self) -> Option<&'a Row> {
        let name = if self.point().op.copies() { LIMIT_COPY } else { LIMIT_FILL };
        self.named(name)?;
        self.fastest(|row| !row.is(Kind::Limit) || row.entrant.name == name)
    }

    /// The limit's speed, with the name of whoever raised it.
    pub(crate) fn limit_cell(&self) -> String {
        let Some(row) = self.limit() else { return String::new() };
        let by = if row.is(Kind::Limit) { String::new() } else { format!(" ({})", row.entrant.name) };
        format!("{:.1}{by}", row.gb_s())
    }
}

/// Less than this either way is a draw.
pub(crate) const DRAW: f64 = 0.03;

/// Ours against the best peer that does not stream, in one race.
pub(crate) struct Duel<'a> {
    pub(crate) race: Race<'a>,
    pub(crate) ours: &'a Row,
    pub(crate) theirs: &'a Row,
    /// How many times as fast as theirs ours is.
    pub(crate) ratio: Estimate,
}

impl Duel<'_> {
    pub(crate) fn size(&self) -> u64 {
        self.ours.point.size
    }

    pub(crate) fn peer(&self) -> &str {
        &self.theirs.entrant.name
    }

    /// Below the bypass ours does not stream: there is nothing to win by it, nor to lose.
    pub(crate) fn wins(&self) -> bool {
        self.ours.streams() && self.ratio.median > 1.0 + DRAW
    }

    pub(crate) fn loses(&self) -> bool {
        self.ours.streams() && self.ratio.median < 1.0 - DRAW
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use super::*;

    /// A small run as it was once written: streaming wins from 4 KiB up, and loses where it is re-read up to 1 MiB.
    pub(crate) static RUN: LazyLock<Run> =
        LazyLock::new(|| super::super::files::read(include_str!("fixed.json")).unwrap());

    /// A row of a cold random copy by one thread.
    pub(crate) fn row(name: &str, kind: Kind, size: u64, gb_s: f64) -> Row {
        let mut row = RUN.rows[0].clone();
        let (backend, streamed) = if kind == Kind::Ours { (name, "yes") } else { ("", "") };
        row.entrant = Entrant { name: name.into(), kind, backend: backend.into(), streamed: streamed.into() };
        row.point.size = size;
        row.ns = Estimate::around(row.bytes as f64 / gb_s, 0.05);
        row.relative = Some(Estimate::around(gb_s / 8.0, 0.05));
        row
    }

    #[test]
    fn a_fill_is_no_limit_of_copies_and_nothing_is_above_a_limit() {
        let all = [("avx2", Kind::Ours, 9.0), ("libpmem", Kind::Peer, 9.5), ("limit-fill", Kind::Limit, 20.0)];
        let mut rows = all.map(|(name, kind, gb_s)| row(name, kind, 4096, gb_s)).to_vec();
        let limit = |rows: &[Row]| Race(rows).limit_cell();
        assert_eq!(limit(&rows), "", "an old record has no limit of copies");
        rows.push(row("limit-copy", Kind::Limit, 4096, 11.0));
        assert_eq!(limit(&rows), "11.0");
        rows[1] = row("libpmem", Kind::Peer, 4096, 12.0);
        assert_eq!(limit(&rows), "12.0 (libpmem)");
        rows.iter_mut().for_each(|row| row.point.op = Op::Fill);
        assert_eq!(limit(&rows), "20.0");
    }
}
