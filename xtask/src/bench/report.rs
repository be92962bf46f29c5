//! `report.html`: one file, no network, no script; light and dark, on a desk and on a phone.

use maud::{DOCTYPE, PreEscaped, html};

use super::baseline::Comparison;
use super::results::Run;
use super::{measure, plot, tables, verdict};
use crate::machine::plain;

/// The style sheet; plots take their colours from it, so that they follow the page from light to dark.
const CSS: &str = include_str!("report.css");

const PLOTS: &str = "The median of laps that were run in turn, drains included. Ours is bold. The broken line is the limit: the same blocks by the fastest copy loop that is known \
    (by streaming stores where nothing is copied), drained once; or whoever was faster still, as ordinary stores may be where the cache holds what they wrote when their lap is over.";

const LIMITS: &str = "Limits are the fastest of several loops, found here: named by their registers, by what they prefetch (t0, t2: into the first or the second cache, so far ahead) \
    and by how many pages they go through in turn.";

pub(crate) fn html(run: &Run, comparison: Option<&Comparison>) -> String {
    let title = format!("memcpy-streaming on {}", plain(&run.machine["cpu"]));
    let [first, rest] = plot::figures(run);
    let missing = tables::missing(run);
    let names: String = run.versions.keys().map(String::as_str).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(CSS)) }
            }
            body { main {
                h1 { (title) }
                div.verdict.partial[run.partial] {
                    @for sentence in verdict::sentences(run) { p { (sentence) } }
                    @if run.partial { p { "PARTIAL: the run was interrupted; this is what had been measured." } }
                }
                p.soft { (run.rows.len()) " rows in " (run.seconds) " s; backend " (run.active) "; the machine is described below." }
                @if let Some(comparison) = comparison {
                    section { h2 { "Against the baseline" } pre { (comparison.text()) } }
                }
                @if !first.is_empty() || !rest.is_empty() {
                    section {
                        h2 { "Speed against size" }
                        p { (PLOTS) " " (measure::no_rep(&names)) }
                        div.grid { @for figure in first { (figure) } }
                        @if !rest.is_empty() {
                            details {
                                summary { "All other plots (" (rest.len()) ")" }
                                div.grid { @for figure in rest { (figure) } }
                            }
                        }
                    }
                }
                (tables::losses(run).section())
                (tables::speeds(run).section())
                (tables::memmaps(run).section())
                (tables::limits(run).section())
                p { (LIMITS) }
                (tables::foreign(run).section())
                @if !missing.is_empty() {
                    section { h2 { "Other targets that did not run" } @for why in missing { p { (why) } } }
                }
                (tables::machine(run).section())
            } }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use bench_runner::Op;

    #[test]
    fn the_report_of_a_fixed_run() {
        let mut run = super::super::results::tests::RUN.clone();
        // A fill has a limit in this old run.
        run.rows.iter_mut().filter(|row| row.point.op == Op::Copy).for_each(|row| row.point.op = Op::Fill);
        let fills = super::html(&run, None);
        // Five sizes of ours and of three peers, twice; the limit has no marks, and only one of the two has one. A memmap has one size, and no plot.
        let count = |part| fills.matches(part).count();
        assert_eq!([count("<svg"), count("<circle"), count("stroke-dasharray")], [2, 2 * 4 * 5, 1]);
        for part in ["\"var(--c0)\" stroke-width=\"3\"", ">16M<", ">0<", ">5<", ">20<"] {
            assert!(fills.contains(part), "{part} is missing");
        }
        let html = super::html(&super::super::results::tests::RUN.clone(), None);
        let verdict = ["stream copies from 4 KiB up", "PARTIAL", "Test &lt;CPU&gt;"];
        // The worst loss is the first.
        let [worst, next] = ["0.33 x libc", ">256 to 1M<"].map(|part| html.find(part));
        assert!(worst.is_some() && worst < next, "{worst:?} {next:?}");
        let tables = ["Ordinary copies are better", "stamped", "glibc 2.36", "cortex-a72", "qemu-s390x"];
        for part in verdict.iter().chain(&tables) {
            assert!(html.contains(part), "{part} is missing");
        }
        for outside in ["http:", "https:", "src=", "@import", "<script", "url("] {
            assert!(!html.contains(outside), "{outside} asks something of a network");
        }
        // A table of sentences that may not be broken is wider than the page: its last column cannot be seen.
        let kept: Vec<_> = super::CSS.lines().filter(|line| line.contains("nowrap")).collect();
        assert_eq!(kept, ["td.n{white-space:nowrap}"]);
    }
}
