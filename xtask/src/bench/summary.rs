//! What the terminal is told: at most 100 columns.

use bench_runner::protocol::Kind;
use bench_runner::{Op, Reread};
use comfy_table::{CellAlignment, Table, presets};

use super::results::{Foreign, Line, Race, Run};
use super::{extents, losses, text, verdict};

/// As wide as it gets.
const WIDTH: usize = 100;
/// More are in the report.
const LOSSES: usize = 8;

/// The summary.
pub(crate) fn summary(run: &Run) -> String {
    let mut parts = Vec::new();
    if run.partial {
        parts.push("PARTIAL: interrupted; what was measured until then:".to_string());
    }
    parts.push(verdict::sentences(run).iter().map(|sentence| wrap(sentence)).collect::<Vec<_>>().join("\n"));
    if let Some(tuning) = run.machine["tuning"].as_str() {
        parts.push(wrap(&format!("Tuning: {tuning}")));
    }
    parts.push(speeds(run));
    parts.push(extents(run));
    parts.push(memmaps(run));
    parts.push(lost(run));
    parts.push(foreign(&run.foreign));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

fn table<const N: usize>(header: [&str; N], left: usize) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(header);
    for column in table.column_iter_mut().skip(left) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The middle of the matrix: each size of each operation.
fn speeds(run: &Run) -> String {
    let races = run.races();
    let backend = run.leading_backend();
    let mut rows = Vec::new();
    for line in [Op::Copy, Op::Fill].iter().flat_map(|&op| {
        let plain = Line::plain(op);
        [plain, Line { reread: Reread::Yes, ..plain }]
    }) {
        for race in races.iter().filter(|race| Line::of(&race.point()) == line) {
            rows.extend(speed(race, backend));
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let streaming = "streaming peer";
    let mut table = table(["op", "size", "re-read", backend, "best ordinary", "ratio", streaming, "limit"], 1);
    table.add_rows(rows);
    let below = "GB/s; cold random blocks, aligned, one thread, drained each. limit: the fastest copy loop that is known, or a streaming fill, \
        drained once; or, with the name, whoever was faster still.";
    format!("{table}\n{}", wrap(below))
}

fn speed(race: &Race<'_>, backend: &str) -> Option<[String; 8]> {
    let point = race.point();
    let duel = verdict::Duel::new(race, backend)?;
    let named = |row: &super::results::Row| format!("{} {:.1}", row.entrant.name, row.gb_s());
    Some([
        point.op.to_string(),
        text::size(point.size),
        point.reread.to_string(),
        format!("{:.1}", duel.ours),
        format!("{} {:.1}", duel.peer, duel.theirs),
        format!("{:.2}", duel.ratio()),
        race.best_streaming_peer().map(named).unwrap_or_default(),
        race.limit().map(text::limit).unwrap_or_default(),
    ])
}

/// One large block.
fn extents(run: &Run) -> String {
    let rows = extents::rows(run);
    if rows.is_empty() {
        return String::new();
    }
    let mut table = table(extents::header(run.leading_backend()), 1);
    table.add_rows(rows);
    table.to_string()
}

/// The strategies.
fn memmaps(run: &Run) -> String {
    let mut table = table(["memmap", "threads", "strategy", "GB/s", "ns/page", "vs slow", "of limit"], 1);
    let mut any = false;
    for race in run.races() {
        let point = race.point();
        let (Op::MemmapFsdax | Op::MemmapDevdax) = point.op else { continue };
        let slow = race.named("slow").map(|row| row.gb_s());
        let limit = race.limit().map(|row| row.gb_s());
        for row in race.0.iter().filter(|row| !row.is(Kind::Limit)) {
            any = true;
            table.add_row([
                point.op.to_string(),
                point.threads.to_string(),
                row.entrant.name.clone(),
                format!("{:.1}", row.gb_s()),
                format!("{:.2}", 64.0 / row.gb_s()),
                slow.map(|slow| format!("{:.2}", row.gb_s() / slow)).unwrap_or_default(),
                limit.map(|limit| format!("{:.0} %", 100.0 * row.gb_s() / limit)).unwrap_or_default(),
            ]);
        }
    }
    if any { table.to_string() } else { String::new() }
}

fn lost(run: &Run) -> String {
    let losses = losses::losses(run);
    if losses.is_empty() {
        return String::new();
    }
    let mut table = table(["ordinary is better", "sizes", "ends", "cache", "re-read", "threads", "worst"], 1);
    for loss in losses.iter().take(LOSSES) {
        let Line { op, ends, cache, reread, threads } = loss.line;
        table.add_row([
            op.to_string(),
            loss.sizes(),
            ends.to_string(),
            cache.to_string(),
            reread.to_string(),
            threads.to_string(),
            format!("{:.2} x {}", loss.worst.ratio(), loss.worst.peer),
        ]);
    }
    let more = losses.len().saturating_sub(LOSSES);
    if more > 0 { format!("{table}\n{more} more lines of the matrix are in report.html.") } else { table.to_string() }
}

fn foreign(rows: &[Foreign]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = table(["target", "CPU model", "backend", "points", "code for a line of 64 bytes"], 5);
    // A target's CPU models mostly miss the same.
    let mut missing: Vec<(&str, String, &str)> = Vec::new();
    for row in rows {
        match &row.missing {
            Some(why) => match missing.last_mut() {
                Some((target, cpus, same)) if (*target, *same) == (&row.target, why) => {
                    *cpus += &format!(" and {}", row.cpu);
                }
                _ => missing.push((&row.target, row.cpu.clone(), why)),
            },
            None => {
                let code: Vec<_> = row.code.iter().map(code).collect();
                table.add_row([&row.target, &row.cpu, &row.backend, &row.verified.to_string(), &code.join("\n")]);
            }
        }
    }
    let table = if rows.iter().all(|row| row.missing.is_some()) { String::new() } else { format!("{table}\n") };
    let missing: Vec<_> =
        missing.iter().map(|(target, cpus, why)| wrap(&format!("{target} on {cpus}: {why}"))).collect();
    format!("{table}{}", missing.join("\n")).trim_end().to_string()
}

/// `copy_lines: 9 instructions, 2 streaming`.
pub(crate) fn code(code: &super::results::Code) -> String {
    let function = code.function.rsplit("::").next().unwrap_or_default();
    format!("{function}: {} instr., {} streaming", code.instructions, code.streaming_stores)
}

/// Breaks a sentence at spaces; within a command, in backticks, so that it can still be pasted into a shell.
fn wrap(sentence: &str) -> String {
    const CONTINUED: &str = " \\";
    let mut lines = vec![String::new()];
    let mut in_command = false;
    for word in sentence.split(' ') {
        let was_in_command = in_command;
        in_command ^= word.matches('`').count() % 2 == 1;
        let width = if was_in_command || in_command { WIDTH - CONTINUED.len() } else { WIDTH };
        let line = lines.last_mut().expect("there is a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            if was_in_command {
                line.push_str(CONTINUED);
            }
            lines.push(word.to_string());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::run;
    use super::*;

    #[test]
    fn it_fits_and_has_what_matters() {
        let mut run = run();
        run.partial = true;
        run.foreign.push(Foreign {
            missing: Some(format!("no qemu-s390x; {}", "to run it: ".repeat(20))),
            ..run.foreign[0].clone()
        });
        let text = summary(&run);
        for part in
            ["PARTIAL", "stream copies from 4 KiB up", "libc 6.0", "2.33", "libpmem 7.0", "15.0", "neon", "qemu-s390x"]
        {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "too wide:\n{text}");
    }

    #[test]
    fn a_command_can_be_pasted_from_broken_lines() {
        for words in 1..40 {
            let command = format!("apt-get install -y {}", "gcc-of-some-target ".repeat(words).trim_end());
            let text =
                wrap(&format!("{} `{command}` as root, or else {}", "to run it:".repeat(words % 7), "x ".repeat(90)));
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "too wide:\n{text}");
            let pasted = text.split('`').nth(1).unwrap();
            assert_eq!(pasted.replace("\\\n", ""), command);
            assert!(!pasted.replace("\\\n", "").contains('\n'));
        }
    }

    #[test]
    fn an_empty_run_has_an_empty_summary() {
        let mut run = run();
        run.rows.clear();
        run.foreign.clear();
        assert_eq!(summary(&run).trim(), "");
    }
}
