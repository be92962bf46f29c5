//! Which plots there are.

use std::collections::BTreeMap;

use bench_runner::protocol::Kind;
use bench_runner::{Cache, Ends, Op, Reread};

use super::super::results::{self, Run};
use super::html::{escape, paragraph, section};
use super::plot::{self, Line, Role};
use super::style;

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
    for row in run.rows.iter().filter(|row| !row.is(Kind::Limit)) {
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
            "The median of laps that were run in turn, drains included. Ours is bold. The broken line is the limit: the same blocks by the fastest copy loop that is known \
             (by streaming stores where nothing is copied), drained once; or whoever was faster still, as ordinary stores may be where the cache holds what they wrote when their lap is over.",
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
            let is_ours = rows().any(|row| row.is(Kind::Ours));
            let role = if is_ours { Role::Ours } else { Role::Peer };
            drawn.push(Line { name: (*name).to_string(), points, colour, role });
        }
    }
    let limits = races.iter().filter_map(|race| race.limit());
    let mut points: Vec<_> = limits.map(|row| (row.point.size, row.gb_s())).collect();
    points.sort_by_key(|(size, _)| *size);
    if points.len() > 1 {
        drawn.push(Line { name: "limit".to_string(), points, colour: names.len(), role: Role::Limit });
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
pub(super) fn title(line: results::Line) -> String {
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
