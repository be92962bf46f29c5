//! The rows of one race.

use bench_runner::Point;
use bench_runner::protocol::{Kind, LIMIT_COPY, LIMIT_FILL};

use super::results::Row;

/// Rows of one race: everything about them is the same but who ran.
pub(crate) struct Race<'a>(pub(crate) Vec<&'a Row>);

impl<'a> Race<'a> {
    pub(crate) fn point(&self) -> Point {
        self.0[0].point
    }

    /// The row of a backend or a peer.
    pub(crate) fn named(&self, name: &str) -> Option<&'a Row> {
        self.0.iter().find(|row| row.entrant.name == name).copied()
    }

    /// The fastest of the peers that do not stream: what a program does that does not know of this crate.
    pub(crate) fn best_ordinary(&self) -> Option<&'a Row> {
        let ordinary = self.0.iter().filter(|row| row.is(Kind::Peer) && row.entrant.streamed != "yes");
        ordinary.copied().max_by(|a, b| a.gb_s().total_cmp(&b.gb_s()))
    }

    /// The fastest of the peers that stream.
    pub(crate) fn best_streaming_peer(&self) -> Option<&'a Row> {
        let streaming = self.0.iter().filter(|row| row.is(Kind::Peer) && row.entrant.streamed == "yes");
        streaming.copied().max_by(|a, b| a.gb_s().total_cmp(&b.gb_s()))
    }

    /// The limit of the machine that was measured beside them: the fastest copy loop of copies, a streaming fill of all that only writes.
    /// Whoever was faster in these laps raises it, so that nothing is ever above it: then this is their row.
    pub(crate) fn limit(&self) -> Option<&'a Row> {
        let name = if self.point().op.copies() { LIMIT_COPY } else { LIMIT_FILL };
        self.named(name)?;
        let others = self.0.iter().filter(|row| !row.is(Kind::Limit) || row.entrant.name == name);
        others.copied().max_by(|a, b| a.gb_s().total_cmp(&b.gb_s()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::row;
    use super::*;

    #[test]
    fn a_fill_is_no_limit_of_copies_and_nothing_is_above_a_limit() {
        let mut rows = vec![
            row("avx2", Kind::Ours, 4096, 9.0),
            row("libpmem", Kind::Peer, 4096, 9.5),
            row("limit-fill", Kind::Limit, 4096, 20.0),
        ];
        let name = |rows: &[Row]| Race(rows.iter().collect()).limit().map(|row| row.entrant.name.clone());
        assert_eq!(name(&rows), None, "an old record has no limit of copies");
        rows.push(row("limit-copy", Kind::Limit, 4096, 11.0));
        assert_eq!(name(&rows).as_deref(), Some("limit-copy"));
        rows[1] = row("libpmem", Kind::Peer, 4096, 12.0);
        assert_eq!(name(&rows).as_deref(), Some("libpmem"));
        for row in &mut rows {
            row.point.op = bench_runner::Op::Fill;
        }
        assert_eq!(name(&rows).as_deref(), Some("limit-fill"));
    }
}
