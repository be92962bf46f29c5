//! The tables of the summary and of the report.

use std::collections::BTreeMap;

use bench_runner::protocol::{Kind, LIMIT_COPY, LIMIT_READ};
use bench_runner::{Op, Reread};

use super::results::{Code, Duel, Foreign, Line, Row, Run, line_of, plain_line};
use super::table::Table;
use crate::machine::plain;
use crate::number::short;

/// Fewer percent are no loss but noise.
const LOSS: f64 = 0.95;

fn named_speed(row: &Row) -> String {
    format!("{} {:.1}", row.entrant.name, row.gb_s())
}

/// The middle of the matrix: each size of each operation.
pub(super) fn speeds(run: &Run) -> Table {
    let ops = [Op::Copy, Op::Fill, Op::ExtentCopy, Op::ExtentFill, Op::ExtentZeros, Op::Threads];
    let lines = ops.map(plain_line).into_iter().flat_map(|plain| [plain, Line { reread: Reread::Yes, ..plain }]);
    let along = |line| run.duels().filter(move |duel| line_of(&duel.ours.point) == line);
    let rows = lines.flat_map(along).map(|Duel { race, ours, theirs, ratio }| {
        [
            ours.point.op.to_string(),
            short(ours.point.size),
            ours.point.reread.to_string(),
            format!("{:.1}", ours.gb_s()),
            named_speed(theirs),
            format!("{:.2}", ratio.median),
            race.best_peer(true).map(named_speed).unwrap_or_default(),
            race.limit_cell(),
        ]
    });
    let names = ["op", "size", "re-read", run.leading_backend(), "best ordinary", "ratio", "streaming peer", "limit"];
    Table::new("Speeds", 1, names, rows)
}

pub(crate) fn memmaps(run: &Run) -> Table {
    let names = ["memmap", "strategy", "threads", "GB/s", "ns/page", "vs slow", "of limit"];
    let mut rows = Vec::new();
    for race in run.races().filter(|race| matches!(race.point().op, Op::MemmapFsdax | Op::MemmapDevdax)) {
        let (slow, limit) = (race.named("slow").map(Row::gb_s), race.limit().map(Row::gb_s));
        rows.extend(race.0.iter().filter(|row| !row.is(Kind::Limit)).map(|row| {
            [
                row.point.op.to_string(),
                row.entrant.name.clone(),
                row.point.threads.to_string(),
                format!("{:.1}", row.gb_s()),
                format!("{:.2}", 64.0 / row.gb_s()),
                slow.map(|slow| format!("{:.2}", row.gb_s() / slow)).unwrap_or_default(),
                limit.map(|limit| format!("{:.0} %", 100.0 * row.gb_s() / limit)).unwrap_or_default(),
            ]
        }));
    }
    Table::new("Memmap initialisation", 2, names, rows)
}

/// Where not to stream: lines of the matrix with the sizes that lose, and the worst loss; the worst line first.
pub(super) fn losses(run: &Run) -> Table {
    let mut lost: BTreeMap<Line, Vec<Duel<'_>>> = BTreeMap::new();
    for duel in run.duels().filter(|duel| duel.ratio.median < LOSS) {
        lost.entry(line_of(&duel.ours.point)).or_default().push(duel);
    }
    let row = |(Line { op, ends, cache, reread, threads, .. }, duels): (Line, Vec<Duel<'_>>)| {
        let worst = duels.iter().min_by(|a, b| a.ratio.median.total_cmp(&b.ratio.median))?;
        let (first, last) = (short(duels[0].size()), short(duels[duels.len() - 1].size()));
        let sizes = if first == last { first } else { format!("{first} to {last}") };
        let [op, ends, cache, reread] = [op.name(), ends.name(), cache.name(), reread.name()].map(str::to_string);
        let shown = format!("{:.2} x {}", worst.ratio.median, worst.peer());
        Some((worst.ratio.median, [op, sizes, ends, cache, reread, threads.to_string(), shown]))
    };
    let mut rows: Vec<_> = lost.into_iter().filter_map(row).collect();
    rows.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let names = ["ordinary wins", "sizes", "ends", "cache", "re-read", "threads", "worst"];
    Table::new("Ordinary copies are better", 1, names, rows.into_iter().map(|(_, cells)| cells))
}

pub(super) fn limits(run: &Run) -> Table {
    let mut rows = Vec::new();
    for race in run.races().filter(|race| race.point().op == Op::Limits) {
        let copy = race.named(LIMIT_COPY);
        rows.extend(race.0.iter().map(|row| {
            // Who copies reads as much: it can be done as fast as that at least.
            let faster = copy.filter(|copy| row.entrant.name == LIMIT_READ && copy.gb_s() > row.gb_s());
            let (name, by) = (row.entrant.name.clone(), faster.unwrap_or(row));
            let [speed, low, high] = [by.ns.median, by.ns.high, by.ns.low].map(|ns| by.bytes as f64 / ns);
            let limits = format!("{low:.1} to {high:.1}");
            [name, by.entrant.backend.clone(), row.point.threads.to_string(), format!("{speed:.1}"), limits]
        }));
    }
    Table::new("Limits of the machine", 2, ["what", "by", "threads", "GB/s", "95 % limits"], rows)
}

pub(super) fn foreign(run: &Run) -> Table {
    let code = |code: &Code| {
        let function = code.function.rsplit("::").next().unwrap_or_default();
        format!("{function}: {} instr., {} streaming", code.instructions_per_line, code.streaming_stores_per_line)
    };
    let rows = run.foreign.iter().filter(|row| row.missing.is_none()).map(|row| {
        let code: Vec<_> = row.code.iter().map(code).collect();
        [row.target.clone(), row.cpu.clone(), row.backend.clone(), row.points_verified.to_string(), code.join("\n")]
    });
    let names = ["target", "CPU model", "backend", "points", "code for a line of 64 bytes"];
    Table::new("Other targets, emulated: bytes and code, no times", 5, names, rows)
}

/// Targets that were not, and why.
pub(super) fn missing(run: &Run) -> Vec<String> {
    let sentence = |row: &Foreign| Some(format!("{} on {}: {}", row.target, row.cpu, row.missing.as_ref()?));
    run.foreign.iter().filter_map(sentence).collect()
}

pub(super) fn machine(run: &Run) -> Table {
    let facts = run.machine.as_object().into_iter().flatten().chain(&run.versions);
    let rows = facts.map(|(name, value)| [name.replace('_', " "), plain(value)]);
    Table::new("The machine, and who took part", 2, ["what", ""], rows)
}
