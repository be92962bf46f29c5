//! The rows of one race, and who won it.

use bench_runner::Point;
use bench_runner::protocol::{Kind, LIMIT_COPY, LIMIT_FILL};

use super::results::{Line, Row, Run};
use crate::stats::Estimate;

/// Rows of one race: everything about them is the same but who ran.
pub(crate) struct Race<'a>(pub(crate) &'a [Row]);

impl Run {
    /// The races of this machine, in the order in which they ran.
    pub(crate) fn races(&self) -> Vec<Race<'_>> {
        let same = |a: &Row, b: &Row| (a.point, &a.target) == (b.point, &b.target);
        self.rows.chunk_by(same).map(Race).collect()
    }
}

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
        self.fastest(|row| row.is(Kind::Peer) && (row.entrant.streamed == "yes") == streams)
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

/// Ours against one of the others at one size.
pub(crate) struct Duel<'a> {
    pub(crate) ours: &'a Row,
    pub(crate) theirs: &'a Row,
    /// How many times as fast as theirs ours is.
    pub(crate) ratio: Estimate,
}

impl<'a> Duel<'a> {
    /// A backend against the best peer that does not stream.
    pub(crate) fn new(race: &Race<'a>, backend: &str) -> Option<Duel<'a>> {
        let (ours, theirs) = (race.named(backend)?, race.best_peer(false)?);
        Some(Duel { ours, theirs, ratio: theirs.ns.over(ours.ns) })
    }

    pub(crate) fn size(&self) -> u64 {
        self.ours.point.size
    }

    pub(crate) fn peer(&self) -> &'a str {
        &self.theirs.entrant.name
    }

    /// Below the bypass ours does not stream: there is nothing to win by it, nor to lose.
    fn streamed(&self) -> bool {
        self.ours.entrant.streamed == "yes"
    }

    pub(crate) fn wins(&self) -> bool {
        self.streamed() && self.ratio.median > 1.0 + DRAW
    }

    pub(crate) fn loses(&self) -> bool {
        self.streamed() && self.ratio.median < 1.0 - DRAW
    }
}

/// The duels along a line of sizes, smallest first.
pub(crate) fn duels(run: &Run, line: Line) -> Vec<Duel<'_>> {
    let races = run.races();
    let along = races.iter().filter(|race| Line::of(&race.point()) == line && race.0[0].target == "host");
    let mut duels: Vec<_> = along.filter_map(|race| Duel::new(race, run.leading_backend())).collect();
    duels.sort_by_key(Duel::size);
    duels
}

#[cfg(test)]
mod tests {
    use bench_runner::Op;

    use super::super::results::tests::row;
    use super::*;

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
