//! Files for spreadsheets: `results.csv`, and `baseline.csv` of the same columns' names.

use serde::Serialize;

use super::results::Run;
use crate::stats::Estimate;

/// A file with a row of names and rows of as many cells.
pub(super) fn file(names: &str, rows: impl Iterator<Item = impl Serialize>) -> String {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let mut written = writer.write_record(names.split(','));
    for row in rows {
        written = written.and_then(|()| writer.serialize(row));
    }
    written.expect("memory takes all of it, and all rows are as long");
    String::from_utf8(writer.into_inner().expect("memory takes all of it")).expect("text was put in")
}

/// The median and the limits, with so many decimals.
pub(super) fn cells(estimate: Estimate, decimals: usize) -> [String; 3] {
    [estimate.median, estimate.low, estimate.high].map(|value| format!("{value:.decimals$}"))
}

pub(crate) fn text(run: &Run) -> String {
    let names = "target,op,size,ends,cache,reread,threads,name,kind,backend,streamed,bytes,rounds,ns,ns_low,ns_high,gb_s,\
        relative,relative_low,relative_high";
    let rows = run.rows.iter().map(|row| {
        let relative = row.relative.map_or_else(Default::default, |relative| cells(relative, 4));
        let (ns, gb_s) = (cells(row.ns, 0), format!("{:.3}", row.gb_s()));
        (&row.target, row.point, &row.entrant, row.bytes, row.rounds, ns, gb_s, relative)
    });
    file(names, rows)
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::run;

    #[test]
    fn every_row_is_there() {
        let mut run = run();
        run.rows[0].relative = None;
        let text = super::text(&run);
        assert_eq!(text.lines().count(), run.rows.len() + 1);
        let first = "host,copy,256,aligned,cold-rand,no,1,avx2,ours,avx2,yes,1048576,15,524288,498074,550502,2.000,,,";
        assert_eq!(text.lines().nth(1), Some(first));
    }
}
