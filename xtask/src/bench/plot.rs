//! GB/s against size, as inline SVG.

use std::collections::BTreeMap;

use bench_runner::Op;
use bench_runner::protocol::Kind;
use maud::{Markup, html};

use super::results::{Line, Race, Run, away, line_of};
use crate::args;
use crate::number::short;

/// Units of the drawing, and its frame; the page scales it.
const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 50.0;
const RIGHT: f64 = WIDTH - 18.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = HEIGHT - 44.0;
/// Of the style sheet.
const COLOURS: usize = 12;
const LIMIT: &str = "limit";

struct Curve<'a> {
    name: &'a str,
    /// Bytes and GB/s, smallest first.
    points: Vec<(u64, f64)>,
    colour: String,
    width: u32,
}

/// The plots: those that decide first, copies in and near the middle of the matrix, and fills; and all others.
pub(super) fn figures(run: &Run) -> [Vec<Markup>; 2] {
    let mut lines: BTreeMap<Line, Vec<Race<'_>>> = BTreeMap::new();
    for race in run.races() {
        lines.entry(line_of(&race.point())).or_default().push(race);
    }
    let entrants = run.rows.iter().filter(|row| !row.is(Kind::Limit)).map(|row| row.entrant.name.as_str());
    let names = args::once(entrants.chain([LIMIT]));
    let decides = |line: &Line| line.op <= Op::Fill && away(line) <= usize::from(line.op == Op::Copy);
    let (first, others): (Vec<_>, Vec<_>) = lines.iter().partition(|(line, _)| decides(line));
    [first, others].map(|lines| lines.iter().filter_map(|(line, races)| figure(line, races, &names)).collect())
}

/// Nothing where no curve has two sizes.
fn figure(line: &Line, races: &[Race<'_>], names: &[&str]) -> Option<Markup> {
    let curve = |(at, &name)| {
        let rows = || races.iter().filter_map(|race| if name == LIMIT { race.limit() } else { race.named(name) });
        let mut points: Vec<_> = rows().map(|row| (row.point.size, row.gb_s())).collect();
        points.sort_by_key(|(size, _)| *size);
        // Ours is bold; who raised the limit may be ours.
        let width = if name != LIMIT && rows().any(|row| row.is(Kind::Ours)) { 3 } else { 1 };
        (points.len() > 1).then(|| Curve { name, points, colour: format!("var(--c{})", at % COLOURS), width })
    };
    let Line { op, ends, cache, reread, threads, .. } = line;
    let curves: Vec<_> = names.iter().enumerate().filter_map(curve).collect();
    (!curves.is_empty()).then(|| {
        html! {
            figure {
                figcaption { (op) ": " (cache) ", " (ends) ", re-read " (reread) ", " (threads) " thread(s)" }
                (svg(&curves))
                ul.legend { @for curve in &curves { li { i style={ "background:" (curve.colour) } {} (curve.name) } } }
            }
        }
    })
}

fn svg(curves: &[Curve<'_>]) -> Markup {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let mut sizes: Vec<_> = points().map(|(size, _)| *size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let top = points().map(|(_, speed)| *speed).fold(0.0, f64::max) * 1.08;
    let log = |size: u64| (size as f64).log2();
    let (first, last) = (log(sizes[0]), log(sizes[sizes.len() - 1]));
    let x = |size: u64| format!("{:.1}", LEFT + (RIGHT - LEFT) * (log(size) - first) / (last - first));
    let y = |speed: f64| format!("{:.1}", BOTTOM - (BOTTOM - TOP) * speed / top);
    let names: Vec<_> = curves.iter().map(|curve| curve.name).collect();
    html! {
        svg role="img" aria-label={ "GB/s against size: " (names.join(", ")) } viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } {
            @for speed in ticks(top) {
                line x1=(LEFT) x2=(RIGHT) y1=(y(speed)) y2=(y(speed)) stroke="var(--grid)" {}
                text x=(LEFT - 6.0) y=(y(speed)) text-anchor="end" dominant-baseline="middle" { (speed) }
            }
            @for &size in &sizes { text x=(x(size)) y=(BOTTOM + 16.0) text-anchor="middle" { (short(size)) } }
            path d={ "M" (LEFT) " " (TOP) "V" (BOTTOM) "H" (RIGHT) } fill="none" stroke="var(--ink)" {}
            text x=((LEFT + RIGHT) / 2.0) y=(HEIGHT - 8.0) text-anchor="middle" { "bytes of a block" }
            text transform={ "translate(14 " ((TOP + BOTTOM) / 2.0) ") rotate(-90)" } text-anchor="middle" { "GB/s" }
            @for Curve { name, points, colour, width } in curves {
                @let dashes = (*name == LIMIT).then_some("6 4");
                polyline points=(points.iter().map(|&(size, speed)| format!("{},{} ", x(size), y(speed))).collect::<String>())
                    fill="none" stroke=(colour) stroke-width=(width) stroke-dasharray=[dashes] {}
                @if dashes.is_none() {
                    @for &(size, speed) in points { circle cx=(x(size)) cy=(y(speed)) r="3" fill=(colour) {} }
                }
            }
        }
    }
}

/// Round speeds up to `top`, six at most: multiples of 1, 2 or 5 times a power of ten.
fn ticks(top: f64) -> Vec<f64> {
    let mut steps = (-2..6).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)));
    let step = steps.find(|step| top / step <= 6.0).unwrap_or(top);
    (0..=(top / step) as u32).map(|count| (f64::from(count) * step * 100.0).round() / 100.0).collect()
}
