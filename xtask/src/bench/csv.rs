//! Files for spreadsheets: `results.csv`, and `baseline.csv` of the same columns' names.

use bench_runner::Point;

use super::results::Run;

/// A file with a row of names and rows of cells.
pub(super) fn file<const N: usize>(names: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut written = writer.write_record(names);
    for row in rows {
        written = written.and(writer.write_record(row));
    }
    written.expect("memory takes all of it, and all rows are as long");
    String::from_utf8(writer.into_inner().expect("memory takes all of it")).expect("text was put in")
}

/// The rows of a run.
pub(crate) fn write(run: &Run) -> String {
    let names = [
        "target",
        "op",
        "size",
        "ends",
        "cache",
        "reread",
        "threads",
        "name",
        "kind",
        "backend",
        "streamed",
        "bytes",
        "rounds",
        "ns",
        "ns_low",
        "ns_high",
        "gb_s",
        "relative",
        "relative_low",
        "relative_high",
    ];
    let rows = run.rows.iter().map(|row| {
        let [op, size, ends, cache, reread, threads] = point(row.point);
        let entrant = row.entrant.clone();
        let [relative, relative_low, relative_high] = row.relative.map_or_else(Default::default, |relative| {
            [relative.median, relative.low, relative.high].map(|times| format!("{times:.4}"))
        });
        let [ns, ns_low, ns_high] = [row.ns.median, row.ns.low, row.ns.high].map(|ns| format!("{ns:.0}"));
        let gb_s = format!("{:.3}", row.gb_s());
        [
            row.target.clone(),
            op,
            size,
            ends,
            cache,
            reread,
            threads,
            entrant.name,
            entrant.kind.to_string(),
            entrant.backend,
            entrant.streamed,
            row.bytes.to_string(),
            row.rounds.to_string(),
            ns,
            ns_low,
            ns_high,
            gb_s,
            relative,
            relative_low,
            relative_high,
        ]
    });
    file(names, rows)
}

/// The cells of a point.
pub(super) fn point(point: Point) -> [String; 6] {
    let Point { op, size, ends, cache, reread, threads } = point;
    [op.to_string(), size.to_string(), ends.to_string(), cache.to_string(), reread.to_string(), threads.to_string()]
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::run;
    use super::*;

    #[test]
    fn every_row_is_there() {
        let mut run = run();
        run.rows[0].relative = None;
        let text = write(&run);
        assert_eq!(text.lines().count(), run.rows.len() + 1);
        assert!(text.contains("\nhost,copy,256,aligned,cold-rand,no,1,avx2,ours,avx2,yes,1048576,15,"), "{text}");
        assert!(text.lines().nth(1).is_some_and(|line| line.ends_with(",2.000,,,")), "{text}");
    }
}
