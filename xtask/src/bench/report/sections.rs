//! The sections of the report.

use bench_runner::Op;
use bench_runner::protocol::{Kind, LIMIT_CACHED_FILL, LIMIT_COPY, LIMIT_FILL, LIMIT_READ};

use super::super::baseline::Comparison;
use super::super::facts::plain;
use super::super::results::{Row, Run};
use super::super::{extents, losses, summary, verdict};
use super::figures::title;
use super::html::{escape, paragraph, section, table};

/// The verdict, and whether it is all.
pub(super) fn verdict(run: &Run) -> String {
    let partial = if run.partial { " partial" } else { "" };
    let mut text = format!("<div class=\"verdict{partial}\">\n");
    for sentence in verdict::sentences(run) {
        text += &paragraph(&sentence);
    }
    if run.partial {
        text += &paragraph("PARTIAL: the run was interrupted; this is what had been measured.");
    }
    let machine = &run.machine;
    let about = format!(
        "{}, {} cores, {}, {}; backend {}{}; {} rows in {:.0} s.",
        plain(&machine["cpu"]),
        plain(&machine["cores"]),
        plain(&machine["kernel"]),
        plain(&machine["libc"]),
        run.active,
        tuning(machine),
        run.rows.len(),
        run.seconds
    );
    text += &format!("</div>\n<p class=\"soft\">{}</p>\n", escape(&about));
    text
}

/// The tuning, of files that say it.
fn tuning(machine: &serde_json::Value) -> String {
    machine["tuning"].as_str().map_or_else(String::new, |tuning| format!(", tuning {tuning}"))
}

/// What a baseline has to say.
pub(super) fn comparison(comparison: &Comparison) -> String {
    section("Against the baseline", &format!("<pre>{}</pre>\n", escape(&comparison.text())))
}

/// Where not to stream.
pub(super) fn losses(run: &Run) -> String {
    let rows: Vec<_> = losses::losses(run)
        .iter()
        .map(|loss| {
            let duel = &loss.worst;
            vec![
                title(loss.line),
                loss.sizes(),
                super::super::text::size(duel.size),
                format!("{:.2}", duel.ours),
                format!("{:.2} ({})", duel.theirs, duel.peer),
                format!("{:.2} x", duel.ratio()),
            ]
        })
        .collect();
    let header = ["what", "sizes that lose", "worst", "streaming, GB/s", "ordinary, GB/s", "ratio"];
    section("Ordinary copies are better", &table(&header, 1, &rows))
}

/// The strategies.
pub(super) fn memmaps(run: &Run) -> String {
    let mut rows = Vec::new();
    for race in run.races().iter().filter(|race| matches!(race.point().op, Op::MemmapFsdax | Op::MemmapDevdax)) {
        let slow = race.named("slow").map(|row| row.gb_s());
        let limit = race.limit().map(|row| row.gb_s());
        for row in race.0.iter().filter(|row| !row.is(Kind::Limit)) {
            rows.push(vec![
                row.point.op.to_string(),
                row.entrant.name.clone(),
                row.point.threads.to_string(),
                format!("{:.1}", row.gb_s()),
                format!("{:.2}", 64.0 / row.gb_s()),
                slow.map(|slow| format!("{:.2} x", row.gb_s() / slow)).unwrap_or_default(),
                limit.map(|limit| format!("{:.0} %", 100.0 * row.gb_s() / limit)).unwrap_or_default(),
            ]);
        }
    }
    let header = ["memmap", "strategy", "threads", "GB/s", "ns per struct page", "against slow", "of the write limit"];
    section("Memmap initialisation", &table(&header, 2, &rows))
}

/// One large block.
pub(super) fn extents(run: &Run) -> String {
    let rows: Vec<_> = extents::rows(run).into_iter().map(Vec::from).collect();
    let header = extents::header(run.leading_backend());
    section("One large extent, GB/s", &table(&header, 1, &rows))
}

/// What the machine can do.
pub(super) fn limits(run: &Run) -> String {
    let mut rows = Vec::new();
    for race in run.races().iter().filter(|race| race.point().op == Op::Limits) {
        let copy = race.named(LIMIT_COPY);
        for &row in &race.0 {
            let (name, row) = match row.entrant.name.as_str() {
                LIMIT_FILL => ("fill by streaming stores".to_string(), row),
                LIMIT_CACHED_FILL => ("fill by ordinary stores".to_string(), row),
                // Who copies reads as much: it can be done as fast as that at least.
                LIMIT_READ => match copy.filter(|copy| copy.gb_s() > row.gb_s()) {
                    Some(copy) => ("read (by the loop that copies, which is faster)".to_string(), copy),
                    None => (format!("read, loop {}", row.entrant.backend), row),
                },
                _ => (format!("copy, loop {}", row.entrant.backend), row),
            };
            rows.push(limit(name, row));
        }
    }
    let table = table(&["what", "threads", "GB/s", "95 % limits"], 1, &rows);
    if table.is_empty() {
        return String::new();
    }
    let about = "The fastest of several loops, found here: named by their registers, by what they prefetch (t0, t2: into the first or the second cache, so far ahead) and \
        by how many pages they go through in turn.";
    section("Limits of the machine", &(table + &paragraph(about)))
}

fn limit(name: String, row: &Row) -> Vec<String> {
    vec![
        name,
        row.point.threads.to_string(),
        format!("{:.1}", row.gb_s()),
        format!("{:.1} to {:.1}", row.bytes as f64 / row.ns.high, row.bytes as f64 / row.ns.low),
    ]
}

/// Targets that were emulated, or are missing.
pub(super) fn foreign(run: &Run) -> String {
    let rows: Vec<_> = run
        .foreign
        .iter()
        .map(|row| {
            let outcome = match &row.missing {
                Some(why) => why.clone(),
                None => format!("{} points verified", row.verified),
            };
            let code: Vec<_> = row.code.iter().map(summary::code).collect();
            vec![row.target.clone(), row.cpu.clone(), row.backend.clone(), outcome, code.join("; ")]
        })
        .collect();
    let header = ["target", "CPU model", "backend", "outcome", "code for a line of 64 bytes"];
    section("Other targets, emulated: bytes and code, no times", &table(&header, 5, &rows))
}

/// The facts.
pub(super) fn machine(run: &Run) -> String {
    let facts = run.machine.as_object().into_iter().flatten();
    let mut rows: Vec<_> = facts.map(|(name, value)| vec![name.replace('_', " "), plain(value)]).collect();
    rows.extend(run.versions.iter().map(|(name, version)| vec![name.clone(), version.clone()]));
    section("The machine, and who took part", &table(&["what", ""], 2, &rows))
}
