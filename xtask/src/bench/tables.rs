//! The tables of the summary and of the report.

use bench_runner::protocol::{Kind, LIMIT_CACHED_FILL, LIMIT_COPY, LIMIT_FILL, LIMIT_READ};
use bench_runner::{Op, Reread};

use super::facts::plain;
use super::losses;
use super::race::{Duel, Race};
use super::results::{Code, Line, Row, Run};
use super::table::Table;
use crate::number::short;

fn speed(row: &Row) -> String {
    format!("{:.1}", row.gb_s())
}

fn named(row: &Row) -> String {
    format!("{} {:.1}", row.entrant.name, row.gb_s())
}

/// The middle of the matrix: each size of each operation.
pub(super) fn speeds(run: &Run) -> Table {
    let (races, backend) = (run.races(), run.leading_backend());
    let lines = [Op::Copy, Op::Fill].map(Line::plain).map(|plain| [plain, Line { reread: Reread::Yes, ..plain }]);
    let along = |line| races.iter().filter(move |race| Line::of(&race.point()) == line);
    let row = |race: &Race<'_>| {
        let (point, duel) = (race.point(), Duel::new(race, backend)?);
        Some([
            point.op.to_string(),
            short(point.size),
            point.reread.to_string(),
            format!("{:.1}", duel.ours),
            format!("{} {:.1}", duel.peer, duel.theirs),
            format!("{:.2}", duel.ratio()),
            race.best_peer(|row| row.entrant.streamed == "yes").map(named).unwrap_or_default(),
            race.limit_cell(),
        ])
    };
    let names = ["op", "size", "re-read", backend, "best ordinary", "ratio", "streaming peer", "limit"];
    Table::new("Speeds", 1, names, lines.concat().into_iter().flat_map(along).filter_map(row))
}

/// The strategies.
pub(crate) fn memmaps(run: &Run) -> Table {
    let names = ["memmap", "strategy", "threads", "GB/s", "ns/page", "vs slow", "of limit"];
    let mut rows = Vec::new();
    for race in run.races().iter().filter(|race| matches!(race.point().op, Op::MemmapFsdax | Op::MemmapDevdax)) {
        let (slow, limit) = (race.named("slow").map(Row::gb_s), race.limit().map(Row::gb_s));
        rows.extend(race.0.iter().filter(|row| !row.is(Kind::Limit)).map(|row| {
            [
                row.point.op.to_string(),
                row.entrant.name.clone(),
                row.point.threads.to_string(),
                speed(row),
                format!("{:.2}", 64.0 / row.gb_s()),
                slow.map(|slow| format!("{:.2}", row.gb_s() / slow)).unwrap_or_default(),
                limit.map(|limit| format!("{:.0} %", 100.0 * row.gb_s() / limit)).unwrap_or_default(),
            ]
        }));
    }
    Table::new("Memmap initialisation", 2, names, rows)
}

/// Where not to stream.
pub(super) fn losses(run: &Run) -> Table {
    let names = [
        "ordinary is better",
        "sizes",
        "ends",
        "cache",
        "re-read",
        "threads",
        "worst",
        "with",
        "streaming, GB/s",
        "ordinary, GB/s",
    ];
    let rows = losses::losses(run).into_iter().map(|loss| {
        let (Line { op, ends, cache, reread, threads }, duel) = (loss.line, &loss.worst);
        [
            op.to_string(),
            loss.sizes(),
            ends.to_string(),
            cache.to_string(),
            reread.to_string(),
            threads.to_string(),
            format!("{:.2} x {}", duel.ratio(), duel.peer),
            short(duel.size),
            format!("{:.2}", duel.ours),
            format!("{:.2}", duel.theirs),
        ]
    });
    Table { narrow: 7, ..Table::new("Ordinary copies are better", 1, names, rows) }
}

/// What the machine can do.
pub(super) fn limits(run: &Run) -> Table {
    let mut rows = Vec::new();
    for race in run.races().iter().filter(|race| race.point().op == Op::Limits) {
        let copy = race.named(LIMIT_COPY);
        rows.extend(race.0.iter().map(|&row| {
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
            let (low, high) = (row.bytes as f64 / row.ns.high, row.bytes as f64 / row.ns.low);
            [name, row.point.threads.to_string(), speed(row), format!("{low:.1} to {high:.1}")]
        }));
    }
    let about = "The fastest of several loops, found here: named by their registers, by what they prefetch (t0, t2: into the first or the second cache, so far ahead) and \
        by how many pages they go through in turn.";
    Table { about, ..Table::new("Limits of the machine", 1, ["what", "threads", "GB/s", "95 % limits"], rows) }
}

/// Targets that were emulated.
pub(super) fn foreign(run: &Run) -> Table {
    let rows = run.foreign.iter().filter(|row| row.missing.is_none()).map(|row| {
        let code: Vec<_> = row.code.iter().map(code).collect();
        [row.target.clone(), row.cpu.clone(), row.backend.clone(), row.verified.to_string(), code.join("\n")]
    });
    let names = ["target", "CPU model", "backend", "points", "code for a line of 64 bytes"];
    Table::new("Other targets, emulated: bytes and code, no times", 5, names, rows)
}

/// `copy_lines: 9 instr., 2 streaming`.
fn code(code: &Code) -> String {
    let function = code.function.rsplit("::").next().unwrap_or_default();
    format!("{function}: {} instr., {} streaming", code.instructions, code.streaming_stores)
}

/// Targets that were not, and why. A target's CPU models mostly miss the same.
pub(super) fn missing(run: &Run) -> Vec<String> {
    let missing: Vec<_> = run.foreign.iter().filter(|row| row.missing.is_some()).collect();
    let alike = missing.chunk_by(|a, b| (&a.target, &a.missing) == (&b.target, &b.missing));
    let sentence = |rows: &[&super::results::Foreign]| {
        let cpus: Vec<_> = rows.iter().map(|row| row.cpu.as_str()).collect();
        format!("{} on {}: {}", rows[0].target, cpus.join(" and "), rows[0].missing.as_deref().unwrap_or_default())
    };
    alike.map(sentence).collect()
}

/// The facts.
pub(super) fn machine(run: &Run) -> Table {
    let facts =
        run.machine.as_object().into_iter().flatten().map(|(name, value)| [name.replace('_', " "), plain(value)]);
    let versions = run.versions.iter().map(|(name, version)| [name.clone(), plain(version)]);
    Table::new("The machine, and who took part", 2, ["what", ""], facts.chain(versions))
}
