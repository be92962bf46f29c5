//! `results.csv`: the rows, for a spreadsheet.

use super::results::Run;

const HEADER: &str = "target,op,size,ends,cache,reread,threads,name,kind,backend,streamed,bytes,rounds,ns,ns_low,ns_high,gb_s,relative,relative_low,relative_high";

/// The whole file. No field needs quotes: all are numbers and names of ours.
pub(crate) fn write(run: &Run) -> String {
    let mut text = format!("{HEADER}\n");
    for row in &run.rows {
        let point = row.point.to_string().replace(' ', ",");
        let entrant = &row.entrant;
        let relative = row.relative.map_or_else(
            || ",,".to_string(),
            |relative| format!("{:.4},{:.4},{:.4}", relative.median, relative.low, relative.high),
        );
        text += &format!(
            "{},{point},{},{},{},{},{},{},{:.0},{:.0},{:.0},{:.3},{relative}\n",
            row.target,
            entrant.name,
            entrant.kind.name(),
            entrant.backend,
            entrant.streamed,
            row.bytes,
            row.rounds,
            row.ns.median,
            row.ns.low,
            row.ns.high,
            row.gb_s(),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::run;
    use super::*;

    #[test]
    fn every_row_has_every_column() {
        let mut run = run();
        run.rows[0].relative = None;
        let text = write(&run);
        assert_eq!(text.lines().count(), run.rows.len() + 1);
        let columns = HEADER.split(',').count();
        assert!(text.lines().all(|line| line.split(',').count() == columns), "{text}");
        assert!(text.contains("host,copy,256,aligned,cold-rand,no,1,avx2,ours,avx2,yes,1048576,15,"));
    }
}
