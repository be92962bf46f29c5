//! The sections of the report.

use std::collections::BTreeMap;

use bench_runner::protocol::Kind;
use bench_runner::{Cache, Ends, Op, Reread};

use super::super::baseline::Comparison;
use super::super::facts::plain;
use super::super::results::{self, Run};
use super::super::{losses, summary, verdict};
use super::html::{escape, paragraph, section, table};
use super::plot::{self, Line, Role};
use super::style;

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
        "{}, {} cores, {}, {}; backend {}; {} rows in {:.0} s.",
        plain(&machine["cpu"]),
        plain(&machine["cores"]),
        plain(&machine["kernel"]),
        plain(&machine["libc"]),
        run.active,
        run.rows.len(),
        run.seconds
    );
    text += &format!("</div>\n<p class=\"soft\">{}</p>\n", escape(&about));
    text
}

/// What a baseline has to say.
pub(super) fn comparison(comparison: &Comparison) -> String {
    section("Against the baseline", &format!("<pre>{}</pre>\n", escape(&comparison.text())))
}

/// The plots: those that decide first, all others folded away.
pub(super) fn plots(run: &Run) -> String {
    let mut lines: BTreeMap<results::Line, Vec<results::Race<'_>>> = BTreeMap::new();
    for race in run.races() {
        lines.entry(results::Line::of(&race.point())).or_default().push(race);
    }
    let plain = results::Line::plain(Op::Copy);
    let first = [
        plain,
        results::Line { cache: Cache::ColdSequential, ..plain },
        results::Line { cache: Cache::HotSource, ..plain },
        results::Line { reread: Reread::Yes, ..plain },
        results::Line::plain(Op::Fill),
        results::Line::plain(Op::Batch),
    ];
    let mut names: Vec<&str> = Vec::new();
    for row in &run.rows {
        if !names.contains(&row.entrant.name.as_str()) {
            names.push(&row.entrant.name);
        }
    }
    let mut shown = String::new();
    for line in first {
        shown += &lines.remove(&line).map(|races| figure(line, &races, &names)).unwrap_or_default();
    }
    let rest: String = lines.iter().map(|(line, races)| figure(*line, races, &names)).collect();
    let mut text = String::new();
    if !shown.is_empty() {
        text += &format!("<div class=\"grid\">\n{shown}</div>\n");
    }
    if !rest.is_empty() {
        text += &format!(
            "<details>\n<summary>All other plots ({})</summary>\n<div class=\"grid\">\n{rest}</div>\n</details>\n",
            rest.matches("<figure>").count()
        );
    }
    if !text.is_empty() {
        text = paragraph(
            "The median of laps that were run in turn, drains included. Ours is bold. The broken line is the limit: a fill of the same blocks by streaming stores. \
             Ordinary stores may pass it where the cache still holds what they wrote when their lap is over.",
        ) + &text;
    }
    section("Speed against size", &text)
}

fn figure(line: results::Line, races: &[results::Race<'_>], names: &[&str]) -> String {
    let mut drawn: Vec<Line> = Vec::new();
    for (colour, name) in names.iter().enumerate() {
        let rows = || races.iter().filter_map(|race| race.named(name));
        let mut points: Vec<_> = rows().map(|row| (row.point.size, row.gb_s())).collect();
        points.sort_by_key(|(size, _)| *size);
        if points.len() > 1 {
            let role = match rows().next().map(|row| row.entrant.kind) {
                Some(Kind::Ours) => Role::Ours,
                Some(Kind::Limit) => Role::Limit,
                _ => Role::Peer,
            };
            drawn.push(Line { name: (*name).to_string(), points, colour, role });
        }
    }
    let svg = plot::svg(&drawn);
    if svg.is_empty() {
        return String::new();
    }
    let mut legend = String::new();
    for Line { name, colour, .. } in &drawn {
        legend += &format!("<li><i style=\"background:var(--{})\"></i>{}</li>", style::line(*colour), escape(name));
    }
    format!(
        "<figure>\n<figcaption>{}</figcaption>\n{svg}\n<ul class=\"legend\">{legend}</ul>\n</figure>\n",
        escape(&title(line))
    )
}

/// `copy: cold, random blocks; re-read; 2 threads`
fn title(line: results::Line) -> String {
    let results::Line { op, ends, cache, reread, threads } = line;
    let cache = match cache {
        Cache::Hot => "both sides in the cache",
        Cache::HotSource => "source in the cache",
        Cache::ColdSequential => "cold, one block after the other",
        Cache::ColdRandom => "cold, random blocks",
    };
    let ends = if ends == Ends::Misaligned { "; misaligned" } else { "" };
    let reread = match reread {
        Reread::No => "",
        Reread::Yes => "; re-read at once",
        Reread::Victim => "; beside a working set",
    };
    let threads = if threads > 1 { format!("; {threads} threads") } else { String::new() };
    format!("{op}: {cache}{ends}{reread}{threads}")
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

/// What the machine can do.
pub(super) fn limits(run: &Run) -> String {
    let rows: Vec<_> = run
        .rows
        .iter()
        .filter(|row| row.point.op == Op::Limits)
        .map(|row| {
            let name = match row.entrant.name.as_str() {
                "limit-fill" => "fill by streaming stores",
                "limit-cached-fill" => "fill by ordinary stores",
                _ => "read",
            };
            vec![
                name.to_string(),
                row.point.threads.to_string(),
                format!("{:.1}", row.gb_s()),
                format!("{:.1} to {:.1}", row.bytes as f64 / row.ns.high, row.bytes as f64 / row.ns.low),
            ]
        })
        .collect();
    section("Limits of the machine", &table(&["what", "threads", "GB/s", "95 % limits"], 1, &rows))
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
