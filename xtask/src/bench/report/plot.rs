//! GB/s against size, as inline SVG.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::super::text;
use super::style;

/// Units of the drawing; the page scales it.
const SIZE: (u32, u32) = (520, 300);

/// Speeds at sizes.
pub(super) struct Line {
    pub(super) name: String,
    /// Bytes and GB/s.
    pub(super) points: Vec<(u64, f64)>,
    /// Which colour.
    pub(super) colour: usize,
    pub(super) role: Role,
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    /// Bold.
    Ours,
    Peer,
    /// A ceiling over the others: broken.
    Limit,
}

/// Stand-ins for colours that the style sheet decides upon: plotters knows numbers only.
fn stand_in(index: u8) -> RGBColor {
    RGBColor(1, 2, index)
}

const INK: u8 = 250;
const GRID: u8 = 251;

/// The drawing. Empty if there is nothing to draw.
pub(super) fn svg(lines: &[Line]) -> String {
    let mut text = String::new();
    let drawn = {
        let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        draw(&root, lines)
    };
    match drawn {
        Some(()) => themed(&text, lines),
        None => String::new(),
    }
}

fn draw(root: &DrawingArea<SVGBackend<'_>, Shift>, lines: &[Line]) -> Option<()> {
    let points = || lines.iter().flat_map(|line| &line.points);
    let smallest = points().map(|(size, _)| *size).min()?;
    let largest = points().map(|(size, _)| *size).max()?;
    let top = points().map(|(_, speed)| *speed).fold(0.0, f64::max) * 1.08;
    if smallest == largest || top <= 0.0 {
        return None;
    }
    let (ink, grid) = (stand_in(INK), stand_in(GRID));
    let label = ("sans-serif", 13).into_font().color(&ink);
    let mut chart = ChartBuilder::on(root)
        .margin(6)
        // Room for half of the last label.
        .margin_right(18)
        .x_label_area_size(34)
        .y_label_area_size(44)
        .build_cartesian_2d(log(smallest)..log(largest), 0.0..top)
        .ok()?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(grid)
        .light_line_style(TRANSPARENT)
        .axis_style(ink)
        .label_style(label.clone())
        .axis_desc_style(label)
        .x_labels(12)
        .x_label_formatter(&|exponent| whole(*exponent).map(text::size).unwrap_or_default())
        .y_labels(6)
        .y_label_formatter(&|speed| format!("{speed}"))
        .x_desc("bytes of a block")
        .y_desc("GB/s")
        .draw()
        .ok()?;
    for line in lines {
        let colour = stand_in(line.colour as u8);
        let places: Vec<_> = line.points.iter().map(|(size, speed)| (log(*size), *speed)).collect();
        if line.role == Role::Limit {
            chart.draw_series(DashedLineSeries::new(places, 6, 4, colour.stroke_width(2))).ok()?;
        } else {
            let width = if line.role == Role::Ours { 3 } else { 1 };
            chart.draw_series(LineSeries::new(places.clone(), colour.stroke_width(width))).ok()?;
            chart.draw_series(places.into_iter().map(|place| Circle::new(place, 3, colour.filled()))).ok()?;
        }
    }
    root.present().ok()
}

fn log(size: u64) -> f64 {
    (size as f64).log2()
}

/// The size at an exponent that is a whole number.
fn whole(exponent: f64) -> Option<u64> {
    ((exponent - exponent.round()).abs() < 1e-6).then(|| 1 << exponent.round() as u32)
}

/// Stand-ins replaced by the names of colours, and a name for those who do not see it.
fn themed(svg: &str, lines: &[Line]) -> String {
    let hex = |index: u8| format!("\"#0102{index:02X}\"");
    let mut text = svg.replace(&hex(INK), &variable(style::INK)).replace(&hex(GRID), &variable(style::GRID));
    for line in lines {
        text = text.replace(&hex(line.colour as u8), &variable(&style::line(line.colour)));
    }
    let names: Vec<_> = lines.iter().map(|line| line.name.as_str()).collect();
    let label =
        format!("<svg role=\"img\" aria-label=\"GB/s against size: {}\" ", super::html::escape(&names.join(", ")));
    text.replacen("<svg ", &label, 1)
}

fn variable(name: &str) -> String {
    format!("\"var(--{name})\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(u64, f64)], role: Role) -> Line {
        Line { name: "a \"line\"".into(), points: points.to_vec(), colour: 3, role }
    }

    #[test]
    fn lines_are_drawn_in_the_colours_of_the_page() {
        let points = [(64, 1.0), (4096, 5.5), (1 << 20, 9.0)];
        let svg = svg(&[line(&points, Role::Ours), line(&points, Role::Limit)]);
        assert!(svg.starts_with("<svg role=\"img\"") && svg.contains("&quot;line&quot;"));
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("\"var(--c3)\"") && svg.contains("\"var(--ink)\""));
        assert!(!svg.contains("#0102"), "a stand-in was left");
        assert!(svg.contains(">1M") || svg.contains("1M\n"), "{svg}");
    }

    #[test]
    fn nothing_to_draw_is_nothing() {
        assert_eq!(svg(&[]), "");
        assert_eq!(svg(&[line(&[(64, 1.0)], Role::Peer)]), "");
    }
}
